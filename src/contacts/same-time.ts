import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds: longer than any of the cases takes where nothing is wrong. */
const STEP = 100;
/** And what each further thing that is asked for at once adds to it: their differences add up, too. */
const FURTHER = 50;

/** How much longer to wait so that the whole takes full steps. @param things how many are asked for at once */
export const restOfStep = (elapsed: number, things = 1): number => {
  const step = STEP + FURTHER * (things - 1);
  return (step - (elapsed % step)) % step;
};

/**
 * Answers after full tenths of a second: an address that is new, known or blocked costs differently many writes, and
 * whoever asks about somebody else's must not learn from the time which of them it is.
 */
export async function inSameTime<Value>(work: () => Promise<Value>, things = 1): Promise<Value> {
  const begun = performance.now();
  try {
    return await work();
  } finally {
    await wait(restOfStep(performance.now() - begun, things));
  }
}
