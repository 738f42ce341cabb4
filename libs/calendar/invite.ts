import { fold, foldPlain, isAddress, jcalUtc, mailto, parameterText, utc } from './content-lines.js';
import { eventParts, readsAs, writeEvent, type EventParts, type EventText, type GuestMethod } from './event.js';
import { prove, type Expected, type ExpectedComponent } from './proof.js';
import { fillSlot, Lines, withReplacements, type Compiled, type Field } from './slots.js';

/** RFC 5545 3.2.12, as far as it is asked of a guest. */
export type Partstat = 'NEEDS-ACTION' | 'ACCEPTED' | 'TENTATIVE' | 'DECLINED';

/** A single meeting, as invitation, cancellation, or answer to a wish for another time. */
export interface CalendarText extends EventText {
  readonly method: GuestMethod;
  /** IANA name of the zone in which people agreed on it. What happens once is written in UTC all the same. */
  readonly timeZone: string;
}

export interface CalendarGuest {
  /** Letters, digits and `.@:+~_-`, at most 255 */
  readonly uid: string;
  readonly sequence: number;
  readonly dtstamp: Date;
  readonly address: string;
  readonly partstat: Partstat;
  /** Of single occurrences of a series where it is another, by the original start as ISO instant. */
  readonly occurrences?: Readonly<Record<string, Partstat>>;
  /** Texts for the slots of the template, one line each: web addresses where the slot is one, else any. */
  readonly replacements?: Readonly<Record<string, string>>;
}

/** A calendar built once, in which a recipient is filled in by fillInvite. */
export interface InviteTemplate extends Compiled {
  readonly method: GuestMethod;
}

export const PRODID = '-//Come Together//Calendar//EN';

const UID = /^[\w.@:+~-]{1,255}$/;
const PARTSTATS: ReadonlySet<string> = new Set(['NEEDS-ACTION', 'ACCEPTED', 'TENTATIVE', 'DECLINED']);

export const isUid = (text: string): boolean => UID.test(text);
export const isSequence = (number: number): boolean => Number.isInteger(number) && number >= 0 && number < 2 ** 31;

/**
 * Builds the invitation to a single meeting once (RFC 5546 3.2.2, 3.2.5) and proves it: filled in with hostile texts, it
 * reads back as what was meant. Throws a RangeError for what cannot be written safely.
 * @param slots names of the recipients' texts, which stand in description, location, url and conference as `slot(name)`
 */
export const inviteTemplate = (text: CalendarText, slots: readonly string[]): InviteTemplate =>
  buildTemplate(text.method, [{ parts: eventParts(text.method, text, { zone: null }, slots) }], slots);

/** A VEVENT of a template; `occurrence` is the original start, as ISO instant, of one that has an answer of its own. */
export interface TemplateEvent {
  readonly parts: EventParts;
  readonly occurrence?: string;
}

/** Puts events and the zone they are written in into one calendar, and proves it. */
export function buildTemplate(
  method: GuestMethod,
  events: readonly TemplateEvent[],
  slots: readonly string[],
  zone?: { readonly lines: readonly string[]; readonly reads: ExpectedComponent },
): InviteTemplate {
  const lines = new Lines();
  for (const line of ['BEGIN:VCALENDAR', 'VERSION:2.0', `PRODID:${PRODID}`, 'CALSCALE:GREGORIAN']) lines.text(line);
  lines.text(`METHOD:${method}`);
  for (const line of zone?.lines ?? []) lines.text(line);
  for (const { parts, occurrence } of events) {
    writeEvent(lines, parts, () => {
      lines.field({ kind: 'uid' });
      lines.field({ kind: 'sequence' });
      lines.field({ kind: 'dtstamp' });
      lines.field({ kind: 'attendee', ...(occurrence === undefined ? {} : { occurrence }) });
    });
  }
  lines.text('END:VCALENDAR');
  const template = { ...lines.compiled(), method };
  const guest = hostileGuest(template, slots);
  prove(fillInvite(template, guest), {
    name: 'vcalendar',
    properties: [
      ['version', {}, '2.0'],
      ['prodid', {}, PRODID],
      ['calscale', {}, 'GREGORIAN'],
      ['method', {}, method],
    ],
    components: [
      ...(zone ? [zone.reads] : []),
      ...events.map(({ parts }) =>
        readsAs(parts, identityOf(guest, method), (text) => withReplacements(text, guest.replacements ?? {})),
      ),
    ],
  });
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

function fill(field: Field, guest: CalendarGuest, method: GuestMethod): string {
  switch (field.kind) {
    case 'uid':
      if (!isUid(guest.uid)) throw new RangeError('not a UID');
      return foldPlain(`UID:${guest.uid}`);
    case 'sequence':
      if (!isSequence(guest.sequence)) throw new RangeError('not a SEQUENCE');
      return `SEQUENCE:${String(guest.sequence)}`;
    case 'dtstamp':
      return `DTSTAMP:${utc(guest.dtstamp)}`;
    case 'attendee':
      return fold(attendeeLine(guest, partstatOf(guest, field.occurrence), method));
    case 'text':
    case 'uri':
      return fillSlot(field.kind, replacement(guest, field.name), field.column);
  }
}

/** Only the recipient, spelt as the mail's To (RFC 6047 2.3); a CANCEL asks for no answer. */
function attendeeLine({ address }: CalendarGuest, partstat: Partstat, method: GuestMethod): string {
  if (!isAddress(address) || address.length > 254) throw new RangeError('not an address');
  if (!PARTSTATS.has(partstat)) throw new RangeError('not a PARTSTAT');
  const rsvp = method === 'REQUEST' ? ';RSVP=TRUE' : '';
  // Of what an address may hold only the caret cannot stand in a parameter, and only three characters not in a URI.
  const odd = /[%?#^]/.test(address);
  const name = odd ? parameterText(address) : address;
  const uri = odd ? mailto(address) : `mailto:${address}`;
  return `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${partstat}${rsvp};CN="${name}":${uri}`;
}

function partstatOf({ partstat, occurrences }: CalendarGuest, occurrence: string | undefined): Partstat {
  if (occurrence === undefined || occurrences === undefined || !Object.hasOwn(occurrences, occurrence)) return partstat;
  return occurrences[occurrence] ?? partstat;
}

function replacement({ replacements }: CalendarGuest, name: string): string {
  const value = replacements !== undefined && Object.hasOwn(replacements, name) ? replacements[name] : undefined;
  if (value === undefined) throw new RangeError(`no text for the slot ${name}`);
  return value;
}

const identityOf = (guest: CalendarGuest, method: GuestMethod): readonly Expected[] => [
  ['uid', {}, guest.uid],
  ['sequence', {}, String(guest.sequence)],
  ['dtstamp', {}, jcalUtc(guest.dtstamp)],
  [
    'attendee',
    {
      ...{ cutype: 'INDIVIDUAL', role: 'REQ-PARTICIPANT', partstat: guest.partstat, cn: parameterText(guest.address) },
      ...(method === 'REQUEST' ? { rsvp: 'TRUE' } : {}),
    },
    mailto(guest.address),
  ],
];

/** The worst that the grammars let through. */
const hostileGuest = ({ fields }: Compiled, slots: readonly string[]): CalendarGuest => ({
  uid: 'a:b@c~'.repeat(42),
  sequence: 2 ** 31 - 1,
  dtstamp: new Date('2038-01-19T03:14:08Z'),
  address: `%?#'^\`{|}~ü+!$&*=/${'é'.repeat(20)}.x@${'a'.repeat(63)}.${'b'.repeat(63)}.example`,
  partstat: 'NEEDS-ACTION',
  replacements: Object.fromEntries(
    slots.map((name) => [
      name,
      fields.some((field) => field.kind === 'uri' && field.name === name) ? HOSTILE_ADDRESS : HOSTILE_TEXT,
    ]),
  ),
});

const HOSTILE_ADDRESS = `https://h.example/${"?a=1;b,c:(d)'&e=%0D%0A#".repeat(8)}`;
const HOSTILE_TEXT = `END:VEVENT\\n\\;,:"^ü${'\u{1f331}'.repeat(40)}${'x;'.repeat(80)}`;
