import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BERLIN, busy, event, feed, one, short, WINDOW } from '../../test/support/busy-feed.js';
import { busyTimes, readFeed, uidsOf } from './busy-times.js';

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
