import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nthWeekdays, occurrences, recurrenceProblem, splitAt, type Nth, type Recurrence } from './recurrence.js';
import { TIME_ZONES } from './zones.js';

const weekly = (date: string, time: string, timeZone: string, count: number): Recurrence => ({
  ...{ date, time, timeZone, repeats: { frequency: 'weekly' }, ends: { count } },
});
const iso = (recurrence: Recurrence): string[] => occurrences(recurrence).map((at) => at.toISOString().slice(0, 16));

describe('a series', () => {
  it('stays at the same time of day over daylight saving', () => {
    expect(iso(weekly('2027-03-16', '19:00', 'Europe/Berlin', 3))).toEqual([
      '2027-03-16T18:00',
      '2027-03-23T18:00',
      '2027-03-30T17:00',
    ]);
  });

  it('comes every second week', () => {
    expect(iso({ ...weekly('2027-01-12', '19:00', 'UTC', 3), repeats: { frequency: 'fortnightly' } })).toEqual([
      '2027-01-12T19:00',
      '2027-01-26T19:00',
      '2027-02-09T19:00',
    ]);
  });

  it.each<[string, string, Nth, string[]]>([
    ['first Friday', '2027-01-01', 1, ['2027-01-01', '2027-02-05', '2027-03-05', '2027-04-02']],
    ['second Tuesday', '2027-01-12', 2, ['2027-01-12', '2027-02-09', '2027-03-09', '2027-04-13']],
    ['fourth Sunday, not the last', '2027-01-24', 4, ['2027-01-24', '2027-02-28', '2027-03-28', '2027-04-25']],
    ['last Sunday', '2027-01-31', -1, ['2027-01-31', '2027-02-28', '2027-03-28', '2027-04-25']],
    ['last Tuesday, a fourth one', '2027-01-26', -1, ['2027-01-26', '2027-02-23', '2027-03-30', '2027-04-27']],
    ['over the end of a year', '2027-11-08', 2, ['2027-11-08', '2027-12-13', '2028-01-10', '2028-02-14']],
  ])('comes every month on its %s', (_, date, nth, days) => {
    const series: Recurrence = {
      ...{ date, time: '12:00', timeZone: 'UTC', repeats: { frequency: 'monthly', nth }, ends: { count: 4 } },
    };
    expect(occurrences(series).map((at) => at.toISOString().slice(0, 10))).toEqual(days);
  });

  it.each([
    ['2027-02-01', '2027-01-31', 'ends-before-it-starts'],
    ['2027-02-01', '2027-02-01', ['2027-02-01T12:00']],
    ['2027-02-01', '2027-02-14', ['2027-02-01T12:00', '2027-02-08T12:00']],
    ['2027-02-01', '2027-02-15', ['2027-02-01T12:00', '2027-02-08T12:00', '2027-02-15T12:00']],
  ])('from %s until %s', (date, lastDate, expected) => {
    const series: Recurrence = { ...weekly(date, '12:00', 'UTC', 1), ends: { lastDate } };
    expect(recurrenceProblem(series) ?? iso(series)).toEqual(expected);
  });

  it('52 falls into a gap as RFC 5545 3.3.5 has it: as long after its beginning as it would have been', () => {
    expect(iso(weekly('2027-03-21', '02:30', 'Europe/Berlin', 3))).toEqual([
      '2027-03-21T01:30',
      '2027-03-28T01:30', // 03:30 on the clocks
      '2027-04-04T00:30',
    ]);
  });

  it('52 is at the earlier time in a fold', () => {
    expect(iso(weekly('2027-10-24', '02:30', 'Europe/Berlin', 3))).toEqual([
      '2027-10-24T00:30',
      '2027-10-31T00:30',
      '2027-11-07T01:30',
    ]);
  });

  it.each<[string, Partial<Recurrence>, string]>([
    ['starts at a time that the clocks skip', { date: '2027-03-28', time: '02:30' }, 'in-a-clock-gap'],
    ['is monthly on a fifth', { date: '2027-01-29', repeats: { frequency: 'monthly', nth: 4 } }, 'not-that-weekday'],
    ['is monthly on another weekday', { repeats: { frequency: 'monthly', nth: 1 } }, 'not-that-weekday'],
    ['never is', { ends: { count: 0 } }, 'ends-before-it-starts'],
    ['half is', { ends: { count: 1.5 } }, 'ends-before-it-starts'],
    ['never ends', { ends: { count: Infinity } }, 'ends-before-it-starts'],
    ['is too often', { ends: { count: 521 } }, 'too-many'],
    ['is too long', { ends: { lastDate: '2099-01-01' } }, 'too-many'],
    ['ends on no day', { ends: { lastDate: '2027-02-30' } }, 'not-a-time'],
    ['is on no day', { date: '2027-02-29' }, 'not-a-time'],
    ['is at no time', { time: '25:00' }, 'not-a-time'],
    ['is too far off', { date: '2150-01-01' }, 'not-a-time'],
    ['is nowhere', { timeZone: 'Mars/Olympus' }, 'unknown-zone'],
  ])('is refused when it %s', (_, part, problem) => {
    const series = { ...weekly('2027-01-12', '19:00', 'Europe/Berlin', 3), ...part };
    expect(recurrenceProblem(series)).toBe(problem);
    expect(() => occurrences(series)).toThrow(problem);
  });

  it.each<[string, Recurrence]>([
    ['a count', weekly('2027-03-16', '19:00', 'Europe/Berlin', 5)],
    ['a last day', { ...weekly('2027-03-16', '19:00', 'Europe/Berlin', 1), ends: { lastDate: '2027-04-14' } }],
    ['months', { ...weekly('2027-01-26', '19:00', 'Europe/Berlin', 5), repeats: { frequency: 'monthly', nth: -1 } }],
  ])('48 with %s is split in two that are together what it was', (_, series) => {
    const starts = occurrences(series);
    for (const [index, start] of starts.entries()) {
      const parts = splitAt(series, start);
      if (index === 0) expect(parts).toBeUndefined();
      else
        expect(parts && [occurrences(parts.before), occurrences(parts.after)]).toEqual([
          starts.slice(0, index),
          starts.slice(index),
        ]);
    }
    expect(splitAt(series, new Date('2027-03-17T18:00:00Z'))).toBeUndefined();
  });

  it('knows the fifth as the last alone', () => {
    expect(nthWeekdays('2027-01-29')).toEqual([-1]);
    expect(nthWeekdays('2027-02-22')).toEqual([4, -1]);
    expect(nthWeekdays('2027-01-22')).toEqual([4]);
  });

  it('is equal to Temporal on 10,000 rules in all zones', () => {
    const zones = fc.oneof(
      fc.constantFrom(...TIME_ZONES),
      fc.constantFrom(
        'Europe/Berlin',
        'Australia/Lord_Howe',
        'Africa/Casablanca',
        'America/St_Johns',
        'Asia/Gaza',
        'America/Nuuk',
      ),
    );
    const days = fc
      .integer({ min: 0, max: 365 * 60 })
      .map((n) => Temporal.PlainDate.from('1990-01-01').add({ days: n }));
    // Around the hours at which clocks are changed more often than at others.
    const times = fc
      .oneof(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 0, max: 190 }))
      .map((minutes) => Temporal.PlainTime.from({ hour: Math.floor(minutes / 60), minute: minutes % 60 }));
    const frequencies = fc.constantFrom('weekly', 'fortnightly', 'monthly');
    fc.assert(
      fc.property(
        zones,
        days,
        times,
        frequencies,
        fc.integer({ min: 1, max: 24 }),
        fc.boolean(),
        (timeZone, day, time, frequency, count, byDate) => {
          const date = day.toString();
          const nths = nthWeekdays(date);
          const nth = nths[count % nths.length];
          if (nth === undefined) throw new Error('every day is the nth of something');
          const starts = byTemporal(day, frequency, nth, count).map((each) => each.toPlainDateTime(time));
          const last = starts.at(-1);
          const recurrence: Recurrence = {
            ...{ date, time: time.toString({ smallestUnit: 'minute' }), timeZone },
            repeats: frequency === 'monthly' ? { frequency, nth } : { frequency },
            ends: byDate && last ? { lastDate: last.toPlainDate().toString() } : { count },
          };
          if (recurrenceProblem(recurrence) === 'in-a-clock-gap') {
            expect(day.toPlainDateTime(time).toZonedDateTime(timeZone).toPlainDateTime().toString()).not.toBe(
              day.toPlainDateTime(time).toString(),
            );
            return;
          }
          expect(occurrences(recurrence).map(Number)).toEqual(
            starts.map((local) => local.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds),
          );
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

/** The same by adding days and looking at each, as one would with a calendar on the wall. */
function byTemporal(first: Temporal.PlainDate, frequency: string, nth: Nth, count: number): Temporal.PlainDate[] {
  if (frequency !== 'monthly') {
    return Array.from({ length: count }, (_, index) => first.add({ weeks: index * (frequency === 'weekly' ? 1 : 2) }));
  }
  return Array.from({ length: count }, (_, index) => {
    const month = first.toPlainYearMonth().add({ months: index });
    const same = Array.from({ length: month.daysInMonth }, (_unused, day) =>
      month.toPlainDate({ day: day + 1 }),
    ).filter(({ dayOfWeek }) => dayOfWeek === first.dayOfWeek);
    const found = same.at(nth === -1 ? -1 : nth - 1);
    if (!found) throw new Error('every month has four of each weekday');
    return found;
  });
}
