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
