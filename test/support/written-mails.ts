import { randomBytes } from 'node:crypto';
import { beforeAll, expect } from '@jest/globals';
import { simpleParser, type ParsedMail } from 'mailparser';
import { aContact, aDelivery, aFixed, anInvitation, aSubject } from './deliveries.js';
import { TestClock } from './clock.js';
import { countedId } from './ids.js';
import { eachPart, type MimePart, readMime, valueOf } from './mime.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import { readSettings, type Settings } from '../../src/config.js';
import type { Subject } from '../../src/invitations/subject.js';
import { Links } from '../../src/links.js';
import { loadTexts } from '../../src/texts/index.js';
import { isMatterKind, type BookingMatter } from '../../src/deliveries/booking-matters.service.js';
import { Correspondents } from '../../src/deliveries/correspondents.js';
import type { DeliveriesRepository } from '../../src/deliveries/deliveries.repository.js';
import type { Delivery, DeliveryKind, Fixed, Occasion } from '../../src/deliveries/delivery.js';
import { messageIdOf } from '../../src/deliveries/fixing.js';
import { MailWriter } from '../../src/deliveries/mail-writer.service.js';
import { SubjectTexts } from '../../src/deliveries/subject-texts.service.js';
import type { Writing } from '../../src/deliveries/writing.js';

export const catalogue = loadTexts();
const ring = KeyRing.of(randomBytes(32).toString('base64'));
export const TO = "ama.o'neill+ct@donga.example";

function settingsWith(publicUrl: string): Settings {
  const read = readSettings({
    ...{ MONGODB_URI: 'mongodb://localhost', REDIS_URL: '/tmp/r', SMTP_URL: 'smtp://x', PUBLIC_URL: publicUrl },
    SECRET_KEY: randomBytes(32).toString('base64'),
  });
  if (!read.ok) throw new Error(read.problems.join());
  return read.settings;
}

/** A writer over texts that lie in memory. */
export function writerWith(subject: Subject, publicUrl = 'https://come-together.example'): MailWriter {
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

export interface Case {
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

export const CASES: readonly Case[] = catalogue.languages.flatMap((language) =>
  KINDS.map((each) => {
    const more = [each.occasion, each.role, each.canWait ? 'to many' : undefined].filter((word) => word !== undefined);
    return { ...each, language, name: `${language}: ${[each.kind, ...more].join(', ')}` };
  }),
);

export const FIRST = messageIdOf(countedId(70), 'come-together.example');
export const METHODS: Partial<Record<DeliveryKind, string>> = {
  ...{ request: 'REQUEST', cancel: 'CANCEL', 'decline-counter': 'DECLINECOUNTER' },
};
export const ofMeeting = ({ kind }: Pick<Case, 'kind'>): boolean => kind === 'reminder' || METHODS[kind] !== undefined;
const ofPlaces: readonly DeliveryKind[] = ['meetings-note', 'already-in', 'seats-taken', 'no-delegation'];

export function writingOf(
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

export interface Mail {
  readonly each: Case;
  readonly raw: string;
  readonly root: MimePart;
  readonly parts: readonly MimePart[];
  readonly parsed: ParsedMail;
}

export const mails: Mail[] = [];

export async function read(each: Case, raw: string): Promise<Mail> {
  const root = readMime(Buffer.from(raw));
  return { each, raw, root, parts: [...eachPart(root)], parsed: await simpleParser(Buffer.from(raw)) };
}

/** Writes every mail once, before all tests of a file. */
export function withMails(): void {
  beforeAll(async () => {
    for (const each of CASES) {
      const subject = aSubject({
        ...{ title: 'Idées für die Zukunft', cancelReason: 'La salle est fermée', timeZone: 'America/Lima' },
      });
      mails.push(await read(each, await writerWith(subject).write(writingOf(each, subject))));
    }
  });
}

/** Runs a check on every mail that it is about, and says on which it failed. */
export function every(fits: (each: Case) => boolean, check: (mail: Mail) => void): void {
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

export const any = (): boolean => true;
export const hasCalendar = ({ kind }: Case): boolean => METHODS[kind] !== undefined;
export const part = ({ parts }: Mail, type: string): MimePart => {
  const found = parts.filter((each) => each.type === type);
  if (found.length !== 1 || !found[0]) throw new Error(`${String(found.length)} parts are ${type}`);
  return found[0];
};
export const textOf = (mail: Mail, type: string): string => part(mail, type).content.toString('utf8');
export const headerOf = (mail: Mail, name: string): string => valueOf(mail.root.headers, name) ?? '';
export const times = ({ root }: Mail, name: string): number => root.headers.filter(([each]) => each === name).length;
export const linksIn = (text: string): string[] => [...text.matchAll(/https?:\/\/[^\s<>"]+/g)].map(([url]) => url);
