import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { simpleParser, type ParsedMail } from 'mailparser';
import { aContact, aDelivery, aFixed, anInvitation, aSubject } from '../../test/support/deliveries.js';
import { TestClock } from '../../test/support/clock.js';
import { countedId } from '../../test/support/ids.js';
import { eachPart, type MimePart, readMime, shapeOf, valueOf } from '../../test/support/mime.js';
import { DkimSigner } from '../../libs/mail/dkim.js';
import { returnPath } from '../../libs/mail/return-path.js';
import { idBytes } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import { readSettings, type Settings } from '../config.js';
import type { Subject } from '../invitations/subject.js';
import { Links } from '../links.js';
import { loadTexts } from '../texts/index.js';
import { isMatterKind, type BookingMatter } from './booking-matters.service.js';
import { Correspondents } from './correspondents.js';
import type { DeliveriesRepository } from './deliveries.repository.js';
import type { Delivery, DeliveryKind, Fixed, Occasion } from './delivery.js';
import { messageIdOf } from './fixing.js';
import { MailWriter } from './mail-writer.service.js';
import { isBulk } from './reach.js';
import { SubjectTexts } from './subject-texts.service.js';
import type { Writing } from './writing.js';

/* What an invitation must be, point by point: 54 and 55 of alarms, 56 to 63 of MIME, 64 to 74 of headers and transport. */

// Every calendar is proven when its template is built.
jest.setTimeout(60_000);

const catalogue = loadTexts();
const ring = KeyRing.of(randomBytes(32).toString('base64'));
const TO = "ama.o'neill+ct@donga.example";

function settingsWith(publicUrl: string): Settings {
  const read = readSettings({
    ...{ MONGODB_URI: 'mongodb://localhost', REDIS_URL: '/tmp/r', SMTP_URL: 'smtp://x', PUBLIC_URL: publicUrl },
    SECRET_KEY: randomBytes(32).toString('base64'),
  });
  if (!read.ok) throw new Error(read.problems.join());
  return read.settings;
}

/** A writer over texts that lie in memory. */
function writerWith(subject: Subject, publicUrl = 'https://come-together.example'): MailWriter {
  const settings = settingsWith(publicUrl);
  const texts = { text: () => Promise.resolve(subject), keepText: () => Promise.resolve() };
  const links = new Links(ring, new TestClock(), settings);
  const exchange = { wrote: 'Je peux venir avec ma sœur ?', answer: 'Oui, avec plaisir.' };
  const correspondents = new Correspondents();
  correspondents.register({
    find: () => Promise.resolve(undefined),
    exchange: () => Promise.resolve(exchange),
    forget: () => Promise.resolve(),
  });
  const kept = new SubjectTexts(texts as unknown as DeliveriesRepository);
  return new MailWriter(kept, catalogue, links, correspondents, settings);
}

interface Case {
  readonly name: string;
  readonly language: string;
  readonly kind: DeliveryKind;
  readonly occasion?: Occasion;
  readonly role?: 'guest' | 'host';
  readonly canWait?: boolean;
}

const KINDS: readonly Omit<Case, 'name' | 'language'>[] = [
  { kind: 'request', occasion: 'new', canWait: true },
  { kind: 'request', occasion: 'new' },
  { kind: 'request', occasion: 'new', role: 'host' },
  { kind: 'request', occasion: 'changed' },
  { kind: 'request', occasion: 'moved' },
  { kind: 'cancel', occasion: 'cancelled' },
  { kind: 'cancel', occasion: 'gone' },
  { kind: 'cancel', occasion: 'farewell' },
  { kind: 'reminder' },
  { kind: 'confirmation' },
  { kind: 'already-in' },
  { kind: 'meetings-note', canWait: true },
  { kind: 'me-link' },
  { kind: 'sign-in' },
  { kind: 'appointment' },
  { kind: 'still-interested', canWait: true },
  { kind: 'calendar-fails' },
  { kind: 'decline-counter' },
  { kind: 'seats-taken' },
  { kind: 'no-delegation' },
  { kind: 'not-invited' },
  { kind: 'personal-reply' },
  { kind: 'booking' },
  { kind: 'bookings-full' },
  { kind: 'booking-freed' },
  { kind: 'offer' },
  { kind: 'host-note' },
  { kind: 'visitor-note' },
];

const CASES: readonly Case[] = catalogue.languages.flatMap((language) =>
  KINDS.map((each) => {
    const more = [each.occasion, each.role, each.canWait ? 'to many' : undefined].filter((word) => word !== undefined);
    return { ...each, language, name: `${language}: ${[each.kind, ...more].join(', ')}` };
  }),
);

const FIRST = messageIdOf(countedId(70), 'come-together.example');
const METHODS: Partial<Record<DeliveryKind, string>> = {
  ...{ request: 'REQUEST', cancel: 'CANCEL', 'decline-counter': 'DECLINECOUNTER' },
};
const ofMeeting = ({ kind }: Pick<Case, 'kind'>): boolean => kind === 'reminder' || METHODS[kind] !== undefined;
const ofPlaces: readonly DeliveryKind[] = ['meetings-note', 'already-in', 'seats-taken', 'no-delegation'];

function writingOf(
  { kind, occasion, role = 'guest', canWait = false, language }: Case,
  subject: Subject,
  more: { row?: Partial<Delivery>; fixed?: Partial<Fixed>; address?: string } = {},
): Writing {
  const meeting = ofMeeting({ kind });
  const calendar = METHODS[kind] !== undefined;
  const invitation = anInvitation({ role });
  const fixed = aFixed({
    ...{ language, keyId: ring.currentId, sequence: 1, messageId: messageIdOf(countedId(71), 'come-together.example') },
    ...{ inReplyTo: meeting && occasion !== 'new' ? FIRST : null, partstat: calendar ? 'NEEDS-ACTION' : null },
    ...(occasion === undefined ? {} : { occasion }),
    ...more.fixed,
  });
  const { invitation: id, subject: about, ...row } = aDelivery({ kind, canWait, about: countedId(3), ...more.row });
  return {
    row: {
      ...row,
      fixed,
      ...(meeting && id !== undefined && about !== undefined ? { invitation: id, subject: about } : {}),
    },
    contact: aContact(),
    ...(meeting ? { invitation } : {}),
    ...(ofPlaces.includes(kind) ? { places: [{ subject, invitation }] } : {}),
    ...(isMatterKind(kind) ? { matter: aMatter(subject) } : {}),
    address: more.address ?? TO,
  };
}

const aMatter = ({ title, timeZone, start, end }: Subject): BookingMatter => ({
  ...{ booking: countedId(600), page: 'console/office-hours', title, timeZone, start, end, by: 'list' },
  ...{ until: plus(start, -24 * HOUR), booked: { start: plus(start, HOUR), end: plus(end, HOUR) }, words: 'Merci !' },
});

interface Mail {
  readonly each: Case;
  readonly raw: string;
  readonly root: MimePart;
  readonly parts: readonly MimePart[];
  readonly parsed: ParsedMail;
}

const mails: Mail[] = [];

async function read(each: Case, raw: string): Promise<Mail> {
  const root = readMime(Buffer.from(raw));
  return { each, raw, root, parts: [...eachPart(root)], parsed: await simpleParser(Buffer.from(raw)) };
}

beforeAll(async () => {
  for (const each of CASES) {
    const subject = aSubject({
      ...{ title: 'Idées für die Zukunft', cancelReason: 'La salle est fermée', timeZone: 'America/Lima' },
    });
    mails.push(await read(each, await writerWith(subject).write(writingOf(each, subject))));
  }
});

/** Runs a check on every mail that it is about, and says on which it failed. */
function every(fits: (each: Case) => boolean, check: (mail: Mail) => void): void {
  const checked = mails.filter(({ each }) => fits(each));
  expect(checked.length).toBeGreaterThanOrEqual(catalogue.languages.length);
  for (const mail of checked) {
    try {
      check(mail);
    } catch (error) {
      throw new Error(mail.each.name, { cause: error });
    }
  }
}

const any = (): boolean => true;
const hasCalendar = ({ kind }: Case): boolean => METHODS[kind] !== undefined;
const part = ({ parts }: Mail, type: string): MimePart => {
  const found = parts.filter((each) => each.type === type);
  if (found.length !== 1 || !found[0]) throw new Error(`${String(found.length)} parts are ${type}`);
  return found[0];
};
const textOf = (mail: Mail, type: string): string => part(mail, type).content.toString('utf8');
const headerOf = (mail: Mail, name: string): string => valueOf(mail.root.headers, name) ?? '';
const times = ({ root }: Mail, name: string): number => root.headers.filter(([each]) => each === name).length;
const linksIn = (text: string): string[] => [...text.matchAll(/https?:\/\/[^\s<>"]+/g)].map(([url]) => url);

describe('alarms', () => {
  it('are not in a CANCEL', () => {
    every(
      ({ kind }) => kind === 'cancel',
      (mail) => {
        expect(textOf(mail, 'text/calendar')).not.toContain('VALARM');
      },
    );
  });

  it('reminders are mails of their own and need no alarm', () => {
    every(
      ({ kind }) => kind === 'reminder',
      (mail) => {
        expect(shapeOf(mail.root)).toBe('alternative(plain,html)');
        expect(textOf(mail, 'text/plain')).toMatch(/2027/);
      },
    );
  });
});

describe('MIME', () => {
  it('mixed(alternative(plain, html, calendar), application/ics), or alternative(plain, html)', () => {
    every(any, ({ each, root }) => {
      expect(shapeOf(root)).toBe(
        hasCalendar(each) ? 'mixed(alternative(plain,html,calendar),ics)' : 'alternative(plain,html)',
      );
    });
  });

  it('exactly one text/calendar, whose method= equals METHOD', () => {
    every(hasCalendar, (mail) => {
      const method = METHODS[mail.each.kind] ?? '';
      expect(part(mail, 'text/calendar').parameters['method']).toBe(method);
      expect(textOf(mail, 'text/calendar')).toContain(`\r\nMETHOD:${method}\r\n`);
    });
  });

  it('charset=utf-8 on all text parts, and true', () => {
    every(any, ({ parts }) => {
      for (const { type, parameters, content } of parts.filter((each) => each.type.startsWith('text/'))) {
        expect([type, parameters['charset']]).toEqual([type, 'utf-8']);
        expect(() => new TextDecoder('utf-8', { fatal: true }).decode(content)).not.toThrow();
      }
    });
  });

  it('the inline calendar is no attachment', () => {
    every(hasCalendar, (mail) => {
      expect(valueOf(part(mail, 'text/calendar').headers, 'content-disposition')).toBeUndefined();
    });
  });

  it('the calendar is in base64', () => {
    every(hasCalendar, (mail) => {
      for (const type of ['text/calendar', 'application/ics'])
        expect(valueOf(part(mail, type).headers, 'content-transfer-encoding')).toBe('base64');
      expect(textOf(mail, 'text/calendar').endsWith('END:VCALENDAR\r\n')).toBe(true);
    });
  });

  it('one invite.ics, byte-identical to the inline part', () => {
    every(hasCalendar, (mail) => {
      const attached = part(mail, 'application/ics');
      expect(valueOf(attached.headers, 'content-disposition')).toBe('attachment; filename="invite.ics"');
      expect(attached.content.equals(part(mail, 'text/calendar').content)).toBe(true);
    });
  });

  it('the plain text stands by itself: date, zone, links', () => {
    every(ofMeeting, (mail) => {
      const text = textOf(mail, 'text/plain');
      expect(text).toContain('19:00–20:30');
      expect(text).toContain('13:00–14:30');
      expect(text).toContain('2027');
      expect(text).toContain('Porto-Novo');
      expect(text).toContain('Lima');
      if (mail.each.occasion !== 'farewell') expect(linksIn(text).length).toBeGreaterThan(1);
    });
  });

  it('without defects, every boundary closed', () => {
    every(any, ({ parts, parsed }) => {
      expect(parts.length).toBeGreaterThanOrEqual(3);
      expect(parsed.text?.length).toBeGreaterThan(100);
      expect(parsed.html).toContain('</html>');
    });
  });
});

describe('headers and transport', () => {
  it('From, To, Subject, Date, Message-ID and MIME-Version once each', () => {
    every(any, (mail) => {
      for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type'])
        expect([name, times(mail, name)]).toEqual([name, 1]);
    });
  });

  it('From is one mailbox, always the team’s', () => {
    every(any, (mail) => {
      expect(headerOf(mail, 'from')).toBe('"Come Together" <team@come-together.example>');
    });
  });

  it('ORGANIZER is From, without SENT-BY', () => {
    every(hasCalendar, (mail) => {
      const calendar = textOf(mail, 'text/calendar').replace(/\r\n /g, '');
      expect(calendar).toMatch(/^ORGANIZER;CN="Come Together":mailto:team@come-together\.example\r$/m);
      expect(calendar).not.toContain('SENT-BY');
    });
  });

  it('one recipient, no Cc and no Bcc; the only ATTENDEE, in the same spelling', () => {
    every(any, (mail) => {
      expect(headerOf(mail, 'to')).toBe(`<${TO}>`);
      expect(times(mail, 'cc') + times(mail, 'bcc')).toBe(0);
      if (!hasCalendar(mail.each)) return;
      const calendar = textOf(mail, 'text/calendar').replace(/\r\n /g, '');
      expect(calendar.split('\r\n').filter((line) => line.startsWith('ATTENDEE'))).toHaveLength(1);
      expect(calendar).toContain(`:mailto:${TO}\r\n`);
    });
  });

  it('a Message-ID of its own on our domain; what follows answers the first', () => {
    every(any, (mail) => {
      expect(headerOf(mail, 'message-id')).toMatch(/^<[\w-]{22}@come-together\.example>$/);
      const follows = ofMeeting(mail.each) && mail.each.occasion !== 'new';
      expect(headerOf(mail, 'in-reply-to')).toBe(follows ? FIRST : '');
      expect(headerOf(mail, 'references')).toBe(follows ? FIRST : '');
    });
  });

  it('it says that it is automatic, and asks for no automatic answer', () => {
    every(any, (mail) => {
      expect(headerOf(mail, 'auto-submitted')).toBe('auto-generated');
      expect(headerOf(mail, 'x-auto-response-suppress')).toContain('OOF');
    });
  });

  it('what goes to many can be unsubscribed by one press, in unfolded headers, and nothing else can', () => {
    every(any, (mail) => {
      const bulk = isBulk({ kind: mail.each.kind, canWait: mail.each.canWait ?? false });
      const lines = mail.raw.slice(0, mail.raw.indexOf('\r\n\r\n')).split('\r\n');
      const list = lines.filter((line) => line.startsWith('List-'));
      expect(list).toHaveLength(bulk ? 2 : 0);
      if (!bulk) return;
      expect(list[0]).toMatch(/^List-Unsubscribe: <https:\/\/come-together\.example\/unsubscribe\/[\w-]{48}>$/);
      expect(list[1]).toBe('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    });
  });

  it('over http it offers no press that a mail program would not make safely', async () => {
    const each: Case = { name: 'reminder', language: 'en', kind: 'reminder' };
    const raw = await writerWith(aSubject(), 'http://localhost:3000').write(writingOf(each, aSubject()));
    expect(raw).toContain('\r\nList-Unsubscribe: <http://localhost:3000/unsubscribe/');
    expect(raw).not.toContain('List-Unsubscribe-Post');
  });

  it('titles beyond ASCII are encoded words', () => {
    every(ofMeeting, ({ raw, parsed }) => {
      expect(raw).toMatch(/\r\nSubject: =\?utf-8\?B\?/);
      expect(parsed.subject).toContain('Idées für die Zukunft');
    });
  });

  it('CRLF, at most 998 octets in a line, no NUL, all ASCII', () => {
    every(any, ({ raw }) => {
      expect(raw).toMatch(/^[\x20-\x7e\t\r\n]*$/);
      expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    });
  });

  it('signed by DKIM without l=, the kind of content and both List headers among what is signed', async () => {
    const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const signer = new DkimSigner({ domain: 'come-together.example', selector: 'ct', privateKey });
    const mail = mails.find(({ each }) => each.kind === 'reminder');
    const signed = await read(CASES[0] as Case, await signer.sign(mail?.raw ?? '', new Date('2027-01-11T09:00:00Z')));
    const signature = headerOf(signed, 'dkim-signature').replace(/\s/g, '');
    const names = /h=([^;]+);/.exec(signature)?.[1]?.split(':') ?? [];
    expect(names).toEqual(
      expect.arrayContaining(['from', 'content-type', 'reply-to', 'references', 'list-unsubscribe']),
    );
    expect(names).toContain('list-unsubscribe-post');
    expect(signature).toContain(';d=come-together.example;');
    expect(signature).not.toContain(';l=');
    expect(signed.raw.endsWith(mail?.raw ?? 'none')).toBe(true);
  });

  it('bounces go to an address of this mail at our domain', () => {
    const token = idBytes(countedId(71)).toString('hex');
    expect(returnPath('team@come-together.example', token)).toBe(`bounce+${token}@come-together.example`);
  });
});

describe('what every mail says', () => {
  it('is that it binds to nothing and that nobody is named, in text and HTML', () => {
    every(any, (mail) => {
      const t = catalogue.translator(mail.each.language);
      for (const type of ['text/plain', 'text/html']) {
        const text = textOf(mail, type).replaceAll('&#39;', "'");
        expect(text).toContain(t('mail.footer.not-a-commitment'));
        expect(text).toContain(t('mail.footer.never-disclosed'));
      }
    });
  });

  it('stands in the calendar, too', () => {
    every(hasCalendar, (mail) => {
      const root = new ICAL.Component(ICAL.parse(textOf(mail, 'text/calendar')) as unknown[]);
      const description = String(root.getFirstSubcomponent('vevent')?.getFirstPropertyValue('description'));
      const t = catalogue.translator(mail.each.language);
      expect(description).toContain(t('mail.footer.not-a-commitment'));
      expect(description).toContain(t('mail.footer.never-disclosed'));
      const isOver = mail.each.kind === 'cancel';
      expect(/\/invitations\/[\w-]{48}/.test(description)).toBe(!isOver);
      for (const name of ['LOCATION', 'URL', 'CONFERENCE'])
        expect(new RegExp(`^${name}[;:]`, 'm').test(textOf(mail, 'text/calendar'))).toBe(!isOver);
    });
  });

  it('is headed by its subject; where it is about a time, this stands right below, as inboxes show what comes first', () => {
    every(any, (mail) => {
      const subject = mail.parsed.subject ?? '';
      expect(textOf(mail, 'text/plain').split('\r\n')[0]).toBe(subject);
      expect(/<h1[^>]*>([^<]*)<\/h1>/.exec(textOf(mail, 'text/html'))?.[1]?.replaceAll('&#39;', "'")).toBe(subject);
    });
    every(
      (each) => ofMeeting(each) || isMatterKind(each.kind),
      (mail) => {
        expect(textOf(mail, 'text/plain').split('\r\n')[2]).toMatch(/2027, 19:00–20:30, Porto[ -]Novo$/);
        expect(textOf(mail, 'text/html')).toMatch(
          /<\/h1>\r\n<p [^>]*><strong>[^<]* 2027, 19:00–20:30, Porto[ -]Novo<\/strong><\/p>/,
        );
      },
    );
  });

  it('has the same links in text and HTML, one for each act', () => {
    every(any, (mail) => {
      const inText = new Set(linksIn(textOf(mail, 'text/plain')));
      const inHtml = new Set(linksIn(textOf(mail, 'text/html')));
      expect(inHtml).toEqual(inText);
    });
    every(
      ({ kind, occasion }) => kind === 'request' && occasion !== undefined,
      (mail) => {
        const paths = linksIn(textOf(mail, 'text/plain')).map((url) => new URL(url).pathname.split('/')[1]);
        expect(new Set(paths)).toEqual(new Set(['invitations', 'join', 'unsubscribe', 'me']));
      },
    );
  });

  it('is in the reader’s language, with no text left unfilled', () => {
    every(any, (mail) => {
      expect(textOf(mail, 'text/html')).toContain(`<html lang="${mail.each.language}">`);
      for (const type of ['text/plain', 'text/html'])
        expect(textOf(mail, type)).not.toMatch(/[{}\ue000\ue001]|undefined/);
    });
  });

  it('comes without pictures, scripts and fonts from elsewhere', () => {
    every(any, (mail) => {
      expect(textOf(mail, 'text/html')).not.toMatch(/<(img|script|link|iframe|form)\b|url\(|@import|background-image/i);
    });
  });

  it('never has the room’s address in it: the link to join opens in its time', () => {
    every(ofMeeting, ({ raw }) => {
      expect(Buffer.from(raw).toString()).not.toMatch(/meet\.jit\.si/);
    });
  });
});

describe('a repeat', () => {
  it('is the same bytes from another process with the same key', async () => {
    for (const each of CASES) {
      const subject = aSubject();
      const [first, second] = [writerWith(subject), writerWith(subject)];
      expect(await second.write(writingOf(each, subject))).toBe(await first.write(writingOf(each, subject)));
    }
  });
});

it('a reminder says how far off the meeting is, for each by the time at which it is sent', async () => {
  const subject = aSubject({ title: 'Ideas' });
  const writer = writerWith(subject);
  const reminder: Case = { name: 'reminder', kind: 'reminder', language: 'en' };
  const saidAt = async (date: Date): Promise<readonly string[]> => {
    const mail = await read(reminder, await writer.write(writingOf(reminder, subject, { fixed: { date } })));
    return [headerOf(mail, 'subject'), /^This meeting .*$/m.exec(textOf(mail, 'text/plain'))?.[0] ?? ''];
  };
  expect(await saidAt(plus(subject.start, -24 * HOUR))).toEqual([
    'Reminder, tomorrow: Ideas',
    'This meeting begins tomorrow.',
  ]);
  expect(await saidAt(plus(subject.start, -HOUR))).toEqual([
    'Reminder, in 1 hour: Ideas',
    'This meeting begins in 1 hour.',
  ]);
});

describe('hostile words of people', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.constantFrom(
      'x\r\nBcc: v@x.example',
      'END:VEVENT\r\nEND:VCALENDAR',
      '<script>alert(1)</script><img src=x onerror=y>',
      '\ue000unsubscribe\ue001',
      '{when} # {title, plural, one {x}}',
      '"; ATTENDEE:mailto:v@x.example',
      'javascript:alert(1) https://evil.example/?a=1',
    ),
  );

  it('stay words: headers, parts, markup and calendar keep their shape', async () => {
    const shapes = fc.constantFrom(...CASES.filter(({ kind }) => ofMeeting({ kind }) || kind === 'meetings-note'));
    await fc.assert(
      fc.asyncProperty(shapes, words, words, words, async (each, title, description, reason) => {
        const subject = aSubject({ title, description, cancelReason: reason, dialIn: description });
        const plain = mails.find((mail) => mail.each === each);
        const mail = await read(each, await writerWith(subject).write(writingOf(each, subject)));
        expect(mail.root.headers.map(([name]) => name)).toEqual(plain?.root.headers.map(([name]) => name));
        expect(shapeOf(mail.root)).toBe(shapeOf((plain as Mail).root));
        expect(mail.raw).toMatch(/^[\x20-\x7e\t\r\n]*$/);
        expect(textOf(mail, 'text/html')).not.toMatch(/<(script|img)/);
        if (!hasCalendar(each)) return;
        const events = new ICAL.Component(ICAL.parse(textOf(mail, 'text/calendar')) as unknown[]).getAllSubcomponents(
          'vevent',
        );
        expect(events).toHaveLength(1);
        expect(events[0]?.getAllProperties('attendee')).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });
});
