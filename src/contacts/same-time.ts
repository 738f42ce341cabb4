import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds: longer than any of the cases takes where nothing is wrong. */
const STEP = 100;

/** How much longer to wait so that the whole takes full steps. */
export const restOfStep = (elapsed: number): number => (STEP - (elapsed % STEP)) % STEP;

/**
 * Answers after full tenths of a second: an address that is new, known or blocked costs differently many writes, and
 * whoever asks about somebody else's must not learn from the time which of them it is.
 */
export async function inSameTime<Value>(work: () => Promise<Value>): Promise<Value> {
  const begun = performance.now();
  try {
    return await work();
  } finally {
    await wait(restOfStep(performance.now() - begun));
  }
}
