import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  consoleCount,
  consoleTable,
  fallBack,
  PLACES,
  type PlaceLevel,
  progressSteps,
  publicCount,
  publicTable,
  type Row,
} from './bands.js';

describe('counts in bands', () => {
  it.each([
    [0, { kind: 'fewer-than', n: 10 }],
    [9, { kind: 'fewer-than', n: 10 }],
    [10, { kind: 'about', n: 10 }],
    [12, { kind: 'about', n: 10 }],
    [13, { kind: 'about', n: 15 }],
    [1_234, { kind: 'about', n: 1_235 }],
  ])('the public sees %d as %j', (n, shown) => {
    expect(publicCount(n)).toEqual(shown);
  });

  it.each([
    [0, { kind: 'fewer-than', n: 5 }],
    [4, { kind: 'fewer-than', n: 5 }],
    [5, { kind: 'between', from: 5, to: 9 }],
    [9, { kind: 'between', from: 5, to: 9 }],
    [10, { kind: 'about', n: 10 }],
    [17, { kind: 'about', n: 15 }],
  ])('the console sees %d as %j', (n, shown) => {
    expect(consoleCount(n)).toEqual(shown);
  });

  it.each([
    [0, 9, { kind: 'sending' }],
    [8, 9, { kind: 'sending' }],
    [9, 9, { kind: 'all-sent' }],
    [0, 0, { kind: 'all-sent' }],
    [0, 10, { kind: 'percent', percent: 0 }],
    [19, 100, { kind: 'percent', percent: 10 }],
    [99, 100, { kind: 'percent', percent: 90 }],
    [29, 100, { kind: 'percent', percent: 20 }],
    [100, 100, { kind: 'all-sent' }],
  ])('%d sent of %d is %j', (sent, recipients, shown) => {
    expect(progressSteps(sent, recipients)).toEqual(shown);
  });
});

const copargo = { region: 'copargo', country: 'BJ', twin: 'copargo-alfter' };
const alfter = { region: 'alfter', country: 'DE', twin: 'copargo-alfter' };
const elsewhereInBenin = { country: 'BJ' };

describe('falling back from region to country to twin to all', () => {
  it.each<[string, readonly Row<PlaceLevel>[], unknown]>([
    [
      'regions that are large enough stand alone',
      [
        { ...copargo, n: 20 },
        { ...alfter, n: 11 },
      ],
      [
        { level: 'region', id: 'copargo', n: 20, partial: false },
        { level: 'region', id: 'alfter', n: 11, partial: false },
      ],
    ],
    [
      'a small region falls back to its country',
      [
        { ...copargo, n: 6 },
        { ...elsewhereInBenin, n: 5 },
        { ...alfter, n: 12 },
      ],
      [
        { level: 'region', id: 'alfter', n: 12, partial: false },
        { level: 'country', id: 'BJ', n: 11, partial: false },
      ],
    ],
    [
      'two small twins are counted together',
      [
        { ...copargo, n: 6 },
        { ...alfter, n: 7 },
      ],
      [{ level: 'twin', id: 'copargo-alfter', n: 13, partial: false }],
    ],
    [
      'what is elsewhere in a country says so',
      [
        { ...copargo, n: 30 },
        { ...elsewhereInBenin, n: 10 },
      ],
      [
        { level: 'region', id: 'copargo', n: 30, partial: false },
        { level: 'country', id: 'BJ', n: 10, partial: true },
      ],
    ],
    [
      'a rest that the total would give away takes the smallest cell with it',
      [{ ...copargo, n: 30 }, { ...alfter, n: 20 }, { n: 1 }],
      [
        { level: 'region', id: 'copargo', n: 30, partial: false },
        { n: 21, partial: false },
      ],
    ],
    [
      'a rest that is just large enough takes no cell with it',
      [{ ...copargo, n: 30 }, { ...alfter, n: 20 }, { n: 10 }],
      [
        { level: 'region', id: 'copargo', n: 30, partial: false },
        { level: 'region', id: 'alfter', n: 20, partial: false },
        { n: 10, partial: false },
      ],
    ],
    ['a handful is a handful', [{ ...copargo, n: 3 }, { n: 1 }], [{ n: 4, partial: false }]],
    ['nobody is nobody', [{ ...copargo, n: 0 }], []],
  ])('%s', (_, rows, cells) => {
    expect(fallBack(rows, PLACES, 10)).toEqual(cells);
  });

  it('shows languages by the same rule', () => {
    expect(
      consoleTable(
        [
          { language: 'fr', n: 40 },
          { language: 'de', n: 2 },
        ],
        ['language'],
      ),
    ).toEqual({
      cells: [{ count: { kind: 'about', n: 40 }, partial: false }],
      total: { kind: 'about', n: 40 },
    });
  });

  const regions = [
    copargo,
    alfter,
    { region: 'djougou', country: 'BJ' },
    { region: 'bonn', country: 'DE', twin: 'bonn-cape-coast' },
    { country: 'DE' },
    elsewhereInBenin,
    { country: 'FR' },
    {},
  ];
  const tables = fc.tuple(...regions.map((place) => fc.nat({ max: 25 }).map((n) => ({ ...place, n }))));

  it.each([5, 10])('no sum or difference of what is shown is a cell under %d', (least) => {
    fc.assert(
      fc.property(tables, (rows) => {
        const cells = fallBack(rows, PLACES, least);
        const total = rows.reduce((all, { n }) => all + n, 0);
        // Everyone is in exactly one cell, so whatever is subtracted from whatever is a union of whole cells.
        expect(cells.reduce((all, { n }) => all + n, 0)).toBe(total);
        if (total >= least) for (const { n } of cells) expect(n).toBeGreaterThanOrEqual(least);
        else expect(cells.length).toBeLessThanOrEqual(1);
        const names = cells.map(({ level, id }) => `${level ?? ''} ${id ?? ''}`);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('hands out bands only', () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const { cells, total } = publicTable(rows, PLACES);
        const shown = [...cells.map(({ count }) => count), total];
        for (const count of shown) expect(count.n % 5).toBe(0);
        expect(cells.every((cell) => !('n' in cell))).toBe(true);
        if (total.kind === 'about') expect(cells.every(({ count }) => count.kind === 'about')).toBe(true);
      }),
    );
  });
});
