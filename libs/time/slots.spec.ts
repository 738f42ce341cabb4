import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readExceptions, readRanges, writeRanges, type Availability, type DayRange } from './availability.js';
import { DAY, MINUTE } from './clock.js';
import {
  bookable,
  CELL,
  cellsOf,
  freeSlots,
  intervalsOf,
  leastLoaded,
  overlapOf,
  slotStarts,
  type HostTime,
  type Interval,
} from './slots.js';
import { TIME_ZONES } from './zones.js';

const ranges = (text: string): readonly DayRange[] => {
  const read = readRanges(text);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
};
const everyDay = (text: string): readonly (readonly DayRange[])[] => Array.from({ length: 7 }, () => ranges(text));
const availability = (part: Partial<Availability> = {}): Availability => ({
  ...{ timeZone: 'Europe/Berlin', week: everyDay('16:00-18:00'), everyWeeks: 1, from: '2027-01-01' },
  ...{ exceptions: new Map(), slotMinutes: 30, bufferMinutes: 0 },
  ...part,
});
const between = (from: string, to: string): Interval => ({ from: Date.parse(from), to: Date.parse(to) });
const day = (date: string): Interval => between(`${date}T00:00Z`, `${date}T23:59Z`);
const iso = (instants: readonly number[]): string[] =>
  instants.map((each) => new Date(each).toISOString().slice(0, 16));

describe('ranges of a day', () => {
  it.each([
    ['', ''],
    ['16:00-18:00', '16:00-18:00'],
    [' 9:00 – 10:30 ;16:00—18:00,', '09:00-10:30, 16:00-18:00'],
    ['19:00-20:00, 16:00-18:00', '16:00-18:00, 19:00-20:00'],
    ['16:00-18:00, 18:00-19:00', '16:00-18:00, 18:00-19:00'],
    ['22:00-24:00', '22:00-24:00'],
  ])('%j are %j', (text, written) => {
    expect(writeRanges(ranges(text))).toBe(written);
  });

  it.each([
    ['16', 'not-a-range'],
    ['16:00', 'not-a-range'],
    ['16:00-18:00 19:00-20:00', 'not-a-range'],
    ['25:00-26:00', 'not-a-range'],
    ['16:00-24:05', 'not-a-range'],
    ['-1:00-18:00', 'not-a-range'],
    ['16:03-18:00', 'not-in-fives'],
    ['18:00-16:00', 'ends-before-it-starts'],
    ['16:00-16:00', 'ends-before-it-starts'],
    ['16:00-18:00, 17:55-19:00', 'overlapping'],
    [Array.from({ length: 13 }, () => '16:00-18:00').join(), 'too-many'],
  ])('%j is refused: %s', (text, reason) => {
    expect(readRanges(text)).toEqual({ ok: false, reason });
  });

  it('are different on single days', () => {
    expect(readExceptions('2027-05-01\n\n 2027-05-02 10:00-12:00, 14:00-15:00\n2027-05-03: 9:00-10:00')).toEqual({
      ok: true,
      value: new Map([
        ['2027-05-01', []],
        ['2027-05-02', ranges('10:00-12:00, 14:00-15:00')],
        ['2027-05-03', ranges('09:00-10:00')],
      ]),
    });
  });

  it.each([
    ['1 May', 'not-a-day'],
    ['2027-02-29', 'not-a-day'],
    ['2027-05-011', 'not-a-day'],
    ['2027-05-01\n2027-05-01 10:00-12:00', 'day-twice'],
    ['2027-05-01 12:00-10:00', 'ends-before-it-starts'],
    [Array.from({ length: 201 }, () => '2027-05-01').join('\n'), 'too-many'],
  ])('%j is refused: %s', (text, reason) => {
    expect(readExceptions(text)).toEqual({ ok: false, reason });
  });
});

describe('the slots of a day', () => {
  it.each<[string, Partial<Availability>, string, string[]]>([
    ['follow each other', {}, '2027-01-12', ['15:00', '15:30', '16:00', '16:30']],
    ['leave the buffer between', { bufferMinutes: 10 }, '2027-01-12', ['15:00', '15:40', '16:20']],
    ['end within the range', { slotMinutes: 50 }, '2027-01-12', ['15:00', '15:50']],
    ['are none where none fits', { slotMinutes: 125 }, '2027-01-12', []],
    ['are none before the first day', { from: '2027-01-13' }, '2027-01-12', []],
    ['are there on the last day', { until: '2027-01-12' }, '2027-01-12', ['15:00', '15:30', '16:00', '16:30']],
    ['are none after it', { until: '2027-01-11' }, '2027-01-12', []],
    ['are none on a day off', { exceptions: new Map([['2027-01-12', []]]) }, '2027-01-12', []],
    [
      'are others on an extra day',
      { week: everyDay(''), exceptions: new Map([['2027-01-12', ranges('09:00-09:30')]]) },
      '2027-01-12',
      ['08:00'],
    ],
    [
      'are there in the week of the first day',
      { everyWeeks: 2, from: '2027-01-13' },
      '2027-01-17',
      ['15:00', '15:30', '16:00', '16:30'],
    ],
    ['are none in the week after it', { everyWeeks: 2, from: '2027-01-13' }, '2027-01-18', []],
    [
      'are there two weeks later',
      { everyWeeks: 2, from: '2027-01-13' },
      '2027-01-25',
      ['15:00', '15:30', '16:00', '16:30'],
    ],
    ['are at the same time of day in summer', {}, '2027-07-12', ['14:00', '14:30', '15:00', '15:30']],
  ])('%s', (_, part, date, times) => {
    expect(iso(slotStarts(availability(part), day(date)))).toEqual(times.map((time) => `${date}T${time}`));
  });

  it('are those of a weekday', () => {
    const week = [ranges('10:00-11:00'), ...everyDay('').slice(0, 5), ranges('12:00-12:30')];
    expect(iso(slotStarts(availability({ week, slotMinutes: 60 }), between('2027-01-01', '2027-01-20')))).toEqual([
      ...['2027-01-04T09:00', '2027-01-11T09:00', '2027-01-18T09:00'],
    ]);
  });

  it.each<[string, Partial<Availability>, Interval, string[]]>([
    [
      'leave out what the clocks skip',
      { week: everyDay('01:00-04:00') },
      between('2027-03-27T23:00Z', '2027-03-28T12:00Z'),
      ['2027-03-28T00:00', '2027-03-28T00:30', '2027-03-28T01:00', '2027-03-28T01:30'],
    ],
    [
      'leave out what would overlap after a skipped hour',
      { week: everyDay('01:30-05:00'), slotMinutes: 45 },
      between('2027-03-27T23:00Z', '2027-03-28T12:00Z'),
      ['2027-03-28T00:30', '2027-03-28T01:45'],
    ],
    [
      'are once where the clocks show a time twice',
      { week: everyDay('02:00-03:30') },
      between('2027-10-30T22:00Z', '2027-10-31T12:00Z'),
      ['2027-10-31T00:00', '2027-10-31T00:30', '2027-10-31T02:00'],
    ],
    [
      'know half an hour of summer time',
      { timeZone: 'Australia/Lord_Howe', week: everyDay('01:30-03:00') },
      between('2027-10-02T12:00Z', '2027-10-03T06:00Z'),
      ['2027-10-02T15:00', '2027-10-02T15:30'],
    ],
    [
      'are on the other side of the day line',
      { timeZone: 'Pacific/Kiritimati', week: everyDay('08:00-09:00') },
      day('2027-01-11'),
      ['2027-01-11T18:00', '2027-01-11T18:30'],
    ],
    [
      'leave out a day that never was',
      { timeZone: 'Pacific/Apia', week: everyDay('12:00-12:30'), from: '2011-12-01' },
      between('2011-12-29T00:00Z', '2012-01-01T00:00Z'),
      ['2011-12-29T22:00', '2011-12-30T22:00', '2011-12-31T22:00'],
    ],
  ])('%s', (_, part, window, starts) => {
    expect(iso(slotStarts(availability(part), window))).toEqual(starts);
  });

  const zones = fc.oneof(
    fc.constantFrom(...TIME_ZONES),
    fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Kathmandu', 'Africa/Porto-Novo'),
  );
  const anyRanges = fc.constantFrom(
    '',
    '00:00-24:00',
    '01:00-04:00',
    '16:00-18:00, 19:00-20:00',
    '23:00-24:00',
    '00:00-03:00, 08:00-08:30',
  );
  const available = fc.record({
    timeZone: zones,
    week: fc.array(anyRanges.map(ranges), { minLength: 7, maxLength: 7 }),
    everyWeeks: fc.constantFrom(1, 2),
    from: fc.constantFrom('2027-01-01', '2027-03-20', '2027-10-25'),
    exceptions: fc.constant(new Map([['2027-03-28', ranges('00:00-06:00')]])),
    slotMinutes: fc.integer({ min: 1, max: 18 }).map((n) => n * 5),
    bufferMinutes: fc.integer({ min: 0, max: 3 }).map((n) => n * 5),
  });
  const windows = fc
    .tuple(fc.integer({ min: 0, max: 350 }), fc.integer({ min: 1, max: 20 }))
    .map(([start, days]) => ({ from: Date.UTC(2027, 0, 1 + start), to: Date.UTC(2027, 0, 1 + start + days) }));

  it('are what Temporal finds, day by day and minute by minute', () => {
    fc.assert(
      fc.property(available, windows, (given, window) => {
        const starts = slotStarts(given, window);
        const found = byTemporal(given, window);
        // After a skipped hour one may be left out that would overlap; nothing else may.
        const lengths = given.slotMinutes * MINUTE;
        const expected = found.reduce<number[]>(
          (all, start) => (start < (all.at(-1) ?? -Infinity) + lengths ? all : [...all, start]),
          [],
        );
        expect(iso(starts)).toEqual(iso(expected));
      }),
      { numRuns: 300 },
    );
  });

  it('never overlap for a host, with their buffers, whatever is booked', () => {
    fc.assert(
      fc.property(available, windows, fc.infiniteStream(fc.nat()), (given, window, choices) => {
        const claimed = new Set<number>();
        for (let booking = 0; booking < 8; booking += 1) {
          const host: HostTime = { id: 'host', busy: intervalsOf([...claimed]) };
          const free = freeSlots(given, window, [host]);
          const chosen = free[(choices.next().value ?? 0) % Math.max(1, free.length)];
          if (!chosen) break;
          // Every slot that is shown can be booked: none of its cells is taken.
          const cells = cellsOf(chosen.start, given);
          expect(cells.filter((cell) => claimed.has(cell))).toEqual([]);
          for (const cell of cells) claimed.add(cell);
        }
        // Every slot that can be booked is shown.
        const host: HostTime = { id: 'host', busy: intervalsOf([...claimed]) };
        const bookableStarts = slotStarts(given, window).filter((start) =>
          cellsOf(start, given).every((cell) => !claimed.has(cell)),
        );
        expect(freeSlots(given, window, [host]).map(({ start }) => start)).toEqual(bookableStarts);
      }),
      { numRuns: 200 },
    );
  });
});

/** The same, asking for every minute of every day whether it begins a slot. */
function byTemporal(
  { timeZone, week, everyWeeks, from, exceptions, slotMinutes, bufferMinutes }: Availability,
  window: Interval,
): number[] {
  const starts: number[] = [];
  const monday = (date: Temporal.PlainDate): Temporal.PlainDate => date.subtract({ days: date.dayOfWeek - 1 });
  const first = Temporal.PlainDate.from(from);
  const end = Temporal.Instant.fromEpochMilliseconds(window.to).toZonedDateTimeISO(timeZone).toPlainDate();
  let date = Temporal.Instant.fromEpochMilliseconds(window.from).toZonedDateTimeISO(timeZone).toPlainDate();
  for (; Temporal.PlainDate.compare(date, end) <= 0; date = date.add({ days: 1 })) {
    if (Temporal.PlainDate.compare(date, first) < 0) continue;
    const weeks = monday(first).until(monday(date)).total('days') / 7;
    const usual = weeks % everyWeeks === 0 ? (week[date.dayOfWeek - 1] ?? []) : [];
    for (const range of exceptions.get(date.toString()) ?? usual) {
      for (let minute = range.from; minute + slotMinutes <= range.to; minute += slotMinutes + bufferMinutes) {
        const local = date.toPlainDateTime({ hour: Math.floor(minute / 60), minute: minute % 60 });
        const zoned = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
        if (!zoned.toPlainDateTime().equals(local)) continue;
        const start = zoned.epochMilliseconds;
        if (start >= window.from && start < window.to) starts.push(start);
      }
    }
  }
  return starts;
}

describe('what hosts have left', () => {
  const window = day('2027-01-12');
  const at = (time: string): number => Date.parse(`2027-01-12T${time}Z`);
  const busy = (from: string, to: string): Interval => ({ from: at(from), to: at(to) });
  const shown = (hosts: readonly HostTime[], part: Partial<Availability> = {}, maxPerDay?: number): string[] =>
    freeSlots(availability(part), window, hosts, maxPerDay).map(
      ({ start, hosts: free }) => `${new Date(start).toISOString().slice(11, 16)} ${free.join('+')}`,
    );

  it.each<[string, readonly HostTime[], string[]]>([
    ['nobody, nothing', [], []],
    ['all is free', [{ id: 'a', busy: [] }], ['15:00 a', '15:30 a', '16:00 a', '16:30 a']],
    ['what is busy is not', [{ id: 'a', busy: [busy('15:10', '15:20')] }], ['15:30 a', '16:00 a', '16:30 a']],
    [
      'what only touches is',
      [{ id: 'a', busy: [busy('14:00', '15:00'), busy('15:30', '16:00')] }],
      ['15:00 a', '16:00 a', '16:30 a'],
    ],
    [
      'in any order, one in another',
      [{ id: 'a', busy: [busy('16:00', '16:10'), busy('14:00', '17:00'), busy('15:00', '15:05')] }],
      [],
    ],
    [
      'one of two is enough',
      [
        { id: 'a', busy: [busy('15:00', '16:00')] },
        { id: 'b', busy: [busy('15:30', '17:00')] },
      ],
      ['15:00 b', '16:00 a', '16:30 a'],
    ],
    [
      'both can',
      [
        { id: 'b', busy: [] },
        { id: 'a', busy: [busy('15:00', '16:30')] },
      ],
      ['15:00 b', '15:30 b', '16:00 b', '16:30 b+a'],
    ],
    ['seats are left', [{ id: 'a', busy: [busy('15:00', '17:00')], joinable: new Set([at('15:30')]) }], ['15:30 a']],
  ])('%s', (_, hosts, slots) => {
    expect(shown(hosts)).toEqual(slots);
  });

  it('a buffer must be free as well', () => {
    expect(shown([{ id: 'a', busy: [busy('15:35', '15:40')] }], { bufferMinutes: 10 })).toEqual(['15:40 a', '16:20 a']);
  });

  it('a day is full for those who have had the most', () => {
    const full: HostTime = { id: 'a', busy: [busy('15:00', '15:30')], booked: [at('15:00'), at('08:00')] };
    expect(shown([full], {}, 2)).toEqual([]);
    expect(shown([full, { id: 'b', busy: [] }], {}, 3)).toHaveLength(4);
    expect(shown([{ ...full, booked: [at('08:00'), at('08:00') - DAY] }], {}, 2)).toHaveLength(3);
  });

  it('goes to whoever has least to do', () => {
    expect(
      leastLoaded(
        ['a', 'b', 'c'],
        new Map([
          ['a', 2],
          ['b', 1],
          ['c', 1],
        ]),
      ),
    ).toBe('b');
    expect(leastLoaded(['a', 'b'], new Map([['a', 1]]))).toBe('b');
    expect(leastLoaded([], new Map())).toBeUndefined();
  });

  it('is bookable from the lead time to the horizon', () => {
    const now = new Date('2027-01-12T15:00:00Z');
    const open = overlapOf(bookable(now, 60, 1), window);
    expect(iso(slotStarts(availability(), open))).toEqual(['2027-01-12T16:00', '2027-01-12T16:30']);
    expect(slotStarts(availability(), overlapOf(bookable(now, 60, 1), day('2027-01-20')))).toEqual([]);
  });

  it('takes cells of five minutes', () => {
    const cells = cellsOf(at('15:00'), { slotMinutes: 20, bufferMinutes: 5 });
    expect(cells.map((cell) => cell * CELL)).toEqual(
      [15, 15, 15, 15, 15].map((_, index) => at('15:00') + index * CELL),
    );
    expect(intervalsOf([...cells].reverse().concat(at('16:00') / CELL))).toEqual([
      { from: at('15:00'), to: at('15:25') },
      { from: at('16:00'), to: at('16:05') },
    ]);
  });
});
