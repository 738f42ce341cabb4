import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LANGUAGE } from '../../libs/web/i18n.js';
import { countedId } from '../../test/support/ids.js';
import { loadTexts } from '../texts/index.js';
import {
  barsOf,
  closesAt,
  isCounted,
  joinId,
  placed,
  placeId,
  publicCounts,
  takesEveryone,
  type Came,
} from './participation.js';

const end = new Date('2027-01-12T19:00:00Z');
const came = (region: string | null, country: string | null, people: number): Came => ({ region, country, people });
const signedUp = (...rows: readonly Came[]) => publicCounts({ signedUp: rows, withoutSignUp: [] }).signedUp;

const catalogue = loadTexts();
const reader = (language: string) => ({ language, t: catalogue.translator(language) });
const readAs = (rows: readonly Came[], language = DEFAULT_LANGUAGE): string[] =>
  barsOf(signedUp(...rows), reader(language)).map(({ label, text }) => `${label}: ${text}`);

describe('when a count is shown', () => {
  it.each([
    ['not before the end, so that nobody can watch one person come in', 'announced', '2027-01-12T18:59:59Z', false],
    ['from the end on', 'announced', '2027-01-12T19:00:00Z', true],
    ['never for a cancelled meeting', 'cancelled', '2027-02-01T00:00:00Z', false],
    ['never for a draft', 'draft', '2027-02-01T00:00:00Z', false],
  ] as const)('%s', (_, status, now, shown) => {
    expect(isCounted({ status, end }, new Date(now))).toBe(shown);
  });

  it('is closed a little after the end, for those who pressed the button just before it', () => {
    expect(closesAt({ end })).toEqual(new Date('2027-01-12T19:05:00Z'));
  });
});

describe('joining without sign-up', () => {
  it.each([
    ['is there for everyone', 'announced', null, true],
    ['says so when the meeting was cancelled', 'cancelled', null, true],
    ['is absent when seats are limited', 'announced', 20, false],
    ['is absent for a draft', 'draft', null, false],
  ] as const)('%s', (_, status, capacity, there) => {
    expect(takesEveryone({ status, capacity })).toBe(there);
  });
});

describe('where people came from', () => {
  it.each([
    ['a region has its country and its pair', came('copargo', 'BJ', 3), ['copargo', 'BJ', 'copargo-alfter']],
    [
      'its country counts even where a contact said another',
      came('copargo', 'DE', 3),
      ['copargo', 'BJ', 'copargo-alfter'],
    ],
    ['a typed place counts for its country', came(null, 'BJ', 3), [undefined, 'BJ', undefined]],
    ['a place without country counts for all', came(null, null, 3), [undefined, undefined, undefined]],
    ['a region that ships no more counts for its country', came('gone', 'BJ', 3), [undefined, 'BJ', undefined]],
  ])('%s', (_, row, [region, country, twin]) => {
    expect(placed(row)).toEqual({ n: 3, region, country, twin });
  });
});

describe('what the public sees', () => {
  it.each([
    [
      'a place from 10 up',
      [came('copargo', 'BJ', 23), came('alfter', 'DE', 12)],
      ['Copargo: about 25', 'Alfter: about 10'],
    ],
    [
      'a small place falls back to the pair',
      [came('copargo', 'BJ', 6), came('alfter', 'DE', 7)],
      ['Copargo + Alfter: about 15'],
    ],
    [
      'or to the country, beside those whose region is told',
      [came('copargo', 'BJ', 30), came(null, 'BJ', 11)],
      ['Copargo: about 30', 'Benin, elsewhere: about 10'],
    ],
    ['few in all are fewer than 10', [came('copargo', 'BJ', 2), came(null, 'FR', 1)], ['All together: fewer than 10']],
    [
      'the rest takes the smallest place with it, as the total would tell it',
      [came('copargo', 'BJ', 40), came('alfter', 'DE', 12), came(null, 'FR', 2)],
      ['Copargo: about 40', 'Everywhere else: about 15'],
    ],
    ['nobody at all is no line', [], []],
  ])('%s', (_, rows, lines) => {
    expect(readAs(rows)).toEqual(lines);
  });

  it('reads in the reader’s language', () => {
    const rows = [came('copargo', 'BJ', 30), came(null, 'BJ', 11)];
    expect(readAs(rows, 'fr')).toEqual(['Copargo: environ 30', 'Bénin, ailleurs: environ 10']);
    expect(readAs(rows, 'de')).toEqual(['Copargo: etwa 30', 'Benin, anderswo: etwa 10']);
  });

  it('draws what is fewer than 10 as half of it, whatever it is', () => {
    for (const people of [1, 9])
      expect(barsOf(signedUp(came('copargo', 'BJ', people)), reader('en'))[0]?.value).toBe(5);
  });

  it('keeps those without sign-up apart', () => {
    const counts = publicCounts({ signedUp: [came('copargo', 'BJ', 20)], withoutSignUp: [came(null, null, 4)] });
    expect([counts.signedUp.total, counts.withoutSignUp.total]).toEqual([
      { kind: 'about', n: 20 },
      { kind: 'fewer-than', n: 10 },
    ]);
  });
});

describe('what a count stands under', () => {
  it('is one document per marker, or per place of those without sign-up', () => {
    const meeting = countedId(1);
    const ids = [joinId(meeting, 'a'), joinId(meeting, 'b'), placeId(meeting, null), placeId(meeting, 'copargo')];
    expect(new Set(ids).size).toBe(ids.length);
    expect(joinId(countedId(2), 'a')).not.toBe(ids[0]);
  });
});
