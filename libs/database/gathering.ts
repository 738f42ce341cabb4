/** Enough for a worker's mails in hand, and little enough for one command. */
const MOST = 500;

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer | Promise<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins what many ask at the same moment into one round trip. What is asked while one is under way waits for the next: an
 * answer never comes from a look that began before its question. Alone, a question waits for nothing.
 */
export class Gathering<Question, Answer> {
  private waiting: Waiting<Question, Answer>[] = [];
  private isUnderWay = false;

  /** @param askAll answers all questions in their order; when it fails, every one of them has failed */
  constructor(
    private readonly askAll: (questions: readonly Question[]) => Promise<readonly (Answer | Promise<Answer>)[]>,
  ) {}

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      if (this.isUnderWay) return;
      this.isUnderWay = true;
      // Whoever was woken by the same reply asks in the same turn.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const round = this.waiting.splice(0, MOST);
      try {
        const answers = await this.askAll(round.map(({ question }) => question));
        if (answers.length !== round.length) throw new Error('not as many answers as questions');
        for (const [index, answer] of answers.entries()) round[index]?.resolve(answer);
      } catch (error) {
        for (const { reject } of round) reject(error);
      }
    }
    this.isUnderWay = false;
  }
}

/**
 * A gathering of look-ups by a key, of which each is looked up once however many ask for it. What cannot be read is alone
 * with that: the others are then looked up without it, unless it is the database that is away.
 */
export const lookingUp = <Key, Value>(
  find: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): Gathering<Key, Value | undefined> =>
  new Gathering(async (keys) => {
    const distinct = [...new Set(keys)];
    try {
      const found = await find(distinct);
      return keys.map((key) => found.get(key));
    } catch (error) {
      if (distinct.length === 1 || isOfDriver(error)) throw error;
      return keys.map(async (key) => (await find([key])).get(key));
    }
  });

const isOfDriver = (error: unknown): boolean => error instanceof Error && error.name.startsWith('Mongo');
