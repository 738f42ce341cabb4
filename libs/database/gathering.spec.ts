import { Gathering, lookingUp } from './gathering.js';

/** Answers when it is told to, and notes what it was asked at once. */
class Held {
  readonly rounds: (readonly number[])[] = [];
  private readonly holds: PromiseWithResolvers<undefined>[] = [];

  readonly gathering = new Gathering<number, string>(async (questions) => {
    this.rounds.push(questions);
    const hold = Promise.withResolvers<undefined>();
    this.holds.push(hold);
    await hold.promise;
    return questions.map(String);
  });

  answer(round: number): void {
    this.holds[round]?.resolve(undefined);
  }

  fail(round: number): void {
    this.holds[round]?.reject(new Error('away'));
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a gathering', () => {
  it('asks once for all that is asked in one turn, and gives each its own answer', async () => {
    const held = new Held();
    const answers = Promise.all([1, 2, 3].map((question) => held.gathering.ask(question)));
    await nextTurn();
    held.answer(0);
    expect(await answers).toEqual(['1', '2', '3']);
    expect(held.rounds).toEqual([[1, 2, 3]]);
  });

  it('never answers from a look that began before the question', async () => {
    const held = new Held();
    const first = held.gathering.ask(1);
    await nextTurn();
    const [second, same] = [held.gathering.ask(2), held.gathering.ask(1)];
    await nextTurn();
    expect(held.rounds).toEqual([[1]]);
    held.answer(0);
    await first;
    await nextTurn();
    expect(held.rounds).toEqual([[1], [2, 1]]);
    held.answer(1);
    expect(await Promise.all([second, same])).toEqual(['2', '1']);
  });

  it('fails those who asked together, and goes on', async () => {
    const held = new Held();
    const together = Promise.allSettled([held.gathering.ask(1), held.gathering.ask(2)]);
    await nextTurn();
    const later = held.gathering.ask(3);
    held.fail(0);
    expect((await together).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await nextTurn();
    held.answer(1);
    expect(await later).toBe('3');
  });

  it('asks for many in portions', async () => {
    const sizes: number[] = [];
    const gathering = new Gathering<number, number>((questions) => {
      sizes.push(questions.length);
      return Promise.resolve(questions);
    });
    const numbers = Array.from({ length: 1_200 }, (_, index) => index);
    expect(await Promise.all(numbers.map((number) => gathering.ask(number)))).toEqual(numbers);
    expect(sizes).toEqual([500, 500, 200]);
  });
});

describe('looking up', () => {
  it('looks for each key once, and answers undefined for what is not there', async () => {
    const asked: (readonly string[])[] = [];
    const known = lookingUp<string, number>((keys) => {
      asked.push(keys);
      return Promise.resolve(new Map([['a', 1]]));
    });
    expect(await Promise.all([known.ask('a'), known.ask('b'), known.ask('a')])).toEqual([1, undefined, 1]);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('leaves what cannot be read alone with that', async () => {
    const known = lookingUp<string, number>((keys) =>
      keys.includes('bad') ? Promise.reject(new Error('unreadable')) : Promise.resolve(new Map([['a', 1]])),
    );
    const outcomes = await Promise.allSettled([known.ask('a'), known.ask('bad'), known.ask('b')]);
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'failed'))).toEqual([
      1,
      'failed',
      undefined,
    ]);
  });

  it('asks no second time while the database is away', async () => {
    let times = 0;
    const known = lookingUp<string, number>(() => {
      times += 1;
      return Promise.reject(Object.assign(new Error('away'), { name: 'MongoNetworkError' }));
    });
    const outcomes = await Promise.allSettled([known.ask('a'), known.ask('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(times).toBe(1);
  });
});
