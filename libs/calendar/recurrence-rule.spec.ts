import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { DAY } from '../time/clock.js';
import { readRule, startsOf, type Effort } from './recurrence-rule.js';

const at = (text: string): number => Date.parse(`${text}Z`);
const ALL = { from: at('1990-01-01T00:00:00'), to: at('2030-01-01T00:00:00') };

function starts(rule: string, first: string, window = ALL, effort: Effort = { left: 100_000 }): readonly string[] {
  const read = readRule(rule);
  if (!read.ok) return [read.reason];
  const found = startsOf(read.value, at(first), window, effort);
  return found?.map((start) => new Date(start).toISOString().slice(0, 16)) ?? ['too much'];
}

const days = (rule: string, first: string, window = ALL): string =>
  starts(rule, first, window)
    .map((start) => start.slice(2, 10).replaceAll('-', ''))
    .join(' ');

describe('a rule', () => {
  // Examples of RFC 5545 3.8.5.3, but for those that repeat within the day.
  it.each([
    ['FREQ=DAILY;COUNT=4', '1997-09-02', '970902 970903 970904 970905'],
    ['FREQ=DAILY;INTERVAL=10;COUNT=5', '1997-09-02', '970902 970912 970922 971002 971012'],
    ['FREQ=WEEKLY;COUNT=3', '1997-09-02', '970902 970909 970916'],
    ['FREQ=WEEKLY;UNTIL=19970916T000000Z', '1997-09-02', '970902 970909 970916'],
    ['FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH', '1997-09-02', '970902 970904 970909 970911'],
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH',
      '1997-09-02',
      '970902 970904 970916 970918 970930 971002 971014 971016',
    ],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO', '1997-08-05', '970805 970810 970819 970824'],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU', '1997-08-05', '970805 970817 970819 970831'],
    ['FREQ=MONTHLY;COUNT=4;BYDAY=1FR', '1997-09-05', '970905 971003 971107 971205'],
    ['FREQ=MONTHLY;INTERVAL=2;COUNT=6;BYDAY=1SU,-1SU', '1997-09-07', '970907 970928 971102 971130 980104 980125'],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=-2MO', '1997-09-22', '970922 971020 971117'],
    ['FREQ=MONTHLY;COUNT=3;BYMONTHDAY=-3', '1997-09-28', '970928 971029 971128'],
    ['FREQ=MONTHLY;COUNT=6;BYMONTHDAY=1,-1', '1997-09-30', '970930 971001 971031 971101 971130 971201'],
    ['FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5', '2007-01-15', '070115 070130 070215 070315 070330'],
    ['FREQ=YEARLY;COUNT=4;BYMONTH=6,7', '1997-06-10', '970610 970710 980610 980710'],
    ['FREQ=YEARLY;INTERVAL=3;COUNT=5;BYYEARDAY=1,100,200', '1997-01-01', '970101 970410 970719 000101 000409'],
    ['FREQ=YEARLY;BYDAY=20MO;COUNT=3', '1997-05-19', '970519 980518 990517'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3', '1997-05-12', '970512 980511 990517'],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=5', '1997-03-13', '970313 970320 970327 980305 980312'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3', '1998-02-13', '980213 980313 981113'],
    ['FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=3', '1997-09-13', '970913 971011 971108'],
    [
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3',
      '1996-11-05',
      '961105 001107 041102',
    ],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', '1997-09-04', '970904 971007 971106'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3', '1997-09-29', '970929 971030 971127'],
    ['FREQ=YEARLY;COUNT=3', '2004-02-29', '040229 080229 120229'],
    ['FREQ=MONTHLY;COUNT=3', '2027-01-31', '270131 270331 270531'],
    ['FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU;COUNT=3', '2020-01-01', '210103 220102 230101'],
    ['FREQ=DAILY;BYMONTH=1;BYDAY=MO;COUNT=2', '2027-01-01', '270104 270111'],
  ])('%s from %s', (rule, first, expected) => {
    expect(days(rule, `${first}T00:00:00`)).toBe(expected);
  });

  it('counts from its beginning, however late the window is', () => {
    const late = { from: at('1997-09-10T00:00:00'), to: ALL.to };
    expect(days('FREQ=DAILY;COUNT=10', '1997-09-02T09:00:00', late)).toBe('970910 970911');
  });

  it('is found without going through all that was, where nothing is counted', () => {
    const late = { from: at('2027-01-01T00:00:00'), to: at('2027-01-08T00:00:00') };
    expect(starts('FREQ=DAILY;INTERVAL=3', '1971-01-01T09:00:00', late, { left: 30 })).toHaveLength(3);
    expect(starts('FREQ=WEEKLY', '1971-01-01T09:00:00', late, { left: 50 })).toEqual(['2027-01-01T09:00']);
    expect(starts('FREQ=YEARLY', '1601-01-03T09:00:00', late, { left: 2_000 })).toEqual(['2027-01-03T09:00']);
  });

  it('may name the times of a day', () => {
    expect(starts('FREQ=DAILY;COUNT=3;BYHOUR=9,17;BYMINUTE=30', '2027-01-11T09:30:00')).toEqual([
      '2027-01-11T09:30',
      '2027-01-11T17:30',
      '2027-01-12T09:30',
    ]);
  });

  it.each([
    ['FREQ=SECONDLY;COUNT=1000000000', 'too-often'],
    ['FREQ=MINUTELY', 'too-often'],
    ['FREQ=HOURLY;INTERVAL=12', 'too-often'],
    ['FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9;BYMINUTE=1,2,3,4,5,6', 'too-often'],
    ['FREQ=NEVER', 'not-a-rule'],
    ['FREQ=DAILY;INTERVAL=0', 'not-a-rule'],
    ['FREQ=DAILY;INTERVAL=1e3', 'not-a-rule'],
    ['FREQ=DAILY;COUNT=0', 'not-a-rule'],
    ['FREQ=DAILY;UNTIL=tomorrow', 'not-a-rule'],
    ['FREQ=WEEKLY;BYDAY=XX', 'not-a-rule'],
    ['FREQ=WEEKLY;WKST=XX', 'not-a-rule'],
    ['FREQ=YEARLY;BYMONTH=13', 'not-a-rule'],
    ['FREQ=YEARLY;BYMONTH=-1', 'not-a-rule'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'not-a-rule'],
    ['FREQ=MONTHLY;BYSETPOS=0', 'not-a-rule'],
    ['COUNT=3', 'not-a-rule'],
    ['', 'not-a-rule'],
    ['__proto__=1', 'not-a-rule'],
  ])('%s is %s', (rule, reason) => {
    expect(starts(rule, '2027-01-11T09:00:00')).toEqual([reason]);
  });

  it.each([
    ['FREQ=DAILY;COUNT=1000000000', '0001-01-01T00:00:00'],
    ['FREQ=YEARLY;COUNT=5;BYMONTH=2;BYMONTHDAY=30', '0001-01-01T00:00:00'],
    ['FREQ=DAILY;COUNT=5;BYMONTH=2;BYMONTHDAY=30', '0001-01-01T00:00:00'],
    [`FREQ=WEEKLY;COUNT=9;BYWEEKNO=54,${'1,'.repeat(9)}1`, '0001-01-01T00:00:00'],
  ])('%s from year 1 ends in an answer', (rule, first) => {
    expect(['too much', 'not-a-rule']).toContain(starts(rule, first)[0]);
  });

  it('that never comes true has no start', () => {
    expect(starts('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '2020-01-01T00:00:00')).toEqual([]);
  });
});

/** What ical.js reads in the same way as RFC 5545; where the first start is none of the rule's, programs differ. */
const rules = fc
  .record({
    frequency: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    interval: fc.integer({ min: 1, max: 4 }),
    count: fc.integer({ min: 1, max: 40 }),
    first: fc.integer({ min: 0, max: 3_000 }).map((day) => at('2019-01-01T09:30:00') + day * DAY),
    byDay: fc.boolean(),
    weekdays: fc.subarray(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'], { minLength: 1 }),
    weekStart: fc.constantFrom('MO', 'SU'),
  })
  .map(({ frequency, interval, count, first, byDay, weekdays, weekStart }) => {
    const day = new Date(first);
    const own = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'][day.getUTCDay()] ?? 'MO';
    const parts = {
      DAILY: '',
      WEEKLY: `;BYDAY=${[...new Set([own, ...weekdays])].join()};WKST=${weekStart}`,
      MONTHLY: `;BYDAY=${String(Math.min(4, Math.ceil(day.getUTCDate() / 7)))}${own}`,
      YEARLY: `;BYMONTH=${String(day.getUTCMonth() + 1)};BYMONTHDAY=${String(day.getUTCDate())}`,
    };
    const more = byDay ? parts[frequency] : '';
    return { rule: `FREQ=${frequency};INTERVAL=${String(interval)};COUNT=${String(count)}${more}`, first };
  })
  .filter(({ rule, first }) => !rule.includes('BYDAY=4') || new Date(first).getUTCDate() <= 28);

it('reads rules as another reader does', () => {
  fc.assert(
    fc.property(rules, ({ rule, first }) => {
      const local = new Date(first).toISOString().slice(0, 19);
      const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString(local));
      const expected: string[] = [];
      for (;;) {
        const next = iterator.next() as ICAL.Time | null;
        if (!next) break;
        expected.push(next.toString().slice(0, 16));
      }
      const read = readRule(rule);
      const window = { from: first, to: at('2200-01-01T00:00:00') };
      const found = read.ok ? startsOf(read.value, first, window, { left: 1_000_000 }) : undefined;
      expect(found?.map((start) => new Date(start).toISOString().slice(0, 16))).toEqual(expected);
    }),
  );
});
