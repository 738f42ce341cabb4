import { done, refuse, type Result } from '../rules/decision.js';

/** A property as someone sent it. Nothing here is keyed by what was sent, so no name can reach a prototype. */
export interface SentProperty {
  /** Upper case */
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** As it stands in the line, with its escapes */
  readonly value: string;
}

export interface SentComponent {
  /** Upper case */
  readonly name: string;
  readonly properties: readonly SentProperty[];
  readonly components: readonly SentComponent[];
}

export type ReadRefusal = 'too-large' | 'too-deep' | 'too-many' | 'not-a-calendar';

export interface ReadLimits {
  readonly bytes: number;
  readonly components: number;
  readonly properties: number;
}

/** A reply is a few kilobytes; Outlook's with a long text and its own zone a few dozen. */
const OF_A_REPLY: ReadLimits = { bytes: 512 * 1_024, components: 200, properties: 5_000 };
const MOST_DEPTH = 4;
const MOST_PARAMETERS = 30;

interface Open {
  readonly name: string;
  readonly properties: SentProperty[];
  readonly components: SentComponent[];
}

/**
 * Reads the first VCALENDAR of what was sent, whoever sent it: in time and space by its length, never throwing. Lenient
 * where clients are not exact (line ends of any kind, lines that are none, text around the calendar, a missing end) and
 * strict about size, depth and number.
 */
export function readCalendar(bytes: Uint8Array): Result<SentComponent, ReadRefusal> {
  const read = readFirst(bytes, OF_A_REPLY, 1);
  if (!read.ok) return read;
  const [calendar] = read.value;
  return calendar ? done(calendar) : refuse('not-a-calendar');
}

/** Reads every VCALENDAR, of which there is at least one, in the same way: one that has no end fails them all. */
export function readCalendars(bytes: Uint8Array, limits: ReadLimits): Result<readonly SentComponent[], ReadRefusal> {
  const read = readFirst(bytes, limits, Infinity);
  return read.ok && read.value.length === 0 ? refuse('not-a-calendar') : read;
}

function readFirst(
  bytes: Uint8Array,
  limits: ReadLimits,
  count: number,
): Result<readonly SentComponent[], ReadRefusal> {
  if (bytes.length > limits.bytes) return refuse('too-large');
  const calendars: SentComponent[] = [];
  const text = new TextDecoder().decode(bytes).replace(/(?:\r{0,2}\n|\r)[ \t]/g, '');
  const open: Open[] = [];
  let components = 0;
  let properties = 0;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const property = readLine(line);
    if (!property) continue;
    const inner = open.at(-1);
    const named = property.value.trim().toUpperCase();
    if (property.name === 'BEGIN') {
      if (!inner && named !== 'VCALENDAR') continue;
      if (open.length === MOST_DEPTH) return refuse('too-deep');
      if ((components += 1) > limits.components) return refuse('too-many');
      open.push({ name: named, properties: [], components: [] });
    } else if (property.name === 'END' && inner) {
      if (named !== inner.name) return refuse('not-a-calendar');
      open.pop();
      const outer = open.at(-1);
      if (outer) outer.components.push(inner);
      else if (calendars.push(inner) === count) return done(calendars);
    } else if (inner) {
      if ((properties += 1) > limits.properties) return refuse('too-many');
      inner.properties.push(property);
    }
  }
  return open.length > 0 ? refuse('not-a-calendar') : done(calendars);
}

const NAME = /^[A-Za-z0-9_-]{1,64}/;

/** One logical line; undefined for what is none. Parameters may be quoted, and their carets are RFC 6868's. */
function readLine(line: string): SentProperty | undefined {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) return undefined;
  const parameters: [string, string][] = [];
  let at = name.length;
  while (line[at] === ';') {
    const parameter = /^[A-Za-z0-9_-]{1,64}(?==)/.exec(line.slice(at + 1, at + 66))?.[0];
    if (parameter === undefined || parameters.length === MOST_PARAMETERS) return undefined;
    at += parameter.length + 2;
    const start = at;
    let quoted = false;
    for (; at < line.length; at += 1) {
      const character = line[at];
      if (character === '"') quoted = !quoted;
      else if (!quoted && (character === ';' || character === ':')) break;
    }
    parameters.push([parameter.toUpperCase(), unquoted(line.slice(start, at))]);
  }
  return line[at] === ':' ? { name: name.toUpperCase(), parameters, value: line.slice(at + 1) } : undefined;
}

const unquoted = (value: string): string =>
  value.replaceAll('"', '').replace(/\^(['n^])/g, (_, escaped: string) => ({ "'": '"', n: '\n' })[escaped] ?? '^');

/** The first property of a name. */
export const property = ({ properties }: SentComponent, name: string): SentProperty | undefined =>
  properties.find((each) => each.name === name);

export const parameter = ({ parameters }: SentProperty, name: string): string | undefined =>
  parameters.find(([each]) => each === name)?.[1];

/** TEXT without its escapes (RFC 5545 3.3.11). */
export const textOf = (value: string): string =>
  value.replace(/\\([\\;,nN:"])/g, (_, escaped: string) => (escaped === 'n' || escaped === 'N' ? '\n' : escaped));
