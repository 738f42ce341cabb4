import { AssertionError } from 'node:assert';
import { styleText } from 'node:util';

/** Tells a story step by step: each is done, checked and ticked; the first that goes wrong ends it. */
export class Story {
  private readonly began = performance.now();
  private steps = 0;

  constructor(title: string) {
    console.log(`\n${styleText('bold', title)}`);
  }

  chapter(title: string): void {
    console.log(`\n${styleText('bold', title)}`);
  }

  /** @param act does the step and checks it; what it answers is shown below as a detail */
  async step(sentence: string, act: () => Promise<string | undefined>): Promise<void> {
    let detail: string | undefined;
    try {
      detail = await act();
    } catch (error) {
      console.log(`  ${styleText('red', '✗')} ${sentence}`);
      throw error;
    }
    this.steps += 1;
    console.log(`  ${styleText('green', '✓')} ${sentence}`);
    if (detail !== undefined) for (const line of detail.split('\n')) console.log(`      ${styleText('dim', line)}`);
  }

  end(): void {
    const seconds = Math.round((performance.now() - this.began) / 1000);
    console.log(`\n${String(this.steps)} steps, all of them true, in ${String(seconds)} s.\n`);
  }
}

/** Throws an error whose message is the sentence. */
export function check(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new AssertionError({ message: sentence });
}

export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  check(is === should, `${what}: ${is}, and should be ${should}`);
}
