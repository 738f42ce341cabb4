import { describe, expect, it } from '@jest/globals';
import { busy, event, feed, one } from '../../test/support/busy-feed.js';

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
