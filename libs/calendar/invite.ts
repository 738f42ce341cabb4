import {
  isAddress,
  cleanLine,
  fold,
  jcalUtc,
  LANGUAGE,
  mailto,
  parameterText,
  quoteParameter,
  utc,
  WEB_ADDRESS,
} from './content-lines.js';
import { eventLines, nameOf, trigger } from './model.js';
import { prove, type Expected, type ExpectedComponent } from './proof.js';
import {
  cleanWithoutSlots,
  cleanWithSlots,
  fillSlot,
  isSlot,
  Lines,
  slot,
  withReplacements,
  type Compiled,
  type Field,
} from './slots.js';

export { slot };

/** RFC 5545 3.2.12, as far as it is asked of a guest. */
export type Partstat = 'NEEDS-ACTION' | 'ACCEPTED' | 'TENTATIVE' | 'DECLINED';

/** What a meeting says in one language; the same for every recipient. Texts may be anyone's: they are cleaned. */
export interface CalendarText {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly start: Date;
  readonly end: Date;
  /** IANA name of the zone in which people agreed on it. What happens once is written in UTC all the same. */
  readonly timeZone: string;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  /** A CANCEL is of the whole meeting (CANCELLED), or takes out one guest: then no STATUS is written (RFC 5546 3.2.5). */
  readonly status: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED';
  readonly organizer: { readonly name: string; readonly address: string };
  /** BCP 47 */
  readonly language: string;
  /** http or https, or a slot */
  readonly url?: string;
  /** Where to meet online: an http or https address, or a slot, and what it is called. */
  readonly conference?: { readonly uri: string; readonly label: string };
  /** Minutes before the start; a CANCEL has none. */
  readonly alarms?: readonly number[];
}

export interface CalendarGuest {
  readonly uid: string;
  readonly sequence: number;
  readonly dtstamp: Date;
  readonly address: string;
  readonly partstat: Partstat;
  /** Texts for the slots of the template, one line each: web addresses where the slot is one, else any. */
  readonly replacements?: Readonly<Record<string, string>>;
}

/** A calendar built once, in which a recipient is filled in by fillInvite. */
export interface InviteTemplate extends Compiled {
  readonly method: 'REQUEST' | 'CANCEL';
}

export const PRODID = '-//Come Together//Calendar//EN';

const UID = /^[\w.@:+~-]{1,255}$/;
const PARTSTATS: ReadonlySet<string> = new Set(['NEEDS-ACTION', 'ACCEPTED', 'TENTATIVE', 'DECLINED']);
const MOST_MINUTES = 60 * 24 * 366;

/**
 * Builds the invitation to a single meeting once (RFC 5546 3.2.2, 3.2.5) and proves it: filled in with hostile texts, it
 * reads back as what was meant. Throws a RangeError for what cannot be written safely.
 * @param slots names of the recipients' texts, which stand in description, location, url and conference as `slot(name)`
 */
export function inviteTemplate(text: CalendarText, slots: readonly string[]): InviteTemplate {
  check(text);
  const clean = cleaned(text, slots);
  const template = { ...compile(clean), method: text.method };
  const guest = hostileGuest(clean, slots);
  prove(fillInvite(template, guest), expected(clean, guest));
  return template;
}

/**
 * One recipient's calendar: UID, SEQUENCE, DTSTAMP, ATTENDEE and slots filled in, folded at 75 octets, every line ended
 * by CRLF. Takes only values of proven grammars and throws a RangeError otherwise.
 */
export function fillInvite({ texts, fields, method }: InviteTemplate, guest: CalendarGuest): string {
  let filled = texts[0] ?? '';
  let next = 0;
  for (const field of fields) {
    next += 1;
    filled += fill(field, guest, method) + (texts[next] ?? '');
  }
  return filled;
}

function fill(field: Field, guest: CalendarGuest, method: 'REQUEST' | 'CANCEL'): string {
  switch (field.kind) {
    case 'uid':
      if (!UID.test(guest.uid)) throw new RangeError('not a UID');
      return fold(`UID:${guest.uid}`);
    case 'sequence':
      if (!(guest.sequence >= 0 && guest.sequence < 2 ** 31 && Number.isInteger(guest.sequence))) {
        throw new RangeError('not a SEQUENCE');
      }
      return `SEQUENCE:${String(guest.sequence)}`;
    case 'dtstamp':
      return `DTSTAMP:${utc(guest.dtstamp)}`;
    case 'attendee':
      return fold(attendeeLine(guest, method));
    case 'text':
    case 'uri':
      return fillSlot(field.kind, replacement(guest, field.name), field.column);
  }
}

/** Only the recipient, spelt as the mail's To (RFC 6047 2.3); a CANCEL asks for no answer. */
function attendeeLine({ address, partstat }: CalendarGuest, method: 'REQUEST' | 'CANCEL'): string {
  if (!isAddress(address) || address.length > 254) throw new RangeError('not an address');
  if (!PARTSTATS.has(partstat)) throw new RangeError('not a PARTSTAT');
  const rsvp = method === 'REQUEST' ? ';RSVP=TRUE' : '';
  // Of what an address may hold only the caret cannot stand in a parameter, and only three characters not in a URI.
  const odd = /[%?#^]/.test(address);
  const name = odd ? parameterText(address) : address;
  const uri = odd ? mailto(address) : `mailto:${address}`;
  return `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${partstat}${rsvp};CN="${name}":${uri}`;
}

function replacement({ replacements }: CalendarGuest, name: string): string {
  const value = replacements !== undefined && Object.hasOwn(replacements, name) ? replacements[name] : undefined;
  if (value === undefined) throw new RangeError(`no text for the slot ${name}`);
  return value;
}

function check({ method, status, start, end, organizer, language, url, conference, alarms = [] }: CalendarText): void {
  if (utc(start) >= utc(end)) throw new RangeError('a meeting ends after it starts');
  if (method === 'REQUEST' && status === 'CANCELLED') throw new RangeError('what is cancelled is sent as CANCEL');
  if (!isAddress(organizer.address)) throw new RangeError('not an address of an organizer');
  if (!LANGUAGE.test(language)) throw new RangeError('not a language');
  for (const uri of [url, conference?.uri]) {
    if (uri !== undefined && !WEB_ADDRESS.test(uri) && !isSlot(uri)) throw new RangeError('not a web address');
  }
  if (alarms.some((minutes) => !Number.isInteger(minutes) || minutes < 0 || minutes > MOST_MINUTES)) {
    throw new RangeError('not minutes before the start');
  }
}

/** Texts as they will be read, with their slots. */
const cleaned = (text: CalendarText, slots: readonly string[]): CalendarText => ({
  ...text,
  summary: cleanLine(cleanWithoutSlots(text.summary)),
  description: cleanWithSlots(text.description, slots),
  location: cleanLine(cleanWithSlots(text.location, slots)),
  organizer: {
    ...text.organizer,
    name: parameterText(cleanWithoutSlots(text.organizer.name)) || parameterText(text.organizer.address),
  },
  ...(text.conference && {
    conference: { ...text.conference, label: parameterText(cleanWithoutSlots(text.conference.label)) },
  }),
  alarms: text.method === 'CANCEL' ? [] : (text.alarms ?? []),
});

const statusOf = ({ method, status }: CalendarText): CalendarText['status'] | null =>
  method === 'CANCEL' && status !== 'CANCELLED' ? null : status;

function compile(text: CalendarText): Compiled {
  const { method, start, end, summary, description, location, language, organizer, url, conference } = text;
  const { properties, alarms } = eventLines({
    ...{ method, start, end, summary, description, location },
    ...{ status: statusOf(text), alarms: text.alarms ?? [] },
  });
  const lines = new Lines();
  for (const line of ['BEGIN:VCALENDAR', 'VERSION:2.0', `PRODID:${PRODID}`, 'CALSCALE:GREGORIAN']) lines.text(line);
  lines.text(`METHOD:${method}`);
  lines.text('BEGIN:VEVENT');
  lines.field('uid');
  lines.field('sequence');
  lines.field('dtstamp');
  for (const line of properties) {
    const name = nameOf(line);
    if (IN_A_LANGUAGE.has(name)) lines.slotted(`${name};LANGUAGE=${language}${line.slice(name.length)}`, 'text');
    else lines.text(line);
  }
  lines.text(`ORGANIZER;CN=${quoteParameter(organizer.name)}:${mailto(organizer.address)}`);
  lines.field('attendee');
  if (url !== undefined) lines.slotted(`URL:${url}`, 'uri');
  if (conference) {
    lines.slotted(
      `CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=${quoteParameter(conference.label)}:${conference.uri}`,
      'uri',
    );
  }
  for (const line of alarms) lines.text(line);
  lines.text('END:VEVENT');
  lines.text('END:VCALENDAR');
  return lines.compiled();
}

const IN_A_LANGUAGE: ReadonlySet<string> = new Set(['SUMMARY', 'LOCATION', 'DESCRIPTION']);

/** What the template must read back as for this guest. */
function expected(text: CalendarText, guest: CalendarGuest): ExpectedComponent {
  const read = (value: string): string => withReplacements(value, guest.replacements ?? {});
  const language = { language: text.language };
  const status = statusOf(text);
  const conference = text.conference && { feature: 'VIDEO', label: text.conference.label };
  const properties: (Expected | undefined)[] = [
    ['uid', {}, guest.uid],
    ['sequence', {}, String(guest.sequence)],
    ['dtstamp', {}, jcalUtc(guest.dtstamp)],
    ['dtstart', {}, jcalUtc(text.start)],
    ['dtend', {}, jcalUtc(text.end)],
    ['summary', language, text.summary],
    text.location === '' ? undefined : ['location', language, read(text.location)],
    text.description === '' ? undefined : ['description', language, read(text.description)],
    status === null ? undefined : ['status', {}, status],
    ['organizer', { cn: text.organizer.name }, mailto(text.organizer.address)],
    ['attendee', attendeeParameters(guest, text.method), mailto(guest.address)],
    text.url === undefined ? undefined : ['url', {}, read(text.url)],
    text.conference && conference && ['conference', conference, read(text.conference.uri)],
  ];
  const alarms = (text.alarms ?? []).map((minutes): ExpectedComponent => ({
    name: 'valarm',
    properties: [
      ['action', {}, 'DISPLAY'],
      ['trigger', {}, trigger(minutes)],
      ['description', {}, text.summary],
    ],
  }));
  return {
    name: 'vcalendar',
    properties: [
      ['version', {}, '2.0'],
      ['prodid', {}, PRODID],
      ['calscale', {}, 'GREGORIAN'],
      ['method', {}, text.method],
    ],
    components: [{ name: 'vevent', properties: properties.filter((each) => each !== undefined), components: alarms }],
  };
}

const attendeeParameters = (
  { partstat, address }: CalendarGuest,
  method: 'REQUEST' | 'CANCEL',
): Record<string, string> => ({
  ...{ cutype: 'INDIVIDUAL', role: 'REQ-PARTICIPANT', partstat, cn: parameterText(address) },
  ...(method === 'REQUEST' ? { rsvp: 'TRUE' } : {}),
});

/** The worst that the grammars let through. */
const hostileGuest = ({ url, conference }: CalendarText, slots: readonly string[]): CalendarGuest => ({
  uid: 'a:b@c~'.repeat(42),
  sequence: 2 ** 31 - 1,
  dtstamp: new Date('2038-01-19T03:14:08Z'),
  address: `%?#'^\`{|}~ü+!$&*=/${'é'.repeat(20)}.x@${'a'.repeat(63)}.${'b'.repeat(63)}.example`,
  partstat: 'NEEDS-ACTION',
  replacements: Object.fromEntries(
    slots.map((name) => [
      name,
      [url, conference?.uri].some((uri) => uri === slot(name)) ? HOSTILE_ADDRESS : HOSTILE_TEXT,
    ]),
  ),
});

const HOSTILE_ADDRESS = `https://h.example/${"?a=1;b,c:(d)'&e=%0D%0A#".repeat(8)}`;
const HOSTILE_TEXT = `END:VEVENT\\n\\;,:"^ü${'\u{1f331}'.repeat(40)}${'x;'.repeat(80)}`;
