/** Contenders that take turns within each round: a busy machine slows all of them, and what counts is the ratio. */

/** Does its work once and answers something that depends on it, so that nothing is optimised away. */
type Work = (number: number) => unknown;

export interface Comparison {
  readonly name: string;
  readonly unit: string;
  /** The first is ours. */
  readonly contenders: readonly { readonly name: string; readonly work: Work; readonly target?: string }[];
}

/** Milliseconds for each contender in each round. */
const TURN = 60;

/** Prints microseconds of processor time for each piece of work, and the median of the rounds' ratios. */
export async function compare({ name, unit, contenders }: Comparison, rounds: number): Promise<void> {
  const taken = contenders.map((): number[] => []);
  const works = contenders.map(({ work }) => work);
  for (let round = 0; round <= rounds; round += 1) {
    // Another begins each round, as what one leaves behind in memory is swept away in the turn after it.
    const order = contenders.map((_contender, index) => (index + round) % contenders.length);
    for (const index of order) {
      const took = await turn(works[index] ?? Number);
      // The first round warms up.
      if (round > 0) taken[index]?.push(took);
    }
  }
  console.log(`\n${name}`);
  const [ours = []] = taken;
  for (const [index, { name: contender, target }] of contenders.entries()) {
    const times = taken[index] ?? [];
    const ratio = median(times.map((time, round) => time / (ours[round] ?? Number.NaN)));
    const compared =
      index === 0 ? '' : `  ours is ${ratio.toFixed(2)}x as fast${target === undefined ? '' : `, to be ${target}`}`;
    console.log(`  ${contender.padEnd(44)} ${median(times).toFixed(2).padStart(10)} us per ${unit}${compared}`);
  }
}

async function turn(work: Work): Promise<number> {
  const before = process.cpuUsage();
  const end = performance.now() + TURN;
  let done = 0;
  do {
    const result = work(done);
    if (result instanceof Promise) await result;
    done += 1;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / done;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
