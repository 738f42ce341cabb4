/** Content lines of iCalendar as RFC 5545 3.1 has them: what may stand in a line, and how a long one is folded. */

/** Octets of a physical line, without its CRLF. */
const LIMIT = 75;
const FOLD = '\r\n ';
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Text that any parser takes: well-formed, line breaks as \n, no other control character. Line and paragraph separators
 * and NEL are line breaks to some parsers, so they become ours; a tab becomes a space, a byte order mark nothing.
 */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replace(/[\0-\x09\x0b-\x1f\x7f-\x9f\ufeff]/g, '');

/** The same in one line. */
export const cleanLine = (text: string): string => cleanText(text).replaceAll('\n', ' ').trim();

/** TEXT escapes, and only these (RFC 5545 3.3.11). Takes cleaned text. */
export const escapeText = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');

/**
 * A parameter's value in quotes (RFC 5545 3.2). Left out are quotation marks, which none can read, carets, which older
 * readers of RFC 6868 refuse, and backslashes, which some readers take for an escape.
 */
export const quoteParameter = (text: string): string => `"${parameterText(text)}"`;

/** What of `text` can stand in a parameter's value. */
export const parameterText = (text: string): string => cleanLine(text.replace(/["^\\]/g, ''));

/** An address as CAL-ADDRESS: only what would end or change the URI is percent-encoded, all else stays as it is spelt. */
export const mailto = (address: string): string =>
  `mailto:${address.replace(/[%?#]/g, (character) => encodeURIComponent(character))}`;

/** An addr-spec: dot-atom, letters beyond ASCII, a domain as A-label, of one name in a local net (RFC 5322 3.4.1, RFC 6531). */
export const isAddress = (text: string): boolean => PLAIN_ADDRESS.test(text) || ADDRESS.test(text);

const PLAIN_ADDRESS = /^[\w.+-]{1,64}@[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63})*$/;
const ADDRESS =
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)*$/iu;

/** http or https, in the characters of RFC 3986. */
export const isWebAddress = (text: string): boolean => text.length <= 2_000 && WEB_ADDRESS.test(text);

const WEB_ADDRESS = /^https?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/;

/** BCP 47, as far as languages of pages need it. */
export const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;

/** `20270112T180000Z`. Throws a RangeError for what no calendar of ours holds: no date, or a year beyond 1970–9998. */
export function utc(instant: Date): string {
  const at = writable(instant);
  const date = `${String(at.getUTCFullYear())}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  return `${date}T${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}Z`;
}

const two = (number: number): string => (number < 10 ? `0${String(number)}` : String(number));

/** `2027-01-12T18:00:00Z`: the same as jCal has it (RFC 7265 3.6.5). */
export const jcalUtc = (instant: Date): string => `${writable(instant).toISOString().slice(0, 19)}Z`;

const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(9998, 11, 31);

function writable(instant: Date): Date {
  const time = instant.getTime();
  if (!(time >= FIRST && time <= LAST)) throw new RangeError('not a time that a calendar can hold');
  return instant;
}

export const isPlain = (text: string): boolean => PLAIN.test(text);

/**
 * Folds `text`, of which the first octet stands at `column` of its line: no physical line is longer than 75 octets, no
 * character is cut.
 */
export function fold(text: string, column = 0): string {
  if (isPlain(text)) return foldPlain(text, column);
  let folded = '';
  let at = column;
  for (const character of text) {
    const octets = octetsOf(character);
    if (at + octets > LIMIT) {
      folded += FOLD;
      at = 1;
    }
    folded += character;
    at += octets;
  }
  return folded;
}

/** The same for text of printable ASCII alone. */
export function foldPlain(text: string, column = 0): string {
  let end = LIMIT - column;
  if (text.length <= end) return text;
  let folded = text.slice(0, end);
  for (; end < text.length; end += LIMIT - 1) folded += FOLD + text.slice(end, end + LIMIT - 1);
  return folded;
}

/** The column after `folded`, which began at `column`. */
export function columnAfter(folded: string, column: number): number {
  const start = folded.lastIndexOf('\n') + 1;
  return (start === 0 ? column : 0) + Buffer.byteLength(folded.slice(start));
}

/** Logical lines of a calendar, without empty ones. */
export const unfold = (text: string): string[] =>
  text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .filter((line) => line !== '');

function octetsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x1_0000 ? 3 : 4;
}
