import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, type Fields, type Form, isEmpty, release } from './feedback.js';

const week = '2027-W02';
let lastId = 0;
const means = {
  week,
  shuffle: <Item>(items: readonly Item[]) => [...items].reverse(),
  nextId: () => `answer-${String(++lastId)}`,
};

const form = (more: Partial<Form> = {}): Form => ({
  pool: 'interest',
  region: 'copargo',
  country: 'BJ',
  language: 'fr',
  fields: { howToStart: 'together' },
  runs: 0,
  ...more,
});
const forms = (count: number, more: Partial<Form> = {}): Form[] => Array.from({ length: count }, () => form(more));

describe('releasing forms', () => {
  it.each<[string, Form[], number, unknown]>([
    ['4 of a region wait', forms(4), 0, undefined],
    ['5 of a region are released', forms(5), 5, { region: 'copargo' }],
    ['4 of one region and 4 of another wait', [...forms(4), ...forms(4, { region: 'djougou' })], 0, undefined],
    [
      '5 of a country wait for two runs',
      [...forms(3, { runs: 1 }), ...forms(2, { region: 'djougou', runs: 1 })],
      0,
      undefined,
    ],
    [
      'and are released then',
      [...forms(3, { runs: 2 }), ...forms(2, { region: 'djougou', runs: 2 })],
      5,
      { country: 'BJ' },
    ],
    [
      'a typed place has no region and counts for its country',
      forms(5, { region: undefined, runs: 2 }),
      5,
      { country: 'BJ' },
    ],
    [
      'those who just came do not speed up a country',
      [...forms(4, { runs: 2 }), ...forms(4, { region: 'djougou' })],
      0,
      undefined,
    ],
    [
      'a form without a place waits for four runs',
      forms(5, { region: undefined, country: undefined, runs: 3 }),
      0,
      undefined,
    ],
    [
      'and is released with all others then',
      [...forms(3, { country: undefined, region: undefined, runs: 4 }), ...forms(2, { runs: 4 })],
      5,
      undefined,
    ],
    ['4 at all wait however long', forms(4, { runs: 4 }), 0, undefined],
    ['pools are never mixed', [...forms(4), ...forms(4, { pool: 'meeting:m' })], 0, undefined],
    [
      'forms without an answer hide nobody',
      [...forms(4), ...forms(4, { fields: { howToStart: ' ', contributions: [] } })],
      0,
      undefined,
    ],
  ])('%s', (_, waiting, count, place) => {
    const { answers } = release(waiting, means);
    expect(answers).toHaveLength(count);
    for (const answer of answers) expect(answer.place).toEqual(place);
  });

  it('counts the runs that a form has waited, up to the longest wait', () => {
    const waiting = [form(), form({ runs: 3, region: 'a' }), form({ runs: 4, region: 'b' })];
    expect(
      release(waiting, means)
        .remaining.map(({ runs }) => runs)
        .sort(),
    ).toEqual([1, 4, 4]);
  });

  it('makes each filled field, and each choice, an answer of its own', () => {
    const fields: Fields = {
      howToStart: ' a tree ',
      questions: '',
      idea: '   ',
      contributions: ['pilots', 'materials', 'pilots'],
    };
    const { answers } = release(forms(5, { fields }), means);
    expect(answers).toHaveLength(15);
    const { id: _, ...first } = answers.find(({ topic }) => topic === 'howToStart') as Answer;
    expect(first).toEqual({ topic: 'howToStart', text: 'a tree', place: { region: 'copargo' }, language: 'fr', week });
    expect(answers.filter(({ choice }) => choice === 'pilots')).toHaveLength(5);
  });

  it("releases a meeting's ideas to that meeting", () => {
    const { answers } = release(forms(5, { pool: 'meeting:m1', fields: { idea: 'a well' } }), means);
    expect(answers.map(({ topic, meeting }) => [topic, meeting])).toEqual(Array(5).fill(['idea', 'm1']));
  });

  it.each([
    ['told where 5 share it', { fr: 5 }, { fr: 5 }],
    ['told where 5 share each', { fr: 6, de: 5 }, { fr: 6, de: 5 }],
    ['not told where it would single out the others', { fr: 7, de: 2 }, {}],
    ['told where enough others are left', { fr: 9, de: 3, en: 2 }, { fr: 9 }],
    ['not told of the rarest, so that the others are enough', { fr: 9, de: 6, en: 1 }, { fr: 9 }],
  ])('language is %s', (_, given, told) => {
    const waiting = Object.entries(given).flatMap(([language, count]) => forms(count, { language }));
    const named = release(waiting, means).answers.flatMap(({ language }) => language ?? []);
    expect(
      Object.fromEntries([...Map.groupBy(named, (name) => name)].map(([name, all]) => [name, all.length])),
    ).toEqual(told);
  });
});

describe('a release of any forms', () => {
  const anyForm = fc.record<Form>({
    pool: fc.constantFrom('interest', 'meeting:m1', 'meeting:m2'),
    region: fc.constantFrom('copargo', 'alfter', undefined),
    country: fc.constantFrom('BJ', 'DE', undefined),
    language: fc.constantFrom('fr', 'de', 'en'),
    fields: fc
      .record({ howToStart: fc.boolean(), questions: fc.boolean(), idea: fc.boolean() })
      .map((filled): Fields =>
        Object.fromEntries(Object.entries(filled).flatMap(([topic, yes]) => (yes ? [[topic, topic]] : []))),
      ),
    runs: fc.nat({ max: 4 }),
  });
  /** Each text names its form, so that a test can see what a reader cannot. */
  const traced = fc.array(anyForm, { maxLength: 60, size: 'max' }).map((list) =>
    list.map((each, i) => ({
      ...each,
      fields: Object.fromEntries(Object.keys(each.fields).map((topic) => [topic, `${topic} of ${String(i)}`])),
    })),
  );
  const formOf = ({ text }: Answer): string => text?.split(' of ')[1] ?? '';

  it('tells of no answer what fewer than 5 forms of that release share', () => {
    let released = 0;
    fc.assert(
      fc.property(traced, (waiting) => {
        const { answers } = release(waiting, means);
        released += answers.length;
        const alike = Map.groupBy(answers, ({ meeting, place, language }) =>
          JSON.stringify([meeting, place, language]),
        );
        for (const cell of alike.values()) expect(new Set(cell.map(formOf)).size).toBeGreaterThanOrEqual(5);
      }),
      { numRuns: 1_000 },
    );
    expect(released).toBeGreaterThan(1_000);
  });

  it('stores nothing beside an answer that joins it to another of its form', () => {
    fc.assert(
      fc.property(traced, (waiting) => {
        const { answers } = release(waiting, means);
        for (const answer of answers)
          for (const key of Object.keys(answer))
            expect(['id', 'topic', 'text', 'place', 'language', 'meeting', 'week']).toContain(key);
        expect(new Set(answers.map(({ id }) => id)).size).toBe(answers.length);
      }),
    );
  });

  it('releases each form wholly or keeps it whole, and says true things of it', () => {
    fc.assert(
      fc.property(traced, (waiting) => {
        const { answers, remaining } = release(waiting, means);
        const texts = [...answers.map(({ text }) => text), ...remaining.flatMap(({ fields }) => Object.values(fields))];
        expect([...texts].sort()).toEqual(waiting.flatMap(({ fields }) => Object.values(fields)).sort());
        expect(remaining.some(isEmpty)).toBe(false);
        const kept = new Set(remaining.flatMap(({ fields }) => Object.values(fields)));
        for (const answer of answers) {
          const from = waiting[Number(formOf(answer))] as Form;
          expect(Object.values(from.fields).some((text) => kept.has(text as string))).toBe(false);
          expect(from).toMatchObject({ ...answer.place, ...(answer.language && { language: answer.language }) });
          expect(from.pool).toBe(answer.meeting === undefined ? 'interest' : `meeting:${answer.meeting}`);
        }
      }),
    );
  });
});
