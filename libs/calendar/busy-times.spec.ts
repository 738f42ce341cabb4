import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY } from '../time/clock.js';
import { busyTimes, readFeed, uidsOf, type BusyReading } from './busy-times.js';

const WINDOW = { from: Date.parse('2027-03-01T00:00:00Z'), to: Date.parse('2027-04-12T00:00:00Z') };

const feed = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: readonly string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');

/** Busy times as `0311T0900-1000`, in UTC, or why there are none. */
function busy(text: string, reading: Partial<BusyReading> = {}): string {
  const read = readFeed(Buffer.from(text));
  if (!read.ok) return read.reason;
  const found = busyTimes(read.value, { window: WINDOW, timeZone: 'Europe/Berlin', ...reading });
  if (!found.ok) return found.reason;
  return found.value.map(({ from, to }) => `${stamp(from)}-${stamp(to, from)}`).join(' ');
}

const stamp = (instant: number, before?: number): string => {
  const [, month, day, time = ''] = /^\d{4}-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(new Date(instant).toISOString()) ?? [];
  const hour = time.replace(':', '');
  return before !== undefined && instant - before < DAY ? hour : `${month ?? ''}${day ?? ''}T${hour}`;
};

const short = (index: number, ...more: readonly string[]): string =>
  event(
    'UID:1',
    `DTSTART:${new Date(WINDOW.from + index * 300_000).toISOString().replace(/[-:]|\.\d+/g, '')}`,
    'DURATION:PT1M',
    ...more,
  );

const one = (...lines: readonly string[]): string => busy(feed(event(...lines)));
const BERLIN = 'DTSTART;TZID=Europe/Berlin:20270311T090000';

describe('an entry', () => {
  it.each([
    ['in UTC', ['DTSTART:20270311T090000Z', 'DTEND:20270311T100000Z'], '0311T0900-1000'],
    ['on the clocks of a zone', [BERLIN, 'DTEND;TZID=Europe/Berlin:20270311T100000'], '0311T0800-0900'],
    ['in summer', ['DTSTART;TZID=Europe/Berlin:20270401T090000', 'DURATION:PT1H'], '0401T0700-0800'],
    ['on any clocks', ['DTSTART:20270311T090000', 'DTEND:20270311T100000'], '0311T0800-0900'],
    [
      'of a zone behind a prefix',
      ['DTSTART;TZID=/example.org/2020/Europe/Berlin:20270311T090000', 'DURATION:PT1H'],
      '0311T0800-0900',
    ],
    ['of a zone by its old name', ['DTSTART;TZID=Asia/Calcutta:20270311T090000', 'DURATION:PT1H'], '0311T0330-0430'],
    ['of a zone in quotes', ['DTSTART;TZID="Asia/Kathmandu":20270311T090000', 'DURATION:PT1H'], '0311T0315-0415'],
    ['that ends in another zone', [BERLIN, 'DTEND;TZID=America/New_York:20270311T120000'], '0311T0800-1700'],
    ['with a length', ['DTSTART:20270311T090000Z', 'DURATION:P1DT2H'], '0311T0900-0312T1100'],
    ['with a length in weeks', ['DTSTART:20270311T000000Z', 'DURATION:P1W'], '0311T0000-0318T0000'],
    ['of a day', ['DTSTART;VALUE=DATE:20270311', 'DTEND;VALUE=DATE:20270312'], '0310T2300-0311T2300'],
    ['of a day without an end', ['DTSTART;VALUE=DATE:20270311'], '0310T2300-0311T2300'],
    [
      'of days over a change of clocks',
      ['DTSTART;VALUE=DATE:20270327', 'DTEND;VALUE=DATE:20270329'],
      '0326T2300-0328T2200',
    ],
    [
      'of a night in which clocks change',
      ['DTSTART;TZID=Europe/Berlin:20270327T230000', 'DTEND;TZID=Europe/Berlin:20270328T050000'],
      '0327T2200-0300',
    ],
    ['in a gap of the clocks', ['DTSTART;TZID=Europe/Berlin:20270328T023000', 'DURATION:PT30M'], '0328T0130-0200'],
    ['with seconds', ['DTSTART:20270311T090030Z', 'DTEND:20270311T095930Z'], '0311T0900-1000'],
    ['with a leap second', ['DTSTART:20270311T085960Z', 'DURATION:PT1M'], '0311T0859-0901'],
    ['over the edge of the window', ['DTSTART:20270225T000000Z', 'DTEND:20270302T000000Z'], '0301T0000-0302T0000'],
    ['tentative', ['DTSTART:20270311T090000Z', 'DURATION:PT1H', 'STATUS:TENTATIVE'], '0311T0900-1000'],
    ['that says to be busy', ['DTSTART;VALUE=DATE:20270311', 'TRANSP:OPAQUE'], '0310T2300-0311T2300'],
  ])('%s is busy', (_, lines, expected) => {
    expect(one(...lines)).toBe(expected);
  });

  it.each([
    ['that takes no time', ['DTSTART:20270311T090000Z']],
    ['that ends before it starts', ['DTSTART:20270311T090000Z', 'DTEND:20270311T080000Z']],
    ['that was cancelled', ['DTSTART:20270311T090000Z', 'DURATION:PT1H', 'STATUS:CANCELLED']],
    ['that says to be free', ['DTSTART:20270311T090000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT']],
    ['that says so in small letters', ['DTSTART;VALUE=DATE:20270311', 'transp:transparent']],
    ['that Outlook says to be free', ['DTSTART:20270311T090000Z', 'DURATION:PT1H', 'X-MICROSOFT-CDO-BUSYSTATUS:FREE']],
    ['before the window', ['DTSTART:20270211T090000Z', 'DURATION:PT1H']],
    ['after the window', ['DTSTART:20270611T090000Z', 'DURATION:PT1H']],
    ['without a start', ['SUMMARY:Some day']],
    ['on 30 February', ['DTSTART:20270230T090000Z', 'DURATION:PT1H']],
    ['at 24 hours', ['DTSTART:20270311T240000Z', 'DURATION:PT1H']],
    ['in a zone that nobody knows, long ago', ['DTSTART;TZID=Mars/X:20170311T090000', 'DURATION:PT1H']],
  ])('%s is not', (_, lines) => {
    expect(one(...lines)).toBe('');
  });

  it('is no more than its time', () => {
    expect(
      busy(
        feed(
          event('UID:1', 'DTSTART:20270311T090000Z', 'DTEND:20270311T100000Z'),
          event('UID:2', 'DTSTART:20270311T093000Z', 'DTEND:20270311T110000Z'),
          event('UID:3', 'DTSTART:20270311T110000Z', 'DTEND:20270311T113000Z'),
          event('UID:4', 'DTSTART:20270311T120000Z', 'DTEND:20270311T123000Z'),
        ),
      ),
    ).toBe('0311T0900-1130 0311T1200-1230');
  });

  it('that is known otherwise is left out', () => {
    const text = feed(
      event('UID:ours', 'DTSTART:20270311T090000Z', 'DURATION:PT1H'),
      event('UID:theirs', 'DTSTART:20270312T090000Z', 'DURATION:PT1H'),
      event('DTSTART:20270313T090000Z', 'DURATION:PT1H'),
    );
    expect(busy(text, { isKnown: (uid) => uid === 'ours' })).toBe('0312T0900-1000 0313T0900-1000');
    const read = readFeed(Buffer.from(text));
    expect(read.ok && [...uidsOf(read.value)]).toEqual(['ours', 'theirs']);
  });
});

describe('what repeats', () => {
  const weekly = ['UID:w', 'DTSTART;TZID=Europe/Berlin:20270304T090000', 'DTEND;TZID=Europe/Berlin:20270304T100000'];
  const changed = (...lines: readonly string[]): string =>
    busy(feed(event(...weekly, 'RRULE:FREQ=WEEKLY;COUNT=4'), event('UID:w', ...lines)));

  it('stays on its clocks when these change', () => {
    expect(one(...weekly, 'RRULE:FREQ=WEEKLY')).toBe(
      '0304T0800-0900 0311T0800-0900 0318T0800-0900 0325T0800-0900 0401T0700-0800 0408T0700-0800',
    );
  });

  it.each([
    ['UNTIL=20270318T080000Z', '0304T0800-0900 0311T0800-0900 0318T0800-0900'],
    ['UNTIL=20270318T075959Z', '0304T0800-0900 0311T0800-0900'],
    ['UNTIL=20270318', '0304T0800-0900 0311T0800-0900 0318T0800-0900'],
    ['UNTIL=20270318T090000', '0304T0800-0900 0311T0800-0900 0318T0800-0900'],
  ])('ends with %s', (until, expected) => {
    expect(one(...weekly, `RRULE:FREQ=WEEKLY;${until}`)).toBe(expected);
  });

  it('began long before the window, or has more than one rule, or dates of its own', () => {
    expect(one('UID:1', 'DTSTART;VALUE=DATE:19520311', 'RRULE:FREQ=YEARLY')).toBe('0310T2300-0311T2300');
    expect(one('UID:1', 'DTSTART:20170309T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=MONTHLY;BYDAY=2TU')).toBe(
      '0309T0900-1000',
    );
    expect(
      one(...weekly, 'RRULE:FREQ=WEEKLY;COUNT=1', 'RDATE;TZID=Europe/Berlin:20270305T090000,20270306T090000'),
    ).toBe('0304T0800-0900 0305T0800-0900 0306T0800-0900');
    expect(one(...weekly, 'RDATE:20270305T080000Z')).toBe('0304T0800-0900 0305T0800-0900');
    expect(one(...weekly, 'RDATE;VALUE=PERIOD:20270305T080000Z/PT3H,20270306T080000Z/20270306T083000Z')).toBe(
      '0304T0800-0900 0305T0800-1100 0306T0800-0830',
    );
  });

  it('does not take place where it is left out', () => {
    const rule = 'RRULE:FREQ=WEEKLY;COUNT=4';
    const left = '0304T0800-0900 0318T0800-0900 0325T0800-0900';
    expect(one(...weekly, rule, 'EXDATE;TZID=Europe/Berlin:20270311T090000')).toBe(left);
    expect(one(...weekly, rule, 'EXDATE:20270311T080000Z')).toBe(left);
    expect(one(...weekly, rule, 'EXDATE;VALUE=DATE:20270311')).toBe(left);
    expect(one(...weekly, rule, 'EXDATE:20270312T080000Z')).toBe(
      `0304T0800-0900 0311T0800-0900 0318T0800-0900 0325T0800-0900`,
    );
    expect(one('DTSTART;VALUE=DATE:20270311', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE;VALUE=DATE:20270312')).toBe(
      '0310T2300-0311T2300 0312T2300-0313T2300',
    );
  });

  it('takes place otherwise where it is different', () => {
    expect(
      changed('RECURRENCE-ID;TZID=Europe/Berlin:20270311T090000', 'DTSTART:20270312T150000Z', 'DURATION:PT2H'),
    ).toBe('0304T0800-0900 0312T1500-1700 0318T0800-0900 0325T0800-0900');
    expect(
      changed('RECURRENCE-ID:20270311T080000Z', 'DTSTART:20270311T080000Z', 'DURATION:PT1H', 'STATUS:CANCELLED'),
    ).toBe('0304T0800-0900 0318T0800-0900 0325T0800-0900');
    expect(
      changed('RECURRENCE-ID:20270311T080000Z', 'DTSTART:20270311T080000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT'),
    ).toBe('0304T0800-0900 0318T0800-0900 0325T0800-0900');
    // An invitation to one time alone.
    expect(one('UID:w', 'RECURRENCE-ID:20270311T080000Z', 'DTSTART:20270311T090000Z', 'DURATION:PT1H')).toBe(
      '0311T0900-1000',
    );
  });

  it('may be free but for one time', () => {
    const text = feed(
      event(...weekly, 'RRULE:FREQ=WEEKLY;COUNT=4', 'TRANSP:TRANSPARENT'),
      event('UID:w', 'RECURRENCE-ID:20270311T080000Z', 'DTSTART:20270311T080000Z', 'DURATION:PT1H'),
    );
    expect(busy(text)).toBe('0311T0800-0900');
  });

  it.each([
    [
      'every second',
      ['DTSTART:20270301T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY;COUNT=1000000000'],
      'unknown-rule',
    ],
    ['every hour', ['DTSTART:20270301T000000Z', 'DURATION:PT1M', 'RRULE:FREQ=HOURLY'], 'unknown-rule'],
    ['by a rule that is none', ['DTSTART:20270301T000000Z', 'DURATION:PT1M', 'RRULE:FREQ=SOMETIMES'], 'unknown-rule'],
    ['in a zone that nobody knows', ['DTSTART;TZID=Mars/X:20270301T000000', 'DURATION:PT1H'], 'unknown-zone'],
    [
      'in a zone that nobody knows, for ever',
      ['DTSTART;TZID=Mars/X:20170301T000000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'],
      'unknown-zone',
    ],
    [
      'from year 1 on, counted',
      ['DTSTART:00010101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=1000000000'],
      'too-many',
    ],
    ['differently from one time on', ['DTSTART:20270301T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'], ''],
  ])('%s: nobody is said to be free', (name, lines, expected) => {
    if (expected !== '') expect(one('UID:x', ...lines)).toBe(expected);
    else {
      const other = event('UID:x', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20270303T000000Z', 'DTSTART:20270303T010000Z');
      expect([name, busy(feed(event('UID:x', ...lines), other))]).toEqual([name, 'unknown-rule']);
    }
  });

  it('and was over before is no trouble, whatever it was', () => {
    expect(one('DTSTART:20200101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY;UNTIL=20200102T000000Z')).toBe('');
    expect(one('DTSTART;TZID=Mars/X:20200101T000000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;UNTIL=20210101T000000Z')).toBe(
      '',
    );
  });
});

describe('a zone that the calendar describes', () => {
  const described = (...observances: readonly string[]): string =>
    ['BEGIN:VTIMEZONE', 'TZID:W. Europe Standard Time', ...observances, 'END:VTIMEZONE'].join('\r\n');
  const part = (name: string, start: string, from: string, to: string, ...more: readonly string[]): string =>
    [`BEGIN:${name}`, `DTSTART:${start}`, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, ...more, `END:${name}`].join(
      '\r\n',
    );
  const at = (day: string): string =>
    event(
      `UID:${day}`,
      `DTSTART;TZID=W. Europe Standard Time:${day}T090000`,
      `DTEND;TZID=W. Europe Standard Time:${day}T100000`,
    );

  it.each([
    [
      'as Outlook does',
      part('STANDARD', '16010101T030000', '+0200', '+0100', 'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10'),
      part('DAYLIGHT', '16010101T020000', '+0100', '+0200', 'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3'),
    ],
    [
      'by dates',
      part('STANDARD', '20261025T030000', '+0200', '+0100', 'RDATE:20271031T030000'),
      part('DAYLIGHT', '20260329T020000', '+0100', '+0200', 'RDATE:20270328T020000'),
    ],
    [
      'by rules that have ended, and newer ones',
      part(
        'STANDARD',
        '19701025T030000',
        '+0200',
        '+0100',
        'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;UNTIL=20191027T010000Z',
      ),
      part('DAYLIGHT', '20200329T020000', '+0100', '+0200', 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3'),
      part('STANDARD', '20201025T030000', '+0200', '+0100', 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10'),
    ],
  ])('%s is read', (_, ...parts) => {
    expect(busy(feed(described(...parts), at('20270326'), at('20270329')))).toBe('0326T0800-0900 0329T0700-0800');
  });

  it('that gave its summer time up keeps what it came to', () => {
    const zone = described(
      part(
        'DAYLIGHT',
        '20100328T020000',
        '+0300',
        '+0400',
        'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20140330T000000Z',
      ),
      part(
        'STANDARD',
        '20101031T030000',
        '+0400',
        '+0300',
        'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;UNTIL=20141026T000000Z',
      ),
    );
    expect(busy(feed(zone, at('20270326'), at('20270329')))).toBe('0326T0600-0700 0329T0600-0700');
  });

  it.each([
    ['nothing', ''],
    ['an offset that is none', part('STANDARD', '19700101T000000', '+1:00', '+0100')],
    ['a rule within the day', part('STANDARD', '19700101T000000', '+0100', '+0100', 'RRULE:FREQ=SECONDLY')],
  ])('with %s is not known', (_, parts) => {
    expect(busy(feed(described(parts), at('20270326')))).toBe('unknown-zone');
  });
});

describe('a list of busy times', () => {
  const periods = (...lines: readonly string[]): string => busy(feed('BEGIN:VFREEBUSY', ...lines, 'END:VFREEBUSY'));

  it('is what it says', () => {
    expect(
      periods(
        'FREEBUSY:20270311T090000Z/PT1H,20270312T090000Z/20270312T093000Z',
        'FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270313T090000Z/PT1H',
        'FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270314T090000Z/PT1H',
        'FREEBUSY;FBTYPE=X-OTHER:20270315T090000Z/PT1H',
        'FREEBUSY;FBTYPE=FREE:20270316T090000Z/PT1H',
        'FREEBUSY:nonsense,20270317T090000Z/-PT1H,20270318T090000Z',
      ),
    ).toBe('0311T0900-1000 0312T0900-0930 0313T0900-1000 0314T0900-1000 0315T0900-1000');
  });
});

describe('a feed', () => {
  it('may hold several calendars, and none but theirs counts', () => {
    const [first, second] = ['20270311', '20270312'].map((day) =>
      feed(event(`DTSTART:${day}T090000Z`, 'DURATION:PT1H')),
    );
    expect(busy(`${first ?? ''}${second ?? ''}`)).toBe('0311T0900-1000 0312T0900-1000');
    expect(busy(feed('BEGIN:VTODO', 'DTSTART:20270311T090000Z', 'DUE:20270311T100000Z', 'END:VTODO'))).toBe('');
  });

  it('is read whatever its line ends, and with a mark at its beginning', () => {
    const text = `\ufeff${feed(event('DTSTART:20270311T09', ' 0000Z', 'DURATION:PT1H'))}`;
    expect(busy(text)).toBe('0311T0900-1000');
    expect(busy(text.replaceAll('\r\n', '\n'))).toBe('0311T0900-1000');
  });

  it.each([
    ['a page to sign in', '<!doctype html><title>Sign in</title>', 'not-a-calendar'],
    ['nothing', '', 'not-a-calendar'],
    ['one that breaks off', feed(event('DTSTART:20270311T090000Z')).slice(0, -20), 'not-a-calendar'],
    ['one whose second breaks off', `${feed()}BEGIN:VCALENDAR\r\n`, 'not-a-calendar'],
    ['too long', `BEGIN:VCALENDAR\r\n${'X'.repeat(2_200_000)}`, 'too-large'],
    ['too deep', 'BEGIN:VCALENDAR\r\nBEGIN:A\r\nBEGIN:B\r\nBEGIN:C\r\nBEGIN:D\r\n', 'too-deep'],
    ['100,000 entries', feed(...Array.from({ length: 100_000 }, () => 'BEGIN:A\r\nEND:A')), 'too-many'],
    ['of many short times', feed(...Array.from({ length: 6_000 }, (_, index) => short(index))), 'too-many'],
  ])('that is %s is refused', (_name, text, reason) => {
    expect(busy(text)).toBe(reason);
  });

  it.each([
    [
      'one UID of many different times',
      () =>
        feed(
          ...Array.from(
            { length: 10_000 },
            (_, index) => `${short(index, 'RRULE:FREQ=DAILY')}\r\n${short(index, 'RECURRENCE-ID:20270301T000000Z')}`,
          ),
        ),
    ],
    [
      'many rules from long ago',
      () =>
        feed(
          ...Array.from({ length: 9_000 }, () =>
            event('DTSTART:19710101T000000Z', 'RRULE:FREQ=DAILY;COUNT=99999', 'DURATION:PT1M'),
          ),
        ),
    ],
    [
      'many zones',
      () =>
        feed(
          ...Array.from({ length: 9_000 }, (_, index) => event(`DTSTART;TZID=Zone/${String(index)}:20270311T090000`)),
        ),
    ],
    [
      'many dates',
      () =>
        feed(
          event(
            'DTSTART:20270301T000000Z',
            'DURATION:PT1S',
            `RDATE:${Array.from({ length: 100_000 }, (_, index) => `2027${String(index % 10)}301T000000Z`).join()}`,
          ),
        ),
    ],
    [
      'names of prototypes',
      () => feed(event('UID:__proto__', 'DTSTART;TZID=__proto__:20270311T090000', 'CONSTRUCTOR:1')),
    ],
  ])('with %s ends in an answer', (_, text) => {
    expect(typeof busy(text())).toBe('string');
  });

  it('never throws, and gives whole minutes of the window in order', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'DTSTART:20270311T090000Z',
        'DTSTART;VALUE=DATE:20270311',
        'DTEND:20270311T093059Z',
        'DURATION:P1D',
      ),
      fc.constantFrom(
        'RRULE:FREQ=DAILY',
        'RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=9',
        'RDATE:20270401T000000',
        'EXDATE:20270312',
      ),
      fc.constantFrom('BEGIN:VEVENT', 'END:VEVENT', 'UID:1', 'RECURRENCE-ID:20270313T090000Z', 'TRANSP:TRANSPARENT'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.array(line)), (events) => {
        const read = readFeed(Buffer.from(feed(...events.map((lines) => event(...lines)))));
        const found = read.ok && busyTimes(read.value, { window: WINDOW, timeZone: 'Africa/Porto-Novo' });
        let last = WINDOW.from - 1;
        for (const { from, to } of found && found.ok ? found.value : []) {
          expect(from).toBeGreaterThan(last);
          expect(to).toBeGreaterThan(from);
          expect([from % 60_000, to % 60_000]).toEqual([0, 0]);
          last = to;
        }
        expect(last).toBeLessThanOrEqual(WINDOW.to);
      }),
    );
  });
});
