import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import nodeIcal, { type VEvent } from 'node-ical';
import { plus } from '../time/clock.js';
import { nthWeekdays, occurrences, recurrenceProblem, type Recurrence } from '../time/recurrence.js';
import { TIME_ZONES } from '../time/zones.js';
import { fillInvite, type CalendarGuest, type CalendarText } from './invite.js';
import { occurrenceTemplate, seriesTemplate, type SeriesText } from './series.js';

const recurrence: Recurrence = {
  ...{ date: '2027-03-16', time: '19:00', timeZone: 'Europe/Berlin' },
  ...{ repeats: { frequency: 'weekly' }, ends: { count: 6 } },
};
const series: SeriesText = {
  ...{ method: 'REQUEST', recurrence, durationMinutes: 90, without: [], changed: [] },
  ...{ summary: 'Ideas', description: 'What comes next', location: 'Online', status: 'CONFIRMED', language: 'en' },
  organizer: { name: 'Come Together', address: 'team@example.org' },
};
const guest: CalendarGuest = {
  ...{ uid: 'AAAA', sequence: 2, dtstamp: new Date('2027-01-05T09:00:00Z') },
  ...{ address: 'afi@example.org', partstat: 'ACCEPTED' },
};
const second = new Date('2027-03-23T18:00:00Z');
const third = new Date('2027-03-30T17:00:00Z');
const moved = {
  ...{ original: third, start: plus(third, 86_400_000), end: plus(third, 90_000_000) },
  ...{ summary: 'Ideas, on Wednesday', description: '', location: 'Online' },
};

const written = (part: Partial<SeriesText> = {}, whom: Partial<CalendarGuest> = {}): string =>
  fillInvite(seriesTemplate({ ...series, ...part }, []), { ...guest, ...whom });
const linesOf = (calendar: string): string[] => calendar.replaceAll('\r\n ', '').split('\r\n');
const startingWith = (calendar: string, ...names: string[]): string[] =>
  linesOf(calendar).filter((line) => names.some((name) => line.startsWith(name)));

describe('time zones of a series', () => {
  it('has one VTIMEZONE, by the IANA name of its times', () => {
    const calendar = written({ without: [second], changed: [moved] });
    const named = new Set([...calendar.matchAll(/TZID[=:]([^:\r]+)/g)].map(([, name]) => name));
    expect([...named]).toEqual(['Europe/Berlin']);
    expect(startingWith(calendar, 'BEGIN:VTIMEZONE', 'TZID')).toHaveLength(2);
  });

  it('calls a zone by its present name', () => {
    expect(written({ recurrence: { ...recurrence, timeZone: 'Asia/Calcutta' } })).toContain('TZID:Asia/Kolkata');
  });

  it('is never in UTC, but the end of its rule is', () => {
    const calendar = written({ recurrence: { ...recurrence, ends: { lastDate: '2027-04-20' } } });
    expect(startingWith(calendar, 'DTSTART;', 'DTEND', 'RRULE:FREQ=W')).toEqual([
      'DTSTART;TZID=Europe/Berlin:20270316T190000',
      'DTEND;TZID=Europe/Berlin:20270316T203000',
      'RRULE:FREQ=WEEKLY;UNTIL=20270420T170000Z;BYDAY=TU',
    ]);
    expect(calendar).not.toMatch(/TZID[^\r]*Z\r/);
  });
});

describe('series', () => {
  it.each<[Partial<Recurrence>, string]>([
    [{}, 'RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=TU'],
    [{ repeats: { frequency: 'fortnightly' } }, 'RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=6;BYDAY=TU'],
    [{ repeats: { frequency: 'monthly', nth: 3 } }, 'RRULE:FREQ=MONTHLY;COUNT=6;BYDAY=3TU'],
    [{ date: '2027-03-30', repeats: { frequency: 'monthly', nth: -1 } }, 'RRULE:FREQ=MONTHLY;COUNT=6;BYDAY=-1TU'],
    [{ ends: { lastDate: '2027-04-01' } }, 'RRULE:FREQ=WEEKLY;UNTIL=20270330T170000Z;BYDAY=TU'],
  ])('45, 46, 50 %j is %s', (part, rule) => {
    const calendar = written({ recurrence: { ...recurrence, ...part } });
    expect(startingWith(calendar, 'RRULE:FREQ=W', 'RRULE:FREQ=M')).toEqual([rule]);
    expect(calendar).not.toContain('RDATE');
  });

  it('has EXDATE and RECURRENCE-ID on the clocks of the zone, where the rule has a start', () => {
    expect(startingWith(written({ without: [second], changed: [moved] }), 'EXDATE', 'RECURRENCE-ID')).toEqual([
      'EXDATE;TZID=Europe/Berlin:20270323T190000',
      'RECURRENCE-ID;TZID=Europe/Berlin:20270330T190000',
    ]);
    const wrong = plus(second, 60_000);
    expect(() => written({ without: [wrong] })).toThrow(RangeError);
    expect(() => written({ changed: [{ ...moved, original: wrong }] })).toThrow(RangeError);
    const single: CalendarText = { ...series, start: second, end: third, timeZone: 'Europe/Berlin' };
    expect(() => occurrenceTemplate(single, recurrence, wrong, [])).toThrow(RangeError);
  });

  it('has no RANGE', () => {
    expect(written({ changed: [moved] })).not.toContain('RANGE');
  });

  it('cancels one occurrence by RECURRENCE-ID alone', () => {
    const text: CalendarText = {
      ...series,
      ...{
        method: 'CANCEL',
        status: 'CANCELLED',
        start: third,
        end: plus(third, 5_400_000),
        timeZone: 'Europe/Berlin',
      },
    };
    const calendar = fillInvite(occurrenceTemplate(text, recurrence, third, []), guest);
    expect(startingWith(calendar, 'METHOD', 'RECURRENCE-ID', 'STATUS', 'RRULE:FREQ=W', 'SEQUENCE')).toEqual([
      'METHOD:CANCEL',
      'SEQUENCE:2',
      'RECURRENCE-ID;TZID=Europe/Berlin:20270330T190000',
      'STATUS:CANCELLED',
    ]);
    expect(startingWith(calendar, 'BEGIN:VEVENT')).toHaveLength(1);
  });

  it('has what was cancelled as EXDATE in the next full REQUEST', () => {
    expect(startingWith(written({ without: [third] }), 'EXDATE')).toEqual([
      'EXDATE;TZID=Europe/Berlin:20270330T190000',
    ]);
    expect(() => written({ without: occurrences(recurrence) })).toThrow(RangeError);
  });

  it('cancels all by the series alone', () => {
    const calendar = written({ method: 'CANCEL', status: 'CANCELLED', without: [second], changed: [moved] });
    expect(startingWith(calendar, 'BEGIN:VEVENT', 'EXDATE', 'RECURRENCE-ID')).toEqual(['BEGIN:VEVENT']);
    expect(calendar).not.toContain('RSVP');
  });

  it('has the same UID and SEQUENCE in every event, and an answer of its own where one was given', () => {
    const calendar = written({ changed: [moved] }, { occurrences: { [third.toISOString()]: 'TENTATIVE' } });
    expect(startingWith(calendar, 'UID', 'SEQUENCE')).toEqual(['UID:AAAA', 'SEQUENCE:2', 'UID:AAAA', 'SEQUENCE:2']);
    expect(startingWith(calendar, 'ATTENDEE').map((line) => /PARTSTAT=([A-Z]+)/.exec(line)?.[1])).toEqual([
      'ACCEPTED',
      'TENTATIVE',
    ]);
  });

  it('writes a time that the clocks show twice in UTC where the later is meant', () => {
    const original = new Date('2027-10-26T17:00:00Z');
    const later = {
      ...moved,
      original,
      start: new Date('2027-10-31T01:30:00Z'),
      end: new Date('2027-10-31T02:30:00Z'),
    };
    const calendar = written({ recurrence: { ...recurrence, date: '2027-10-26' }, changed: [later] });
    expect(startingWith(calendar, 'DTSTART:20271031', 'DTEND;TZID=Europe/Berlin:20271031')).toEqual([
      'DTSTART:20271031T013000Z',
      'DTEND;TZID=Europe/Berlin:20271031T033000',
    ]);
  });

  it('is read by two parsers as the starts that it has, in any zone', () => {
    const zones = fc.constantFrom(...TIME_ZONES);
    const days = fc.integer({ min: 0, max: 700 }).map((n) =>
      plus(new Date('2026-12-01'), n * 86_400_000)
        .toISOString()
        .slice(0, 10),
    );
    const frequencies = fc.constantFrom('weekly', 'fortnightly', 'monthly');
    fc.assert(
      // From four o'clock on, as what falls into a gap is read differently by different parsers.
      fc.property(
        zones,
        days,
        fc.integer({ min: 4, max: 22 }),
        frequencies,
        fc.integer({ min: 2, max: 12 }),
        (timeZone, date, hour, frequency, count) => {
          const nth = nthWeekdays(date)[0] ?? 1;
          const each: Recurrence = {
            ...{ date, time: `${String(hour).padStart(2, '0')}:30`, timeZone, ends: { count } },
            repeats: frequency === 'monthly' ? { frequency, nth } : { frequency },
          };
          expect(recurrenceProblem(each)).toBeUndefined();
          const starts = occurrences(each);
          const calendar = written({ recurrence: each, without: starts.slice(1, 2) });
          const expected = starts.filter((_, index) => index !== 1).map(Number);
          expect(byIcalJs(calendar)).toEqual(expected);
          const event = nodeIcal.sync.parseICS(calendar)['AAAA'] as VEvent;
          const found =
            event.rrule?.between(plus(starts[0] ?? new Date(), -1), plus(starts.at(-1) ?? new Date(), 1)) ?? [];
          expect(found.map(Number)).toEqual(starts.map(Number));
        },
      ),
      { numRuns: 200 },
    );
  });
});

function byIcalJs(calendar: string): number[] {
  const component = new ICAL.Component(ICAL.parse(calendar) as never);
  for (const zone of component.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  const master = component.getFirstSubcomponent('vevent');
  if (!master) throw new Error('no VEVENT');
  const iterator = new ICAL.Event(master).iterator();
  const starts: number[] = [];
  for (let next = iterator.next() as ICAL.Time | undefined; next; next = iterator.next() as ICAL.Time | undefined) {
    starts.push(next.toJSDate().getTime());
  }
  ICAL.TimezoneService.reset();
  return starts;
}
