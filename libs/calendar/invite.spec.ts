import { describe, expect, it } from '@jest/globals';
import {
  cancel,
  count,
  eventOf,
  guest,
  linesOf,
  namesOf,
  read,
  text,
  valueOf,
  written,
} from '../../test/support/invites.js';
import { slot } from './slots.js';

describe('bytes', () => {
  const long = { summary: 'ü😀'.repeat(60), description: '🌱é'.repeat(300) };

  it('is UTF-8 without a byte order mark, whatever was typed', () => {
    const calendar = written({ summary: '\ufeffx\ufeff', description: '\ufeff' });
    expect(calendar).not.toContain('\ufeff');
    expect(calendar.isWellFormed()).toBe(true);
  });

  it('ends every line with CRLF, the last as well', () => {
    expect(written().replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(written()).toMatch(/END:VCALENDAR\r\n$/);
  });

  it('has no line over 75 octets and cuts no character', () => {
    for (const line of written(long).split('\r\n')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      expect(line.isWellFormed()).toBe(true);
    }
    expect(valueOf(written(long), 'summary')).toBe(long.summary);
  });

  it('has no control characters', () => {
    const controls = Array.from({ length: 160 }, (_, code) => String.fromCharCode(code)).join('');
    const calendar = written({ summary: controls, location: controls, description: `${controls}\u2028\u2029` });
    expect(calendar.replaceAll('\r\n', '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028\u2029]/);
  });

  it('escapes text by backslash, semicolon, comma and line break alone', () => {
    const calendar = linesOf(written());
    expect(calendar).toContain('SUMMARY;LANGUAGE=fr:Idées\\; à\\, \\\\ partager');
    expect(calendar.find((line) => line.startsWith('DESCRIPTION'))).toContain(
      'Bonjour\\,\\n\\nmardi 12 janvier 2027\\, ',
    );
  });

  it('escapes nothing in URLs and addresses', () => {
    expect(linesOf(written())).toContain('URL:https://come.example/invitations/AAAA?a=1,2;b=3');
    expect(linesOf(written({}, { address: "a'{b}|c@example.org" }))).toContainEqual(
      expect.stringMatching(/^ATTENDEE.*:mailto:a'\{b\}\|c@example\.org$/),
    );
    expect(valueOf(written({}, { address: 'a?b#50%@example.org' }), 'attendee')).toBe(
      'mailto:a%3Fb%2350%25@example.org',
    );
  });

  it('quotes parameters and leaves quotation marks and carets out', () => {
    const organizer = { name: 'Come "Together"^n; Alfter: x', address: 'team@example.org' };
    expect(linesOf(written({ organizer }))).toContain(
      'ORGANIZER;CN="Come Togethern; Alfter: x":mailto:team@example.org',
    );
  });

  it('lets no text begin a line of its own', () => {
    const hostile = 'x\r\nATTENDEE:mailto:v@example.org\nBEGIN:VEVENT\rEND:VCALENDAR\u2028X-Y:z';
    const organizer = { name: hostile, address: 'team@example.org' };
    const conference = { uri: slot('join'), label: hostile };
    const calendar = written({ summary: hostile, location: hostile, description: hostile, organizer, conference });
    expect(namesOf(calendar)).toEqual(namesOf(written()));
  });
});

describe('VCALENDAR', () => {
  it('is one calendar, balanced, with an event', () => {
    const names = linesOf(written()).filter((line) => /^(BEGIN|END):/.test(line));
    expect(names).toEqual([
      ...['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'BEGIN:VALARM', 'END:VALARM', 'BEGIN:VALARM', 'END:VALARM'],
      ...['END:VEVENT', 'END:VCALENDAR'],
    ]);
  });

  it('has PRODID and VERSION once', () => {
    expect([count(written(), 'PRODID'), count(written(), 'VERSION')]).toEqual([1, 1]);
    expect(linesOf(written())).toContain('VERSION:2.0');
  });

  it.each([
    ['REQUEST', {}],
    ['CANCEL', cancel],
  ])('has METHOD:%s once, in the calendar', (method, part) => {
    expect(read(written(part)).getFirstPropertyValue('method')).toBe(method);
    expect(count(written(part), 'METHOD')).toBe(1);
  });

  it('has all properties of the calendar before its first component', () => {
    expect(namesOf(written()).slice(0, 6)).toEqual(['BEGIN', 'VERSION', 'PRODID', 'CALSCALE', 'METHOD', 'BEGIN']);
    expect(namesOf(written()).slice(-2)).toEqual(['END', 'END']);
  });

  it('has the properties of the event before its alarms', () => {
    const names = linesOf(written());
    expect(names.indexOf('BEGIN:VALARM')).toBeGreaterThan(names.findIndex((line) => line.startsWith('CONFERENCE')));
    expect(names.at(-3)).toBe('END:VALARM');
  });

  it('has no names for subscriptions', () => {
    expect(written()).not.toMatch(/^(NAME|X-|TIMEZONE-ID|REFRESH)/m);
  });

  it('has one UID and one event', () => {
    expect([count(written(), 'UID'), read(written()).getAllSubcomponents('vevent').length]).toEqual([1, 1]);
  });
});

describe('VEVENT', () => {
  it('has the UID of the invitation, in its update and its cancellation', () => {
    for (const part of [{}, { summary: 'Other' }, cancel]) expect(valueOf(written(part), 'uid')).toBe(guest.uid);
  });

  it.each(['', 'a b', 'a\r\nb', 'ü', 'a;b', 'a,b', 'a\\b', 'x'.repeat(256)])('refuses %j as a UID', (uid) => {
    expect(() => written({}, { uid })).toThrow(RangeError);
  });

  it('has DTSTAMP in UTC', () => {
    expect(linesOf(written())).toContain('DTSTAMP:20270105T090000Z');
  });

  it('writes the DTSTAMP that it was given, to the second', () => {
    expect(linesOf(written({}, { dtstamp: new Date('2027-01-05T09:00:01Z') }))).toContain('DTSTAMP:20270105T090001Z');
  });

  it.each([new Date(Number.NaN), new Date('+010000-01-01'), new Date('1969-12-31'), new Date('9999-01-01')])(
    'refuses %p as a time',
    (date) => {
      expect(() => written({}, { dtstamp: date })).toThrow(RangeError);
      expect(() => written({ start: date })).toThrow(RangeError);
      expect(() => written({ end: date })).toThrow(RangeError);
    },
  );

  it('has every property once, and DTEND without DURATION', () => {
    const names = eventOf(written())
      .getAllProperties()
      .map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['dtstart', 'dtend', 'uid', 'sequence', 'dtstamp', 'organizer']));
    expect(names).not.toContain('duration');
  });

  it('ends after it starts', () => {
    for (const end of [text.start, new Date('2027-01-12T17:00:00Z'), new Date('2027-01-12T18:00:00.900Z')]) {
      expect(() => written({ end })).toThrow(RangeError);
    }
  });

  it('writes the SEQUENCE that it was given', () => {
    expect(linesOf(written())).toContain('SEQUENCE:0');
    expect(linesOf(written(cancel, { sequence: 2 ** 31 - 1 }))).toContain('SEQUENCE:2147483647');
    for (const sequence of [-1, 1.5, Number.NaN, 2 ** 31]) expect(() => written({}, { sequence })).toThrow(RangeError);
  });

  it('is confirmed or tentative as a REQUEST, and cancelled with two L as a CANCEL', () => {
    expect(valueOf(written(), 'status')).toBe('CONFIRMED');
    expect(valueOf(written({ status: 'TENTATIVE' }), 'status')).toBe('TENTATIVE');
    expect(valueOf(written(cancel), 'status')).toBe('CANCELLED');
    expect(() => written({ status: 'CANCELLED' })).toThrow(RangeError);
  });

  it('takes one guest out by a CANCEL without STATUS', () => {
    expect(count(written({ method: 'CANCEL' }), 'STATUS')).toBe(0);
  });

  it('has one ORGANIZER, the same in every mail', () => {
    const organizers = [{}, { summary: 'Other' }, cancel].map((part) =>
      linesOf(written(part)).filter((line) => line.startsWith('ORGANIZER')),
    );
    expect(organizers).toEqual(
      Array.from({ length: 3 }, () => ['ORGANIZER;CN="Come Together, Alfter":mailto:team@example.org']),
    );
  });

  it.each(['team', 'team@example.org\r\nX:y', 'a b@example.org', 'mailto:team@example.org', '@example.org'])(
    'refuses %j as an address',
    (address) => {
      expect(() => written({ organizer: { name: 'x', address } })).toThrow(RangeError);
      expect(() => written({}, { address })).toThrow(RangeError);
    },
  );

  it('may be organised from a local net', () => {
    const organizer = { name: 'Come Together', address: 'team@localhost' };
    expect(valueOf(written({ organizer }), 'organizer')).toBe('mailto:team@localhost');
  });

  it('has the recipient as its only ATTENDEE, spelt as in To', () => {
    for (const part of [{}, cancel]) {
      expect(count(written(part), 'ATTENDEE')).toBe(1);
      expect(valueOf(written(part), 'attendee')).toBe(`mailto:${guest.address}`);
    }
  });

  it('says of the recipient what invitations say', () => {
    expect(linesOf(written())).toContain(
      `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="${guest.address}":mailto:${guest.address}`,
    );
    expect(() => written({}, { partstat: 'DELEGATED' as never })).toThrow(RangeError);
  });

  it('asks for no answer to a CANCEL', () => {
    expect(written(cancel)).not.toContain('RSVP');
  });

  it('has the link in CONFERENCE, LOCATION and DESCRIPTION', () => {
    const join = guest.replacements?.['join'] ?? '';
    expect(linesOf(written())).toContain(`CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL="Salle: en ligne":${join}`);
    expect(valueOf(written(), 'location')).toBe(join);
    expect(valueOf(written(), 'description')).toContain(`Rejoindre : ${join}\n`);
  });

  it('has a description of plain text alone', () => {
    expect(written({ description: '<b>x</b>' })).not.toContain('X-ALT-DESC');
    expect(valueOf(written({ description: '<b>x</b>' }), 'description')).toBe('<b>x</b>');
  });
});

describe('time zones', () => {
  it('is in UTC when it happens once', () => {
    const calendar = written();
    expect(linesOf(calendar)).toEqual(expect.arrayContaining(['DTSTART:20270112T180000Z', 'DTEND:20270112T193000Z']));
    expect(calendar).not.toMatch(/TZID|VTIMEZONE/);
  });
});

describe('alarms', () => {
  it('are shown, described and relative', () => {
    const alarms = eventOf(written()).getAllSubcomponents('valarm');
    expect(alarms.map((alarm) => String(alarm.getFirstPropertyValue('trigger')))).toEqual(['-PT15M', '-P1D']);
    for (const alarm of alarms) {
      expect(alarm.getFirstPropertyValue('action')).toBe('DISPLAY');
      expect(alarm.getFirstPropertyValue('description')).toBe(text.summary);
    }
    for (const minutes of [-1, 0.5, Number.NaN, 1e9]) expect(() => written({ alarms: [minutes] })).toThrow(RangeError);
  });

  it('are not in a CANCEL', () => {
    expect(written(cancel)).not.toContain('VALARM');
  });
});
