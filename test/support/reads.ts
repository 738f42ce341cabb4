import type { Connection, mongo } from 'mongoose';

/** What was read from a database. */
export interface Reads {
  /** Documents that came back. */
  readonly documents: number;
  /** Documents that the database looked at for that. */
  readonly examined: number;
}

const READING: ReadonlySet<string> = new Set(['find', 'aggregate', 'count']);

/** What a connection reads while something happens. It must have been opened with `monitorCommands=true`. */
export async function readsDuring(connection: Connection, act: () => Promise<unknown>): Promise<Reads> {
  const client = connection.getClient();
  const sent: mongo.Document[] = [];
  let documents = 0;
  const started = ({ command, commandName }: mongo.CommandStartedEvent): void => {
    if (READING.has(commandName)) sent.push(command);
  };
  const succeeded = ({ reply }: mongo.CommandSucceededEvent): void => {
    const { cursor } = reply as { cursor?: { firstBatch?: unknown[]; nextBatch?: unknown[] } };
    documents += (cursor?.firstBatch ?? cursor?.nextBatch ?? []).length;
  };
  client.on('commandStarted', started).on('commandSucceeded', succeeded);
  await act();
  client.off('commandStarted', started).off('commandSucceeded', succeeded);
  if (sent.length === 0) throw new Error('nothing was read, or nobody listens');
  let examined = 0;
  for (const { lsid: _session, $db: _database, $clusterTime: _time, ...command } of sent) {
    const explained = await connection.db?.command({ explain: command, verbosity: 'executionStats' });
    const { executionStats } = explained as { executionStats?: { totalDocsExamined: number } };
    examined += executionStats?.totalDocsExamined ?? 0;
  }
  return { documents, examined };
}
