import { isId, type Id } from '../../libs/privacy/ids.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { occurrenceInstants, splitAt, type Recurrence } from '../../libs/time/recurrence.js';

/** Where the counters of a meeting stood when something of it last changed. */
export interface Marks {
  readonly revision: number;
  readonly sequence: number;
  readonly moves: number;
}

/** What became of one occurrence; `at`: when it last changed. */
export interface OccurrenceChange {
  /** The start that the rule gives it, whatever becomes of it. */
  readonly original: Date;
  readonly at: Marks;
  /** Why it was cancelled, perhaps in no words; null while it takes place. */
  readonly cancelled: string | null;
  readonly start?: Date;
  readonly end?: Date;
  readonly title?: string;
}

/** How a meeting repeats, and what became of single occurrences. */
export interface Series {
  readonly recurrence: Recurrence;
  readonly minutes: number;
  readonly changes: readonly OccurrenceChange[];
  /** When all of it last changed. */
  readonly at: Marks;
  /** The original start from which on there are no more: it was split, or ended early. */
  readonly endsBefore: Date | null;
  readonly endReason: string;
  /** The meeting that goes on with what a split has left, from this original start on; it may have ended earlier since. */
  readonly goesOn?: { readonly in: Id; readonly from: Date };
  /** When it was ended early. */
  readonly endedAt?: Marks;
}

export interface Occurrence {
  readonly original: Date;
  readonly index: number;
  readonly start: Date;
  readonly end: Date;
  readonly title: string | undefined;
  readonly moved: boolean;
  readonly cancelled: string | null;
  /** True for those that a split has taken out of the series. */
  readonly gone: boolean;
  readonly at: Marks;
}

/** All that the rule gives, in its order; cancelled ones and those beyond a split are among them. */
export function occurrencesOf(series: Series): readonly Occurrence[] {
  const changes = new Map(series.changes.map((change) => [change.original.getTime(), change]));
  return occurrenceInstants(series.recurrence).map((instant, index) => {
    const original = new Date(instant);
    const change = changes.get(instant);
    const gone = series.endsBefore !== null && original >= series.endsBefore;
    return {
      original,
      index,
      start: change?.start ?? original,
      end: change?.end ?? plus(original, series.minutes * MINUTE),
      title: change?.title,
      moved: change?.start !== undefined,
      cancelled: change?.cancelled ?? (gone ? series.endReason : null),
      gone,
      at: [change?.at, gone ? series.endedAt : undefined].reduce<Marks>(later, series.at),
    };
  });
}

/** Those that take place. */
export const takingPlace = (series: Series): readonly Occurrence[] =>
  occurrencesOf(series).filter(({ cancelled }) => cancelled === null);

export const occurrenceAt = (series: Series, original: Date): Occurrence | undefined =>
  occurrencesOf(series).find((each) => each.original.getTime() === original.getTime());

/**
 * What an occurrence of a series that was split is in the one that goes on `from` there on; undefined for those before, and
 * where the rule of either has changed so that nobody can tell.
 */
export function sameIn(next: Series, split: Series, from: Date, original: Date): Occurrence | undefined {
  const [first, wanted] = [occurrenceAt(split, from), occurrenceAt(split, original)];
  return first && wanted && occurrencesOf(next)[wanted.index - first.index];
}

/** The one that runs or comes next; when all are over, the last. Undefined where none takes place. */
export function presentOccurrence(series: Series, now: Date): Occurrence | undefined {
  const all = [...takingPlace(series)].sort((a, b) => a.start.getTime() - b.start.getTime());
  return all.find(({ end }) => end > now) ?? all.at(-1);
}

/** The rule as far as it still holds: what a split took away is not part of it. */
export const ruleOf = ({ recurrence, endsBefore }: Series): Recurrence =>
  (endsBefore && splitAt(recurrence, endsBefore)?.before) ?? recurrence;

/** An original start as it stands in ids and keys: `20270112T180000Z`. */
export const stampOf = (original: Date): string => original.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

/** What someone is invited to who comes to one occurrence alone. */
export const occurrenceId = (meeting: Id, original: Date): string => `${meeting}.${stampOf(original)}`;

/** The meeting and the original start that an id stands for; undefined for the id of a whole meeting. */
export function readOccurrenceId(id: string): { readonly meeting: Id; readonly original: Date } | undefined {
  const [, meeting = '', year, month, day, hour, minute, second] =
    /^([\w-]{22})\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(id) ?? [];
  const original = new Date(
    `${String(year)}-${String(month)}-${String(day)}T${String(hour)}:${String(minute)}:${String(second)}Z`,
  );
  return isId(meeting) && !Number.isNaN(original.getTime()) ? { meeting, original } : undefined;
}

/** The meeting that an id belongs to, be it of the whole or of one occurrence. */
export const meetingOf = (id: string): Id => readOccurrenceId(id)?.meeting ?? id;

/** Counters only grow. */
const later = (a: Marks, b: Marks = a): Marks => ({
  revision: Math.max(a.revision, b.revision),
  sequence: Math.max(a.sequence, b.sequence),
  moves: Math.max(a.moves, b.moves),
});
