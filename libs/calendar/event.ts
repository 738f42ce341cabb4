import { localAt, LocalReader, offsetsOf } from '../time/offsets.js';
import {
  cleanLine,
  isAddress,
  isWebAddress,
  jcalUtc,
  LANGUAGE,
  mailto,
  parameterText,
  quoteParameter,
  utc,
} from './content-lines.js';
import { eventLines, nameOf, trigger } from './model.js';
import type { Expected, ExpectedComponent } from './proof.js';
import { cleanWithoutSlots, cleanWithSlots, isSlot, type Lines } from './slots.js';
import { jcalLocal, localStamp } from './time-zone.js';

/** What one VEVENT says in one language, the same for every recipient. Texts may be anyone's: they are cleaned. */
export interface EventText {
  readonly start: Date;
  readonly end: Date;
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
  /** Minutes before the start, for a REQUEST alone. */
  readonly alarms?: readonly number[];
}

/** DECLINECOUNTER answers a wish for another time: the meeting stays as it is (RFC 5546 3.2.8). */
export type GuestMethod = 'REQUEST' | 'CANCEL' | 'DECLINECOUNTER';
export type Method = GuestMethod | 'PUBLISH';

/** How an event stands in time: in UTC when it happens once, else on the clocks of a zone (RFC 5545 3.8.5.3). */
export interface EventTime {
  readonly zone: string | null;
  readonly rule?: Rule;
  /** EXDATE: starts of occurrences that are not */
  readonly without?: readonly Date[];
  /** RECURRENCE-ID: the start that the series' rule gives this occurrence */
  readonly original?: Date;
}

/** RRULE as it is written and as it reads back. */
export interface Rule {
  readonly line: string;
  readonly reads: string;
}

/** A property: its content line, whose slots are filled in later, and what it reads back as. */
interface Written {
  readonly line: string;
  readonly slots?: 'text' | 'uri';
  readonly reads: Expected;
}

/** A VEVENT without what identifies it. */
export interface EventParts {
  readonly properties: readonly Written[];
  readonly alarms: readonly string[];
  readonly alarmsRead: readonly ExpectedComponent[];
}

const MOST_MINUTES = 60 * 24 * 366;
const IN_A_LANGUAGE: ReadonlySet<string> = new Set(['SUMMARY', 'LOCATION', 'DESCRIPTION']);

/**
 * Checks and cleans what an event says and writes its properties, each beside what it must read back as. Throws a
 * RangeError for what cannot be written safely; hostile texts can.
 * @param slots names of recipients' texts
 */
export function eventParts(method: Method, given: EventText, time: EventTime, slots: readonly string[]): EventParts {
  check(method, given);
  const text = cleaned(given, slots);
  const { start, end, summary, description, location, organizer, url, conference } = text;
  const status = method === 'CANCEL' && text.status !== 'CANCELLED' ? null : text.status;
  const alarms = method === 'REQUEST' ? (text.alarms ?? []) : [];
  const model = eventLines({ method, start, end, summary, description, location, status, alarms });
  const texts: Readonly<Record<string, string>> = { SUMMARY: summary, DESCRIPTION: description, LOCATION: location };
  return {
    properties: [
      timeProperty('DTSTART', start, time.zone),
      timeProperty('DTEND', end, time.zone),
      ...(time.original ? [timeProperty('RECURRENCE-ID', time.original, time.zone)] : []),
      ...(time.rule ? [{ line: time.rule.line, reads: ['rrule', {}, time.rule.reads] as const }] : []),
      ...(time.without ?? []).map((each) => timeProperty('EXDATE', each, time.zone)),
      ...model.properties.map((line): Written => {
        const name = nameOf(line);
        if (!IN_A_LANGUAGE.has(name)) return { line, reads: [name.toLowerCase(), {}, line.slice(name.length + 1)] };
        const { language } = text;
        return {
          line: `${name};LANGUAGE=${language}${line.slice(name.length)}`,
          slots: 'text',
          reads: [name.toLowerCase(), { language }, texts[name] ?? ''],
        };
      }),
      {
        line: `ORGANIZER;CN=${quoteParameter(organizer.name)}:${mailto(organizer.address)}`,
        reads: ['organizer', { cn: organizer.name }, mailto(organizer.address)],
      },
      ...(url === undefined ? [] : [{ line: `URL:${url}`, slots: 'uri', reads: ['url', {}, url] } as const]),
      ...(conference ? [conferenceProperty(conference)] : []),
    ],
    alarms: model.alarms,
    alarmsRead: alarms.map((minutes) => ({
      name: 'valarm',
      properties: [
        ['action', {}, 'DISPLAY'],
        ['trigger', {}, trigger(minutes)],
        ['description', {}, summary],
      ],
    })),
  };
}

/** Clients that know CONFERENCE show a button; the others read the link in LOCATION or DESCRIPTION (RFC 7986 5.11). */
const conferenceProperty = ({ uri, label }: NonNullable<EventText['conference']>): Written => ({
  line: `CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=${quoteParameter(label)}:${uri}`,
  slots: 'uri',
  reads: ['conference', { feature: 'VIDEO', label }, uri],
});

/** On the clocks of the zone, but in UTC where these show the time twice and mean the later one. */
function timeProperty(name: string, at: Date, zone: string | null): Written {
  const read = name.toLowerCase();
  const instant = Date.parse(jcalUtc(at));
  const local = zone === null ? undefined : localAt(offsetsOf(zone), instant);
  if (zone === null || local === undefined || new LocalReader(offsetsOf(zone)).instant(local) !== instant) {
    return { line: `${name}:${utc(at)}`, reads: [read, {}, jcalUtc(at)] };
  }
  return { line: `${name};TZID=${zone}:${localStamp(local)}`, reads: [read, { tzid: zone }, jcalLocal(local)] };
}

/** Adds the properties and alarms; what identifies the event stands before and its ATTENDEE in between. */
export function writeEvent(lines: Lines, { properties, alarms }: EventParts, identity: () => void): void {
  lines.text('BEGIN:VEVENT');
  identity();
  for (const { line, slots } of properties) {
    if (slots) lines.slotted(line, slots);
    else lines.text(line);
  }
  for (const line of alarms) lines.text(line);
  lines.text('END:VEVENT');
}

/** What the event must read back as, its slots filled in by `fill`. */
export const readsAs = (
  { properties, alarmsRead }: EventParts,
  identity: readonly Expected[],
  fill: (text: string) => string,
): ExpectedComponent => ({
  name: 'vevent',
  properties: [
    ...identity,
    ...properties.map(({ reads: [name, parameters, value] }): Expected => [name, parameters, fill(value)]),
  ],
  components: alarmsRead,
});

function check(method: Method, { status, start, end, organizer, language, url, conference, alarms }: EventText): void {
  if (utc(start) >= utc(end)) throw new RangeError('a meeting ends after it starts');
  if ((method === 'REQUEST' || method === 'DECLINECOUNTER') && status === 'CANCELLED')
    throw new RangeError('what is cancelled is sent as CANCEL');
  if (!isAddress(organizer.address)) throw new RangeError('not an address of an organizer');
  if (!LANGUAGE.test(language)) throw new RangeError('not a language');
  for (const uri of [url, conference?.uri]) {
    if (uri !== undefined && !isWebAddress(uri) && !isSlot(uri)) throw new RangeError('not a web address');
  }
  if (alarms?.some((minutes) => !Number.isInteger(minutes) || minutes < 0 || minutes > MOST_MINUTES)) {
    throw new RangeError('not minutes before the start');
  }
}

/** Texts as they will be read, with their slots. */
const cleaned = (text: EventText, slots: readonly string[]): EventText => ({
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
});
