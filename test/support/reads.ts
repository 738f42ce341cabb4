import type { Connection, mongo } from 'mongoose';

/** What was read from a database. */
export interface Reads {
  /** Documents that came back. */
  readonly documents: number;
  /** How each collection was searched: `slots by state.host, state.start`, or `slots as a whole`. */
  readonly ways: ReadonlySet<string>;
}

/** What a connection reads while something happens. It must have been opened with `monitorCommands=true`. */
export async function readsDuring(connection: Connection, act: () => Promise<unknown>): Promise<Reads> {
  const client = connection.getClient();
  const sent: mongo.Document[] = [];
  let documents = 0;
  const started = ({ command, commandName }: mongo.CommandStartedEvent): void => {
    if (commandName === 'find') sent.push(command);
  };
  const succeeded = ({ reply }: mongo.CommandSucceededEvent): void => {
    const { cursor } = reply as { cursor?: { firstBatch?: unknown[]; nextBatch?: unknown[] } };
    documents += (cursor?.firstBatch ?? cursor?.nextBatch ?? []).length;
  };
  client.on('commandStarted', started).on('commandSucceeded', succeeded);
  await act();
  client.off('commandStarted', started).off('commandSucceeded', succeeded);
  if (sent.length === 0) throw new Error('nothing was read, or nobody listens');
  const ways = await Promise.all(sent.map((command) => wayOf(connection, command)));
  return { documents, ways: new Set(ways) };
}

async function wayOf(connection: Connection, sent: mongo.Document): Promise<string> {
  const { lsid: _session, $db: _database, $clusterTime: _time, ...command } = sent;
  const explained = await connection.db?.command({ explain: command, verbosity: 'queryPlanner' });
  const { queryPlanner } = explained as { queryPlanner: { winningPlan: Stage } };
  const key = keyOf(queryPlanner.winningPlan);
  return `${String(command['find'])} ${key ? `by ${Object.keys(key).join(', ')}` : 'as a whole'}`;
}

interface Stage {
  readonly keyPattern?: Readonly<Record<string, unknown>>;
  readonly inputStage?: Stage;
}

const keyOf = ({ keyPattern, inputStage }: Stage): Stage['keyPattern'] =>
  keyPattern ?? (inputStage && keyOf(inputStage));
