import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds that an answer takes at least where its time may not tell what was found. */
const LEAST = 400;

/**
 * Does something whose duration would tell whether an address is known, and takes the same time either way. Failures of
 * the work come through, as they do not depend on what was found.
 */
export async function inEvenTime<Outcome>(work: Promise<Outcome>): Promise<Outcome> {
  const [outcome] = await Promise.all([work, pause(LEAST)]);
  return outcome;
}
