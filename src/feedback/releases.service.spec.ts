import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ids } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import type { Form } from './feedback.js';
import { FeedbackReleases } from './releases.service.js';
import type { FeedbackConnection } from './feedback.connection.js';
import { ReleasesRepository } from './releases.repository.js';
import { SealedLists } from './sealed-lists.js';
import { WaitingFormsRepository } from './waiting-forms.repository.js';

/*
 * The weekly run against collections in memory, which let the test choose who takes the next step and who dies before it.
 * A step is what a database does at once: one document. The same on a real store is in test/integration/feedback.spec.ts.
 */

type Stored = Record<string, unknown> & { _id: string };
type Data = Map<string, Map<string, Stored>>;

const isOperator = (wanted: unknown): wanted is Record<string, unknown> =>
  typeof wanted === 'object' && wanted !== null;

function matches(document: Stored | undefined, filter: Record<string, unknown>): boolean {
  if (!document) return false;
  return Object.entries(filter).every(([field, wanted]) => {
    const value = document[field];
    if (!isOperator(wanted)) return value === wanted;
    if ('$in' in wanted) return (wanted['$in'] as unknown[]).includes(value);
    if ('$gte' in wanted) return String(value) >= String(wanted['$gte']);
    throw new Error(`no such operator here: ${Object.keys(wanted).join()}`);
  });
}

class Collection {
  constructor(
    private readonly documents: Map<string, Stored>,
    private readonly turn: () => Promise<void>,
  ) {}

  async findOne(filter: Record<string, unknown>): Promise<Stored | null> {
    await this.turn();
    return this.matching(filter)[0] ?? null;
  }

  find(filter: Record<string, unknown>) {
    const walk = this.walk.bind(this, filter);
    return { toArray: () => Array.fromAsync(walk()), [Symbol.asyncIterator]: walk };
  }

  private async *walk(filter: Record<string, unknown>): AsyncGenerator<Stored> {
    await this.turn();
    for (const { _id } of this.matching(filter)) {
      await this.turn();
      const document = this.documents.get(_id);
      if (document && matches(document, filter)) yield document;
    }
  }

  async insertOne(document: Stored): Promise<void> {
    await this.turn();
    if (this.documents.has(document._id)) throw Object.assign(new Error('duplicate'), { code: 11000 });
    this.documents.set(document._id, document);
  }

  async insertMany(documents: readonly Stored[]): Promise<{ insertedCount: number }> {
    const writeErrors: unknown[] = [];
    for (const document of documents)
      await this.insertOne(document).catch((error: unknown) => {
        if (error instanceof Killed) throw error;
        writeErrors.push(error);
      });
    if (writeErrors.length > 0) throw Object.assign(new Error('duplicates'), { writeErrors });
    return { insertedCount: documents.length };
  }

  async updateOne(filter: Record<string, unknown>, change: Change): Promise<{ matchedCount: number }> {
    return { matchedCount: await this.each(this.matching(filter).slice(0, 1), filter, change) };
  }

  async updateMany(filter: Record<string, unknown>, change: Change): Promise<void> {
    await this.each(this.matching(filter), filter, change);
  }

  async deleteMany(filter: Record<string, unknown>): Promise<void> {
    await this.each(this.matching(filter), filter, 'delete');
  }

  private async each(
    found: readonly Stored[],
    filter: Record<string, unknown>,
    change: Change | 'delete',
  ): Promise<number> {
    let matched = 0;
    for (const { _id } of found) {
      await this.turn();
      const document = this.documents.get(_id);
      if (!document || !matches(document, filter)) continue;
      matched++;
      if (change === 'delete') this.documents.delete(_id);
      else {
        const gone = Object.keys(change.$unset ?? {});
        const rest = Object.entries(document).filter(([field]) => !gone.includes(field));
        this.documents.set(_id, { ...Object.fromEntries(rest), ...change.$set, _id });
      }
    }
    return matched;
  }

  private matching(filter: Record<string, unknown>): Stored[] {
    return [...this.documents.values()]
      .filter((document) => matches(document, filter))
      .sort((a, b) => (a._id < b._id ? -1 : 1));
  }
}

interface Change {
  readonly $set?: object;
  readonly $unset?: object;
}

class Killed extends Error {}

/** Lets several processes run, one step at a time, in an order that the test chooses. */
class Stage {
  killed = 0;
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly data: Data) {}

  /** A process that dies before its step number `dies`, counted from 0. */
  connection(dies = Infinity): FeedbackConnection {
    let steps = 0;
    const turn = () =>
      new Promise<void>((resolve, reject) => {
        const alive = steps++ < dies;
        this.waiting.push(() => {
          if (alive) resolve();
          else reject(new Killed());
        });
      });
    return connectionTo(this.data, turn);
  }

  start(process: Promise<unknown>): void {
    this.running++;
    process
      .catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
        this.killed++;
      })
      .finally(() => this.running--);
  }

  async play(choose: (waiting: number) => number): Promise<void> {
    for (;;) {
      await new Promise(setImmediate);
      if (this.running === 0) return;
      const [next] = this.waiting.splice(choose(this.waiting.length), 1);
      next?.();
    }
  }
}

const connectionTo = (data: Data, turn: () => Promise<void>): FeedbackConnection =>
  ({
    collection: (name: string) => {
      const documents = data.get(name) ?? new Map<string, Stored>();
      data.set(name, documents);
      return new Collection(documents, turn);
    },
    forgetDeleted: turn,
  }) as unknown as FeedbackConnection;

const ring = KeyRing.of(randomBytes(32).toString('base64'));
const lists = new SealedLists(ring);
const ids = new Ids();
const firstWeek = new Date('2027-01-11T04:00:00Z');
const secondWeek = new Date('2027-01-18T04:00:00Z');
const thirdWeek = new Date('2027-01-25T04:00:00Z');

const workerOn = (connection: FeedbackConnection) =>
  new FeedbackReleases(new ReleasesRepository(connection, lists, ids), ids);
const waitingOn = (connection: FeedbackConnection) => new WaitingFormsRepository(connection, lists, ids);

const formOf = (region: string, text: string): Form => ({
  pool: 'interest',
  region,
  language: 'fr',
  fields: { questions: text },
  runs: 0,
});
const formsOf = (region: string, count: number): Form[] =>
  Array.from({ length: count }, (_, i) => formOf(region, `${region} ${String(i)}`));

const textOf = ({ fields }: Form): string => fields.questions ?? '';

/** A quiet database with these forms in several documents. */
async function holding(forms: readonly Form[]): Promise<Data> {
  const data: Data = new Map();
  for (const part of [forms.slice(0, 4), forms.slice(4)]) {
    const alone: Data = new Map();
    if (part.length > 0) await waitingOn(connectionTo(alone, () => Promise.resolve())).add(part);
    for (const [name, documents] of alone) data.set(name, new Map([...(data.get(name) ?? []), ...documents]));
  }
  return data;
}

const all = (data: Data, name: string): Stored[] => [...(data.get(name)?.values() ?? [])];

function waitingForms(data: Data): Form[] {
  return all(data, 'feedback_waiting').flatMap(({ _id, state, sealed }) => {
    expect(state).toBe('waiting');
    return lists.open('feedback_waiting', _id, sealed as Buffer) as readonly Form[];
  });
}

/** Nothing is lost, nothing is there twice, nothing is left of the run, and what is released was shared by enough. */
function expectSound(data: Data, forms: readonly Form[]): void {
  const released = all(data, 'feedback_answers');
  const texts = [...released.map(({ text }) => String(text)), ...waitingForms(data).map(textOf)];
  expect(texts.sort()).toEqual(forms.map(textOf).sort());
  for (const group of Map.groupBy(released, ({ week, place }) => JSON.stringify([week, place])).values())
    expect(group.length).toBeGreaterThanOrEqual(5);
  expect(all(data, 'feedback_drafts')).toEqual([]);
  for (const run of all(data, 'feedback_runs')) expect(run).toEqual({ _id: run._id, done: true });
}

describe('the weekly run', () => {
  it('releases what enough share, once a week, and keeps the rest', async () => {
    const forms = [...formsOf('copargo', 6), ...formsOf('alfter', 3)];
    const data = await holding(forms);
    const worker = workerOn(connectionTo(data, () => Promise.resolve()));
    await worker.runIfDue(firstWeek);
    expect(all(data, 'feedback_answers')).toHaveLength(6);
    expectSound(data, forms);
    await worker.runIfDue(firstWeek);
    expect(waitingForms(data).map(({ runs }) => runs)).toEqual([1, 1, 1]);
    await worker.runIfDue(secondWeek);
    expect(waitingForms(data).map(({ runs }) => runs)).toEqual([2, 2, 2]);
    expect(all(data, 'feedback_runs').map(({ _id }) => _id)).toEqual(['2027-W02', '2027-W03']);
  });

  it('can be killed before any step: the next worker ends it, this week or the week after', async () => {
    const forms = [...formsOf('copargo', 6), ...formsOf('alfter', 3)];
    for (const next of [firstWeek, secondWeek]) {
      let deaths = 0;
      for (let step = 0; ; step++) {
        const data = await holding(forms);
        const stage = new Stage(data);
        stage.start(workerOn(stage.connection(step)).runIfDue(firstWeek));
        await stage.play(() => 0);
        await workerOn(connectionTo(data, () => Promise.resolve())).runIfDue(next);
        expectSound(data, forms);
        expect(all(data, 'feedback_answers')).toHaveLength(6);
        if (stage.killed === 0) break;
        deaths++;
      }
      expect(deaths).toBeGreaterThan(20);
    }
  });

  it('is run by several workers of differing clocks at once, some of them killed, while forms come in', async () => {
    const weeks = fc.constantFrom(firstWeek, firstWeek, secondWeek);
    const workers = fc.array(fc.record({ now: weeks, dies: fc.option(fc.nat({ max: 70 }), { nil: Infinity }) }), {
      minLength: 2,
      maxLength: 4,
    });
    const play = fc.record({
      workers,
      first: fc.nat({ max: 9 }),
      second: fc.nat({ max: 9 }),
      late: fc.nat({ max: 8 }),
      choices: fc.infiniteStream(fc.nat({ max: 1_000 })),
    });
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(play, async ({ workers: several, first, second, late, choices }) => {
        const early = [...formsOf('copargo', first), ...formsOf('alfter', second)];
        const lateForms = formsOf('djougou', late);
        const data = await holding(early);
        const stage = new Stage(data);
        for (const { now, dies } of several) stage.start(workerOn(stage.connection(dies)).runIfDue(now));
        const writer = waitingOn(stage.connection());
        stage.start(
          (async () => {
            for (const form of lateForms) while ((await writer.add([form])) === 0);
          })(),
        );
        await stage.play((waiting) => Number(choices.next().value) % Math.max(waiting, 1));
        deaths += stage.killed;
        await workerOn(connectionTo(data, () => Promise.resolve())).runIfDue(thirdWeek);
        expectSound(data, [...early, ...lateForms]);
      }),
      { numRuns: 400 },
    );
    expect(deaths).toBeGreaterThan(50);
  });
});
