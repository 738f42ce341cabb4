import { z } from 'zod';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/;

const instantOf = (text: unknown): Date | undefined => {
  const at = typeof text === 'string' && INSTANT.test(text) ? new Date(text) : new Date(Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
};

/** The original start of an occurrence of a series, an ISO instant in UTC; undefined when left out. */
export const occurrenceField = z
  .unknown()
  .optional()
  .transform((given, context): Date | undefined => {
    if (given === undefined || given === '') return undefined;
    const at = instantOf(given);
    if (at) return at;
    context.issues.push({ code: 'custom', message: 'error.not-in-list', input: given });
    return z.NEVER;
  });

/** Any number of them, each once: what checkboxes post. */
export const occurrencesField = z
  .unknown()
  .optional()
  .transform((given, context): readonly Date[] => {
    const listed = (Array.isArray(given) ? (given as unknown[]) : [given]).filter(
      (each) => each !== undefined && each !== '',
    );
    const starts = listed.map(instantOf).filter((at) => at !== undefined);
    if (starts.length === listed.length) return [...new Map(starts.map((at) => [at.getTime(), at])).values()];
    context.issues.push({ code: 'custom', message: 'error.not-in-list', input: given });
    return z.NEVER;
  });
