/** Quoted-printable (RFC 2045 6.7). */

/** Characters of a line, its soft break included. */
const LINE = 76;
const SOFT = '=\r\n';
/** Stands as itself anywhere but at the start or end of a line. */
const PLAIN = /^[\x20-\x3c\x3e-\x7e]*$/;

/**
 * Encodes text whose lines end in \n or \r\n, beginning at the start of a line. A dot, a `From ` and two hyphens at the
 * start of a line are encoded too, so that no server on the way changes them and no text can end its part.
 * @returns lines ended by CRLF as far as `text` has line ends
 */
export function quotedPrintable(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => (isSimple(line) ? line : encodeLine(line)))
    .join('\r\n');
}

/** The same for one line that more of its text follows: it ends with a soft break. */
export function quotedPrintablePart(text: string): string {
  const encoded = quotedPrintable(text);
  return encoded === '' || encoded.endsWith('\n') ? encoded : `${encoded}${SOFT}`;
}

const isSimple = (line: string): boolean =>
  line.length < LINE && PLAIN.test(line) && !line.endsWith(' ') && !needsCare(line, 0);

/** What means something to others at the start of a line: to servers, to mailbox files, and as a boundary. */
const needsCare = (line: string, at: number): boolean =>
  line[at] === '.' || line.startsWith('--', at) || line.startsWith('From ', at);

/** Long links and the like: cut into lines, unless a cut would fall before something that needs care. */
function cutPlain(line: string): string | undefined {
  if (!PLAIN.test(line) || line.endsWith(' ')) return undefined;
  let cut = '';
  for (let at = 0; at < line.length; at += LINE - 1) {
    if (needsCare(line, at)) return undefined;
    cut += (at === 0 ? '' : SOFT) + line.slice(at, at + LINE - 1);
  }
  return cut;
}

function encodeLine(line: string): string {
  const cut = cutPlain(line);
  if (cut !== undefined) return cut;
  let encoded = '';
  let column = 0;
  const add = (piece: string): void => {
    if (column + piece.length >= LINE) {
      encoded += SOFT;
      column = 0;
    }
    encoded += piece;
    column += piece.length;
  };
  const last = line.length - 1;
  let at = 0;
  for (const character of line) {
    if (character.length === 1 && PLAIN.test(character)) {
      const atStart = column === 0 || column + 1 >= LINE;
      const ends = character === ' ' && at === last;
      const starts = atStart && needsCare(line, at);
      add(ends || starts ? hex(character.charCodeAt(0)) : character);
    } else {
      // Tabs, too: they may get lost at the end of a line. A character is not cut.
      add(Array.from(Buffer.from(character), hex).join(''));
    }
    at += character.length;
  }
  return encoded;
}

const hex = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;

const [TAB, LF, CR, BLANK, EQUALS] = [9, 10, 13, 32, 61];

/**
 * Decodes what anyone may have sent, in time that grows with its length alone, whatever stands in it. Blanks at the end of a
 * line came in on the way (rule 3); what is no code stands as it is.
 */
export function fromQuotedPrintable(body: Buffer): Buffer {
  const decoded = Buffer.alloc(body.length);
  let length = 0;
  for (let start = 0; start < body.length;) {
    const found = body.indexOf(LF, start);
    const next = found === -1 ? body.length : found + 1;
    const line = body.subarray(
      start,
      found === -1 ? next : found > start && body[found - 1] === CR ? found - 1 : found,
    );
    const text = found === -1 ? line : line.subarray(0, withoutBlanks(line));
    const goesOn = found !== -1 && text.at(-1) === EQUALS;
    length = decodeLine(goesOn ? text.subarray(0, -1) : text, decoded, length);
    if (!goesOn) length += body.copy(decoded, length, start + line.length, next);
    start = next;
  }
  return decoded.subarray(0, length);
}

/** The length of a line without the blanks at its end. */
function withoutBlanks(line: Buffer): number {
  let end = line.length;
  while (end > 0 && (line[end - 1] === BLANK || line[end - 1] === TAB)) end -= 1;
  return end;
}

/** @returns where the next line goes */
function decodeLine(line: Buffer, into: Buffer, from: number): number {
  let length = from;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at] ?? 0;
    const [high, low] = [digit(line[at + 1]), digit(line[at + 2])];
    const isCode = byte === EQUALS && high >= 0 && low >= 0;
    into[length] = isCode ? high * 16 + low : byte;
    length += 1;
    if (isCode) at += 2;
  }
  return length;
}

/** Of a hexadecimal digit; -1 for anything else. */
function digit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
