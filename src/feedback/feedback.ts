import { fallBack } from '../../libs/privacy/bands.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { Week } from './release-week.js';

/** The long answers of the forms; `idea` is what a meeting's guests leave on its join page. */
export const TEXT_TOPICS = ['howToStart', 'entryPoint', 'questions', 'suggestions', 'targetGroup', 'idea'] as const;
export const TOPICS = [...TEXT_TOPICS, 'contributions'] as const;
export type Topic = (typeof TOPICS)[number];

export type Fields = { readonly [Each in (typeof TEXT_TOPICS)[number]]?: string | undefined } & {
  /** Choices of the form's closed list. */
  readonly contributions?: readonly string[] | undefined;
};

/** Forms are only ever counted and mixed with others of their pool. */
export type Pool = 'interest' | `meeting:${Id}`;

export interface NewForm {
  readonly pool: Pool;
  /** A listed region's slug. A typed place has none and counts from country level up. */
  readonly region?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
  readonly language: string;
  readonly fields: Fields;
}

/** A form that waits. It carries no id, no time and no sender: nothing but how many weekly runs it has waited. */
export interface Form extends NewForm {
  readonly runs: number;
}

export type Place = { readonly region: string } | { readonly country: string };

/** One released answer. What stands beside it is the week of its release, never when it was given. */
export interface Answer {
  readonly id: Id;
  readonly topic: Topic;
  readonly text?: string;
  readonly choice?: string;
  readonly place?: Place;
  readonly language?: string;
  readonly meeting?: Id;
  readonly week: Week;
}

export interface Outcome {
  readonly answers: readonly Answer[];
  readonly remaining: readonly Form[];
}

/** What a release needs besides the forms. `shuffle` must be unpredictable: the order must tell nothing. */
export interface ReleaseMeans {
  readonly week: Week;
  readonly shuffle: <Item>(items: readonly Item[]) => Item[];
  readonly nextId: () => Id;
}

/** From how many forms on that share something it may be told of them. */
export const ENOUGH = 5;

interface Rule {
  /** Weekly runs that a form must have waited. */
  readonly after: number;
  readonly shared: (form: Form) => string | undefined;
  readonly place: (form: Form) => Place | undefined;
}

/** What forms must share to be released, the finest first; the longer they wait, the less is told of their place. */
const RULES: readonly Rule[] = [
  { after: 0, shared: ({ region }) => region, place: ({ region }) => (region === undefined ? undefined : { region }) },
  {
    after: 2,
    shared: ({ country }) => country,
    place: ({ country }) => (country === undefined ? undefined : { country }),
  },
  { after: 4, shared: () => 'everywhere', place: () => undefined },
];
const LONGEST_WAIT = Math.max(...RULES.map(({ after }) => after));

/** True when there is nothing in a form that could be released. Such a form is not kept: it would hide nobody. */
export const isEmpty = (form: NewForm): boolean => contentOf(form).length === 0;

/**
 * Decides one weekly release. Each pool by itself: first those of whom 5 share a region; then, of those that waited two
 * runs, 5 of a country; then, of those that waited four, 5 at all. Everything else waits on.
 */
export function release(forms: readonly Form[], means: ReleaseMeans): Outcome {
  const answers: Answer[] = [];
  const remaining: Form[] = [];
  for (const pool of Map.groupBy(forms, (form) => form.pool).values()) {
    let waiting: readonly Form[] = pool.filter((form) => !isEmpty(form));
    for (const { after, shared, place } of RULES) {
      const groups = Map.groupBy(waiting, (form) => (form.runs >= after ? shared(form) : undefined));
      groups.delete(undefined);
      for (const group of groups.values()) {
        if (group.length < ENOUGH) continue;
        const released = new Set(group);
        waiting = waiting.filter((form) => !released.has(form));
        answers.push(...answersOf(group, place, means));
      }
    }
    remaining.push(...waiting.map((form) => ({ ...form, runs: Math.min(form.runs + 1, LONGEST_WAIT) })));
  }
  return { answers: means.shuffle(answers), remaining: means.shuffle(remaining) };
}

/** Takes a group of forms apart: each filled field becomes an answer of its own, so that nothing joins one form's. */
function answersOf(group: readonly Form[], placeOf: Rule['place'], { week, nextId }: ReleaseMeans): Answer[] {
  const told = languagesToTell(group);
  return group.flatMap((form) => {
    const place = placeOf(form);
    const beside = {
      ...(place && { place }),
      ...(told.has(form.language) && { language: form.language }),
      ...(form.pool !== 'interest' && { meeting: form.pool.slice('meeting:'.length) }),
      week,
    };
    return contentOf(form).map((content) => ({ id: nextId(), ...content, ...beside }));
  });
}

/**
 * The languages that may stand beside a group's answers: 5 forms share each. If fewer than 5 were left without one, that
 * too would point at them, and all the answers of a form alone would be joined; so the rarest language goes with them.
 */
function languagesToTell(group: readonly Form[]): ReadonlySet<string> {
  const rows = [...Map.groupBy(group, (form) => form.language)].map(([language, of]) => ({ language, n: of.length }));
  return new Set(fallBack(rows, ['language'], ENOUGH).flatMap(({ id }) => id ?? []));
}

type Content = { readonly topic: Topic; readonly text: string } | { readonly topic: Topic; readonly choice: string };

const contentOf = ({ fields }: NewForm): readonly Content[] => [
  ...TEXT_TOPICS.flatMap((topic): Content[] => {
    const text = fields[topic]?.trim() ?? '';
    return text === '' ? [] : [{ topic, text }];
  }),
  ...[...new Set(fields.contributions)].map((choice): Content => ({ topic: 'contributions', choice })),
];
