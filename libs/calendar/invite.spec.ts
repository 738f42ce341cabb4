import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';
import { fillInvite, inviteTemplate, type CalendarGuest, type CalendarText } from './invite.js';
import { slot } from './slots.js';

const text: CalendarText = {
  method: 'REQUEST',
  start: new Date('2027-01-12T18:00:00Z'),
  end: new Date('2027-01-12T19:30:00Z'),
  timeZone: 'Europe/Berlin',
  summary: 'Idées; à, \\ partager',
  description: `Bonjour,\n\n${slot('when')}\n\nRejoindre : ${slot('join')}\nVotre place : ${slot('page')}`,
  location: slot('join'),
  status: 'CONFIRMED',
  organizer: { name: 'Come Together, Alfter', address: 'team@example.org' },
  language: 'fr',
  url: slot('page'),
  conference: { uri: slot('join'), label: 'Salle: en ligne' },
  alarms: [15, 1_440],
};
const slots = ['when', 'join', 'page'];
const guest: CalendarGuest = {
  uid: 'AAAAAAAAAAAAAAAAAAAAAQ@example.org',
  sequence: 0,
  dtstamp: new Date('2027-01-05T09:00:00.789Z'),
  address: 'afi.dossou+réunions@example.org',
  partstat: 'NEEDS-ACTION',
  replacements: {
    when: 'mardi 12 janvier 2027, 19:00–20:30, Porto-Novo',
    join: 'https://come.example/join/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    page: 'https://come.example/invitations/AAAA?a=1,2;b=3',
  },
};
const cancel: CalendarText = { ...text, method: 'CANCEL', status: 'CANCELLED' };

const written = (part: Partial<CalendarText> = {}, whom: Partial<CalendarGuest> = {}): string =>
  fillInvite(inviteTemplate({ ...text, ...part }, slots), { ...guest, ...whom });
const linesOf = (calendar: string): string[] => calendar.replaceAll('\r\n ', '').split('\r\n').slice(0, -1);
const namesOf = (calendar: string): string[] => linesOf(calendar).map((line) => line.split(/[;:]/, 1)[0] ?? '');
const count = (calendar: string, name: string): number => namesOf(calendar).filter((each) => each === name).length;
const read = (calendar: string): ICAL.Component => new ICAL.Component(ICAL.parse(calendar) as never);
const eventOf = (calendar: string): ICAL.Component => {
  const event = read(calendar).getFirstSubcomponent('vevent');
  if (!event) throw new Error('no VEVENT');
  return event;
};
const valueOf = (calendar: string, name: string): string => String(eventOf(calendar).getFirstPropertyValue(name));

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

describe('slots', () => {
  it.each<[string, Record<string, string>]>([
    ['are all needed', { when: 'x', join: 'https://come.example' }],
    ['hold one line', { ...guest.replacements, when: 'x\r\nATTENDEE:y' }],
    ['hold no separator', { ...guest.replacements, when: 'x\u2028y' }],
    ['hold no other slot', { ...guest.replacements, when: slot('join') }],
    ['hold whole characters', { ...guest.replacements, when: '\ud800' }],
    ['hold an address of the web where one is due', { ...guest.replacements, page: 'javascript:alert(1)' }],
    ['hold no space in an address', { ...guest.replacements, page: 'https://come.example/ x' }],
    ['hold no line break in an address', { ...guest.replacements, page: 'https://come.example/\r\nX:y' }],
    ['hold not too much', { ...guest.replacements, when: 'x'.repeat(2_001) }],
  ])('%s', (_, replacements) => {
    expect(() => written({}, { replacements })).toThrow(RangeError);
  });

  it('are not found in what an object inherits', () => {
    const description = slot('constructor');
    expect(() => fillInvite(inviteTemplate({ ...text, description }, [...slots, 'constructor']), guest)).toThrow(
      RangeError,
    );
  });

  it('that nobody announced are text', () => {
    const description = `${slot('other')}\ue000\ue001\ue000 \ue000${slot('when')}`;
    expect(valueOf(written({ description }), 'description')).toBe(`other ${guest.replacements?.['when'] ?? ''}`);
    expect(valueOf(written({ summary: slot('join') }), 'summary')).toBe('join');
  });

  it('may stand beside each other, at both ends, and be empty', () => {
    const description = `${slot('when')}${slot('join')}${slot('when')}`;
    const replacements = { ...guest.replacements, when: '' };
    expect(valueOf(written({ description }, { replacements }), 'description')).toBe(guest.replacements?.['join']);
  });

  it.each(['', 'A', 'a b', 'a\ue001', '__proto__'])('are not called %j', (name) => {
    expect(() => slot(name)).toThrow(RangeError);
  });
});

describe('hostile texts', () => {
  const bits = fc.constantFrom(
    ...[
      '\r\n',
      '\n',
      '\r',
      '\u2028',
      '\u0085',
      '\t',
      ' ',
      '\0',
      '\x0b',
      '\x7f',
      '\ufeff',
      '\ud800',
      '\udc00',
      '😀',
      'é',
    ],
    ...['\\', '\\n', ';', ',', ':', '"', '^', "^'", '^n', '=', '%0D%0A', '\ue000', '\ue001', '\ue000join\ue001'],
    ...['BEGIN:VEVENT', 'END:VCALENDAR', 'ATTENDEE:mailto:v@example.org', 'X-A:b', '__proto__', '<script>', '=cmd()'],
  );
  const hostile = fc.array(fc.oneof(bits, fc.string({ unit: 'binary' })), { maxLength: 30 }).map((all) => all.join(''));
  /** What must survive: everything but breaks, blanks, controls and marks. */
  const essence = (value: string): string =>
    value
      .toWellFormed()
      .replace(/\ue000join\ue001/g, 'join')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\s\ufeff\ue000\ue001]/gu, '');

  it('are read back as what they say, by two parsers, and add nothing', () => {
    const names = namesOf(written());
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (summary, description, location, name) => {
        // A letter in each keeps what would be empty, and so left out.
        const part = { summary, description: `d${description}`, location: `l${location}` };
        const conference = { uri: slot('join'), label: name };
        const calendar = fillInvite(
          inviteTemplate({ ...text, ...part, organizer: { ...text.organizer, name: `o${name}` }, conference }, [
            'page',
            'join',
          ]),
          guest,
        );
        expect(namesOf(calendar)).toEqual(names);
        for (const line of calendar.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        const join = guest.replacements?.['join'] ?? '';
        const bySecond = nodeIcal.sync.parseICS(calendar)[guest.uid] as unknown as Record<string, { val: string }>;
        const fold = (value: string): string => essence(value.replaceAll(join, 'join'));
        for (const [property, typed] of [
          ['summary', summary],
          ['description', part.description],
          ['location', part.location],
        ] as const) {
          expect(fold(valueOf(calendar, property))).toBe(essence(typed));
          // The second takes a backslash that someone typed before an n for a line break.
          const second = fold(bySecond[property]?.val ?? '').replace(/\\+n?/gi, '');
          if (property !== 'summary') expect(second).toBe(essence(typed).replace(/\\+n?/gi, ''));
        }
        const cn = eventOf(calendar).getFirstProperty('organizer')?.getFirstParameter('cn') ?? '';
        expect(essence(cn)).toBe(essence(`o${name}`).replace(/["^\\]/g, ''));
      }),
      { numRuns: 300 },
    );
  });

  it('of recipients are refused or read back as they are', () => {
    const template = inviteTemplate(text, slots);
    fc.assert(
      fc.property(hostile, fc.string({ unit: 'binary' }), (when, address) => {
        const whom = { ...guest, replacements: { ...guest.replacements, when }, address: `${address}@example.org` };
        let calendar: string | undefined;
        try {
          calendar = fillInvite(template, whom);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        if (calendar === undefined) return;
        expect(valueOf(calendar, 'description')).toContain(`\n\n${when}\n\n`);
        expect(decodeURIComponent(valueOf(calendar, 'attendee'))).toBe(`mailto:${whom.address}`);
      }),
      { numRuns: 500 },
    );
  });

  it('are answered by the same for the same', () => {
    const template = inviteTemplate(text, slots);
    expect(fillInvite(template, guest)).toBe(fillInvite(inviteTemplate(text, slots), guest));
  });
});
