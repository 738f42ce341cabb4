import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, plus } from '../time/clock.js';
import { fillInvite, inviteTemplate, type CalendarGuest, type CalendarText } from './invite.js';
import { occurrenceMeant, readReplies, staleness, stampToKeep, type Answered, type Reply } from './reply.js';

const corpus = join(import.meta.dirname, 'corpus');
const file = (name: string): Buffer => readFileSync(join(corpus, `${name}.ics`));
const uid = 'AAAAAAAAAAAAAAAAAAAAAQ@come.example';
const dtstamp = new Date('2027-01-06T10:15:00Z');
const common = { method: 'REPLY', uid, attendee: 'afi@example.org', sequence: 0, dtstamp };
const third = new Date('2027-03-30T17:00:00Z');
const inUtc = { kind: 'instant', at: third };
const inBerlin = { ...inUtc, local: Date.parse('2027-03-30T19:00:00Z') };
const wednesday = { start: new Date('2027-01-13T17:00:00Z'), end: new Date('2027-01-13T18:30:00Z') };

const expected: Record<string, object[]> = {
  'gmail-accepted': [{ partstat: 'ACCEPTED' }],
  'gmail-declined-with-note': [{ partstat: 'DECLINED', comment: 'Market day, sorry\nNext time?' }],
  'gmail-occurrence': [{ partstat: 'TENTATIVE', recurrenceId: inUtc }],
  'gmail-counter': [
    { method: 'COUNTER', partstat: 'TENTATIVE', comment: 'Could it be on Wednesday?', proposed: wednesday },
  ],
  'exchange-accepted': [{ partstat: 'ACCEPTED' }],
  'exchange-occurrence': [{ partstat: 'DECLINED', comment: 'Am Dienstag geht es nicht.', recurrenceId: inBerlin }],
  'exchange-counter': [{ method: 'COUNTER', partstat: 'TENTATIVE', proposed: wednesday }],
  'outlook-desktop-tentative': [{ partstat: 'TENTATIVE' }],
  'apple-mac-accepted': [{ partstat: 'ACCEPTED' }],
  'apple-icloud-declined': [{ partstat: 'DECLINED' }],
  'apple-ios-occurrence': [{ partstat: 'DECLINED', recurrenceId: inBerlin }],
  'thunderbird-tentative': [{ partstat: 'TENTATIVE' }],
  'thunderbird-delegated': [{ partstat: 'DELEGATED' }],
  'nextcloud-accepted': [{ partstat: 'ACCEPTED' }],
  'nextcloud-by-link-without-organizer': [{ partstat: 'DECLINED', comment: 'On the road\nthat week' }],
  'nextcloud-series': [{ partstat: 'ACCEPTED' }, { partstat: 'DECLINED', recurrenceId: inBerlin }],
};

describe('answers as calendars send them', () => {
  it.each(Object.entries(expected))('%s', (name, replies) => {
    expect(readReplies(file(name))).toEqual({ ok: true, value: replies.map((reply) => ({ ...common, ...reply })) });
  });

  it('refresh, which answers nothing', () => {
    const { sequence: _, ...rest } = common;
    expect(readReplies(file('refresh'))).toEqual({
      ok: true,
      value: [{ ...rest, method: 'REFRESH', partstat: 'NEEDS-ACTION' }],
    });
  });

  it('are all here', () => {
    const names = readdirSync(corpus).filter((name) => name.endsWith('.ics'));
    expect(names.sort()).toEqual([...Object.keys(expected), 'refresh'].map((name) => `${name}.ics`).sort());
  });

  it.each(['\n', '\r'])('are read with %j as line ends as well, and with a byte order mark', (lineEnd) => {
    for (const name of Object.keys(expected)) {
      const text = file(name).toString('utf8').replaceAll('\r\n', lineEnd);
      expect(readReplies(Buffer.from(`\ufeff${text}`))).toEqual(readReplies(file(name)));
    }
  });
});

const reply = (lines: readonly string[], method = 'METHOD:REPLY'): Buffer =>
  Buffer.from(['BEGIN:VCALENDAR', method, 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n'));
const accepted = ['UID:x', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:afi@example.org'];

describe('reading an answer', () => {
  it.each<[string, readonly string[], object]>([
    ['the method in lower case', [], { partstat: 'ACCEPTED' }],
    [
      'an address with signs in percent',
      ['ATTENDEE;PARTSTAT=DECLINED:MAILTO:a%3Fb%25c@example.org'],
      { attendee: 'a?b%c@example.org' },
    ],
    [
      'an answer that is none of the known as none',
      ['ATTENDEE;PARTSTAT=X-PERHAPS:mailto:a@example.org'],
      { partstat: 'NEEDS-ACTION' },
    ],
    ['an answer in lower case', ['ATTENDEE;partstat=tentative:mailto:a@example.org'], { partstat: 'TENTATIVE' }],
    ['a quoted colon', ['ATTENDEE;CN="a:b;c";PARTSTAT=DECLINED:mailto:a@example.org'], { partstat: 'DECLINED' }],
    ['no more of a SEQUENCE than there is', [...accepted.slice(1), 'SEQUENCE:1e3'], { partstat: 'ACCEPTED' }],
    ['no date that there is not', [...accepted.slice(1), 'DTSTAMP:20270230T100000Z'], { partstat: 'ACCEPTED' }],
    [
      'a day as a RECURRENCE-ID',
      [...accepted.slice(1), 'RECURRENCE-ID;VALUE=DATE:20270330'],
      { recurrenceId: { kind: 'local', local: Date.parse('2027-03-30') } },
    ],
    [
      'a zone with a path before its name',
      [...accepted.slice(1), 'RECURRENCE-ID;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20270330T190000'],
      { recurrenceId: inBerlin },
    ],
    [
      'a delegate, who names whoever sent them as well',
      [
        'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:kofi@example.org":mailto:afi@example.org',
        'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:afi@example.org":mailto:kofi@example.org',
      ],
      { attendee: 'kofi@example.org', partstat: 'ACCEPTED' },
    ],
  ])('takes %s', (_, lines, part) => {
    const given = lines.length === 0 ? accepted : ['UID:x', ...lines];
    const read = readReplies(reply(given, 'method:reply'));
    expect(read).toEqual({ ok: true, value: [expect.objectContaining({ uid: 'x', ...part })] });
    expect(read.ok && 'sequence' in (read.value[0] ?? {})).toBe(false);
    expect(read.ok && 'dtstamp' in (read.value[0] ?? {})).toBe(false);
  });

  it('reads lines that were folded before a gateway doubled their carriage returns', () => {
    const folded = reply(['UID:x', 'ATTENDEE;PARTSTAT=ACC', ' EPTED:mailto:afi@example.org']).toString();
    expect(readReplies(Buffer.from(folded.replaceAll('\r\n', '\r\r\n')))).toEqual(readReplies(reply(accepted)));
  });

  it('takes what can be read where something else cannot', () => {
    const two = reply(['UID:x', 'END:VEVENT', 'BEGIN:VEVENT', ...accepted]);
    expect(readReplies(two)).toEqual(readReplies(reply(accepted)));
  });

  it('takes the method of the mail where the calendar has none', () => {
    const without = reply(accepted, 'VERSION:2.0');
    expect(readReplies(without)).toEqual({ ok: false, reason: 'another-method' });
    expect(readReplies(without, { method: 'Reply' })).toMatchObject({ ok: true });
  });

  it('takes the sender where everyone is listed, whatever the others have answered', () => {
    const listed = reply([...accepted, 'ATTENDEE;PARTSTAT=DECLINED:mailto:Kofi@example.org']);
    const read = readReplies(listed, { sender: 'kofi@example.org' });
    expect(read).toMatchObject({ value: [{ attendee: 'Kofi@example.org', partstat: 'DECLINED' }] });
    expect(readReplies(listed, { sender: 'ama@example.org' })).toEqual({ ok: false, reason: 'many-attendees' });
  });

  it('takes an address that stands bare', () => {
    const read = readReplies(reply(['UID:x', 'ATTENDEE;PARTSTAT=ACCEPTED:afi@example.org']));
    expect(read).toEqual(readReplies(reply(accepted)));
  });

  it('takes the sender for whoever is named by an address that is none for mails, and only then', () => {
    const sender = 'afi@example.org';
    const lines = ['UID:x', 'ATTENDEE;PARTSTAT=ACCEPTED:urn:uuid:6de280c9-edff-4019-8ebd-cfebc73f8201'];
    expect(readReplies(reply(lines))).toEqual({ ok: false, reason: 'no-attendee' });
    expect(readReplies(reply(lines), { sender })).toEqual(readReplies(reply(accepted)));
    const named = reply([...lines, 'ATTENDEE;PARTSTAT=DECLINED:mailto:kofi@example.org']);
    expect(readReplies(named, { sender })).toMatchObject({ value: [{ attendee: 'kofi@example.org' }] });
    expect(readReplies(reply(['UID:x']), { sender })).toEqual({ ok: false, reason: 'no-attendee' });
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), 'not-a-calendar'],
    ['no calendar', Buffer.from('Hello,\r\nI come.\r\n'), 'not-a-calendar'],
    ['half a calendar', reply(accepted).subarray(0, -20), 'not-a-calendar'],
    ['crossed components', Buffer.from('BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n'), 'not-a-calendar'],
    ['a request', reply(accepted, 'METHOD:REQUEST'), 'another-method'],
    ['a publication', reply(accepted, 'METHOD:PUBLISH'), 'another-method'],
    ['a method from a prototype', reply(accepted, 'METHOD:constructor'), 'another-method'],
    ['no event', Buffer.from('BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n'), 'no-event'],
    ['no UID', reply(accepted.slice(1)), 'no-uid'],
    ['an endless UID', reply([`UID:${'x'.repeat(256)}`, ...accepted.slice(1)]), 'no-uid'],
    ['nobody', reply(['UID:x']), 'no-attendee'],
    ['an address that is none', reply(['UID:x', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:a b']), 'no-attendee'],
    [
      'an address with a line break',
      reply(['UID:x', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:a%0D%0Ab@example.org']),
      'no-attendee',
    ],
    ['two who answered', reply([...accepted, 'ATTENDEE;PARTSTAT=DECLINED:mailto:kofi@example.org']), 'many-attendees'],
    [
      'two who did not',
      reply(['UID:x', 'ATTENDEE:mailto:a@example.org', 'ATTENDEE:mailto:b@example.org']),
      'many-attendees',
    ],
    ['too much', Buffer.alloc(512 * 1_024 + 1, 'x'), 'too-large'],
    ['too deep', Buffer.from(`BEGIN:VCALENDAR\n${'BEGIN:VEVENT\n'.repeat(10_000)}`), 'too-deep'],
    [
      'too many events',
      Buffer.from(
        `BEGIN:VCALENDAR\nMETHOD:REPLY\n${'BEGIN:VEVENT\nUID:x\nATTENDEE:mailto:a@example.org\nEND:VEVENT\n'.repeat(51)}END:VCALENDAR\n`,
      ),
      'too-many',
    ],
    [
      'too many parts',
      Buffer.from(`BEGIN:VCALENDAR\n${'BEGIN:VEVENT\nEND:VEVENT\n'.repeat(201)}END:VCALENDAR\n`),
      'too-many',
    ],
    ['too many lines', reply([...accepted, ...Array.from({ length: 5_001 }, () => 'X-A:b')]), 'too-many'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(readReplies(bytes)).toEqual({ ok: false, reason });
  });

  it('is safe from names that reach a prototype', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const lines = [`UID:${name}`, `ATTENDEE;${name}=x;PARTSTAT=ACCEPTED:mailto:afi@example.org`, `${name}:polluted`];
      const read = readReplies(reply([...lines, 'X-__proto__;__proto__=polluted:polluted']));
      expect(read.ok && read.value[0]?.uid).toBe(name);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(Object.getPrototypeOf(read.ok && read.value[0])).toBe(Object.prototype);
    }
  });

  it('cleans and shortens what someone wrote', () => {
    const read = readReplies(reply([...accepted, `COMMENT:a\\nb\x07\\;${'😀'.repeat(2_000)}`]));
    const comment = read.ok ? (read.value[0]?.comment ?? '') : '';
    expect(comment.startsWith('a\nb;😀')).toBe(true);
    expect(comment.length).toBeLessThanOrEqual(1_000);
    expect(comment.isWellFormed()).toBe(true);
  });

  it('never throws, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      ...[
        'BEGIN:VCALENDAR',
        'END:VCALENDAR',
        'BEGIN:VEVENT',
        'END:VEVENT',
        'METHOD:REPLY',
        'UID:x',
        'ATTENDEE',
        ';',
        ':',
      ],
      ...[
        '\r\n',
        '\n',
        '\r',
        '\r\n ',
        '"',
        '=',
        'PARTSTAT=ACCEPTED',
        'mailto:a@example.org',
        'DTSTAMP:',
        '20270106T101500Z',
      ],
      ...[
        'RECURRENCE-ID;TZID=Europe/Berlin:',
        '00000000T000000',
        '99991231T235959Z',
        '\\',
        '^',
        '%',
        '\0',
        '\ufeff',
        '__proto__',
      ],
    );
    const texts = fc
      .array(fc.oneof(pieces, pieces, fc.string({ unit: 'binary' })), { maxLength: 60 })
      .map((all) => Buffer.from(all.join('')));
    const changed = fc
      .tuple(fc.constantFrom(...Object.keys(expected)), fc.nat(), fc.uint8Array({ maxLength: 20 }))
      .map(([name, at, bytes]) => {
        const original = file(name);
        return Buffer.concat([
          original.subarray(0, at % original.length),
          bytes,
          original.subarray((at % original.length) + bytes.length),
        ]);
      });
    fc.assert(
      fc.property(fc.oneof(texts, changed, fc.uint8Array()), (bytes) => {
        expect(typeof readReplies(bytes).ok).toBe('boolean');
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a time that is asked for', () => {
  const counter = (zone: string, ...described: readonly string[]): Reply['proposed'] => {
    const times = [`DTSTART;TZID=${zone}:20270713T180000`, `DTEND;TZID=${zone}:20270713T193000`];
    const event = ['BEGIN:VEVENT', ...accepted, ...times, 'END:VEVENT'];
    const lines = ['BEGIN:VCALENDAR', 'METHOD:COUNTER', ...described, ...event, 'END:VCALENDAR', ''];
    const read = readReplies(Buffer.from(lines.join('\r\n')));
    return read.ok ? read.value[0]?.proposed : undefined;
  };
  const describedAs = (zone: string, ...lines: readonly string[]): string[] => [
    ...['BEGIN:VTIMEZONE', `TZID:${zone}`, 'BEGIN:STANDARD', 'DTSTART:16010101T000000'],
    ...[...lines, 'END:STANDARD', 'END:VTIMEZONE'],
  ];
  const at = (hour: string): Date => new Date(`2027-07-13T${hour}:00Z`);

  it.each<[string, string, readonly string[], Date | undefined]>([
    ['of the IANA database', 'Europe/Berlin', [], at('16:00')],
    ['of Windows, which the mail does not describe', 'W. Europe Standard Time', [], at('16:00')],
    ['of Exchange, in quotation marks', '"W. Central Africa Standard Time"', [], at('17:00')],
    ['of Outlook, in UTC', '"tzone://Microsoft/Utc"', [], at('18:00')],
    [
      'of someone’s own, as the mail describes it',
      '"tzone://Microsoft/Custom"',
      describedAs('tzone://Microsoft/Custom', 'TZOFFSETFROM:+0530', 'TZOFFSETTO:+0530'),
      at('12:30'),
    ],
    [
      'of Windows, described otherwise than we would',
      'W. Europe Standard Time',
      describedAs('W. Europe Standard Time', 'TZOFFSETFROM:+0300', 'TZOFFSETTO:+0300'),
      at('15:00'),
    ],
    ['that nobody describes', '"tzone://Microsoft/Custom"', [], undefined],
    [
      'of which the description cannot be followed',
      'W. Europe Standard Time',
      describedAs('W. Europe Standard Time', 'TZOFFSETFROM:soon'),
      undefined,
    ],
    ['of a prototype', '__proto__', [], undefined],
  ])('is understood on the clocks of a zone %s', (_, zone, described, start) => {
    const end = start && new Date(start.getTime() + 90 * 60_000);
    expect(counter(zone, ...described)).toEqual(start && { start, end });
  });

  it('costs no more than a mail may, whatever it describes', () => {
    const endless = ['TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'RRULE:FREQ=DAILY;COUNT=999999'];
    expect(counter('Custom', ...describedAs('Custom', ...endless))).toBeUndefined();
  });
});

describe('which occurrence is meant', () => {
  const starts = [new Date('2027-03-16T18:00:00Z'), new Date('2027-03-23T18:00:00Z'), third];

  it.each<[string, Reply['recurrenceId'] & object, Date | undefined]>([
    ['by its instant', { kind: 'instant', at: third }, third],
    ['by another instant: none', { kind: 'instant', at: plus(third, 1) }, undefined],
    [
      'by clocks that the sender knows otherwise',
      { kind: 'instant', at: plus(third, DAY / 24), local: Date.parse('2027-03-30T19:00:00Z') },
      third,
    ],
    [
      'by such clocks on a day on which nothing is',
      { kind: 'instant', at: plus(third, 4 * DAY), local: Date.parse('2027-04-03T19:00:00Z') },
      undefined,
    ],
    ['by a time on clocks that are not known', { kind: 'local', local: Date.parse('2027-03-30T19:00:00Z') }, third],
    ['by a day', { kind: 'local', local: Date.parse('2027-03-30') }, third],
    ['by a day beyond the day line', { kind: 'local', local: Date.parse('2027-03-31T07:00:00Z') }, third],
    ['by a day on which nothing is', { kind: 'local', local: Date.parse('2027-03-27') }, undefined],
  ])('%s', (_, recurrenceId, start) => {
    expect(occurrenceMeant(recurrenceId, starts)).toEqual(start);
  });
});

describe('whether an answer counts', () => {
  const requested = new Date('2027-01-05T09:00:00Z');
  const known: Answered = { sequence: 2, requested };
  const answered: Answered = { ...known, answered: { sequence: 2, dtstamp } };

  it.each<[string, Pick<Reply, 'sequence' | 'dtstamp'>, Answered, string]>([
    ['the first to this SEQUENCE', { sequence: 2, dtstamp }, known, 'current'],
    ['to an earlier SEQUENCE', { sequence: 1, dtstamp }, known, 'stale'],
    ['to an earlier SEQUENCE, however new', { sequence: 1, dtstamp: plus(dtstamp, DAY) }, answered, 'stale'],
    ['newer than the one known', { sequence: 2, dtstamp: plus(dtstamp, 1_000) }, answered, 'current'],
    ['the same again', { sequence: 2, dtstamp }, answered, 'known'],
    ['overtaken by the one known', { sequence: 2, dtstamp: plus(dtstamp, -1_000) }, answered, 'stale'],
    [
      'to a SEQUENCE after the one known',
      { sequence: 2, dtstamp: plus(dtstamp, -DAY) },
      { ...known, answered: { sequence: 1, dtstamp } },
      'current',
    ],
    ['without SEQUENCE', { dtstamp }, known, 'current'],
    ['without SEQUENCE, from before what it answers', { dtstamp: plus(requested, -2 * DAY) }, known, 'stale'],
    ['without SEQUENCE, by a slow clock', { dtstamp: plus(requested, -3_600_000) }, known, 'current'],
    ['without both', {}, answered, 'current'],
  ])('%s', (_, given, state, result) => {
    expect(staleness(given, state)).toBe(result);
  });

  it('keeps no DTSTAMP from the future', () => {
    expect(stampToKeep({ dtstamp: plus(dtstamp, 365 * DAY) }, dtstamp)).toEqual(dtstamp);
    expect(stampToKeep({ dtstamp: requested }, dtstamp)).toEqual(requested);
    expect(stampToKeep({}, dtstamp)).toEqual(dtstamp);
  });
});

describe('the answer to a wish for another time', () => {
  it('leaves the meeting as it is: DECLINECOUNTER with its SEQUENCE (RFC 5546 3.2.8)', () => {
    const text: CalendarText = {
      ...{ method: 'DECLINECOUNTER', status: 'CONFIRMED', timeZone: 'Europe/Berlin', language: 'en', alarms: [15] },
      ...{ start: new Date('2027-01-12T18:00:00Z'), end: new Date('2027-01-12T19:30:00Z') },
      ...{ summary: 'Ideas', description: 'The time stays as it is.', location: 'Online' },
      organizer: { name: 'Come Together', address: 'team@come.example' },
    };
    const guest: CalendarGuest = { uid, sequence: 2, dtstamp, address: 'afi@example.org', partstat: 'TENTATIVE' };
    const lines = fillInvite(inviteTemplate(text, []), guest).split('\r\n');
    expect(lines).toEqual(expect.arrayContaining(['METHOD:DECLINECOUNTER', 'SEQUENCE:2', 'DTSTART:20270112T180000Z']));
    expect(lines.join()).not.toMatch(/RSVP|VALARM/);
    expect(() => inviteTemplate({ ...text, status: 'CANCELLED' }, [])).toThrow(RangeError);
  });
});
