import { isUtf8 } from 'node:buffer';
import { fromQuotedPrintable } from './quoted-printable.js';

/** Mails as they come in, from anyone: read in time and space by their length, never throwing, and nothing is unpacked. */

/** A part of a mail (RFC 2045, RFC 2046). Nothing is keyed by what was sent, so no name can reach a prototype. */
export interface MailPart {
  /** Names in lower case, values unfolded, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Lower case; `text/plain` where none is given (RFC 2045 5.2). */
  readonly type: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly parts: readonly MailPart[];
  /** As it was sent; contentOf decodes it. */
  readonly body: Buffer;
}

const MOST_DEPTH = 20;
const MOST_PARTS = 300;
const MOST_HEAD_BYTES = 256 * 1_024;
const MOST_HEADERS = 500;
const [CR, LF, DASH] = [13, 10, 45];

/** What is deeper or more than any mail program writes stays unread. */
export const readMail = (bytes: Uint8Array): MailPart =>
  read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 1, { parts: 0 });

function read(bytes: Buffer, depth: number, count: { parts: number }): MailPart {
  count.parts += 1;
  const { head, body } = cut(bytes);
  const headers = headersIn(head);
  const { value, parameters } = readParameters(valueOf(headers, 'content-type') ?? '');
  const type = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}$/.test(value) ? value.toLowerCase() : 'text/plain';
  const boundary = type.startsWith('multipart/') ? valueOf(parameters, 'boundary') : undefined;
  const parts: MailPart[] = [];
  if (boundary !== undefined && boundary !== '' && depth < MOST_DEPTH) {
    for (const piece of split(body, boundary)) {
      if (count.parts >= MOST_PARTS) break;
      parts.push(read(piece, depth + 1, count));
    }
  }
  return { headers, type, parameters, parts, body };
}

/** Header and body, at the first empty line; lines may end in CRLF or LF. */
function cut(bytes: Buffer): { head: Buffer; body: Buffer } {
  // A part that begins with an empty line has no header.
  if (bytes[0] === LF || (bytes[0] === CR && bytes[1] === LF))
    return { head: Buffer.alloc(0), body: bytes.subarray(bytes[0] === LF ? 1 : 2) };
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return { head: bytes.subarray(0, at), body: bytes.subarray(next + 1) };
  }
  return { head: bytes, body: Buffer.alloc(0) };
}

function headersIn(head: Buffer): [string, string][] {
  const text = head.toString('utf8', 0, Math.min(head.length, MOST_HEAD_BYTES));
  const headers: [string, string][] = [];
  for (const line of text.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/, MOST_HEADERS)) {
    const [, name, value = ''] = /^([!-9;-~]{1,100})[ \t]*:([^]*)$/.exec(line) ?? [];
    if (name !== undefined) headers.push([name.toLowerCase(), value.trim()]);
  }
  return headers;
}

/** The pieces between lines of `--boundary`. One that is never closed goes to the end (mails may have been cut off). */
function* split(body: Buffer, boundary: string): Generator<Buffer> {
  const mark = Buffer.from(`--${boundary}`);
  let from = -1;
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) {
    if (at > 0 && body[at - 1] !== LF) continue;
    const after = at + mark.length;
    const closes = body[after] === DASH && body[after + 1] === DASH;
    const end = body.indexOf(LF, after);
    const line = body.toString('latin1', after, end === -1 ? body.length : end);
    // A longer boundary that begins with this one is another's.
    if (!closes && line.trim() !== '') continue;
    if (from !== -1) yield body.subarray(from, Math.max(from, at - (body[at - 2] === CR ? 2 : 1)));
    from = closes || end === -1 ? -1 : end + 1;
    if (from === -1) return;
  }
  if (from !== -1) yield body.subarray(from);
}

/** `value; name=text; name="text"` (RFC 2045 5.1). */
function readParameters(header: string): { value: string; parameters: [string, string][] } {
  const [value = '', ...rest] = header.slice(0, 2_000).split(';', 1);
  const parameters: [string, string][] = [];
  const pattern = /;\s*([\w!#$&^.+*-]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.){0,1000})"|([^\s;"]{0,1000}))/g;
  for (const [, name = '', quoted, plain = ''] of header.slice(0, 4_000).matchAll(pattern))
    parameters.push([name.toLowerCase(), quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1')]);
  return { value: [value, ...rest].join('').trim(), parameters: [...extended(parameters), ...parameters] };
}

/** What stands in several pieces, or has other characters than ASCII (RFC 2231): `name*0*=utf-8''R%C3%A9; name*1=ponse`. */
function extended(parameters: readonly [string, string][]): [string, string][] {
  const pieces = parameters.flatMap(([name, value]) => {
    const [, base, index = '0', percent] = /^([^*]+)(?:\*(\d{1,3}))?(\*?)$/.exec(name) ?? [];
    return base === undefined || base === name
      ? []
      : [{ base, index: Number(index), value, isEncoded: percent === '*' }];
  });
  return [...new Set(pieces.map(({ base }) => base))].map((base) => {
    const own = pieces.filter((piece) => piece.base === base).sort((one, other) => one.index - other.index);
    const charset = own[0]?.isEncoded ? /^([^']{1,40})'[^']{0,40}'/.exec(own[0].value) : null;
    const bytes = own.map(({ value, isEncoded }, at) => {
      const text = at === 0 && charset ? value.slice(charset[0].length) : value;
      return isEncoded ? percentDecoded(text) : Buffer.from(text);
    });
    return [base, decoded(Buffer.concat(bytes), charset?.[1] ?? 'utf-8')];
  });
}

const percentDecoded = (text: string): Buffer =>
  Buffer.from(
    text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );

const valueOf = (pairs: readonly (readonly [string, string])[], name: string): string | undefined =>
  pairs.find(([each]) => each === name)?.[1];

/** The first header of a name, which is given in lower case. */
export const headerOf = ({ headers }: MailPart, name: string): string | undefined => valueOf(headers, name);

export const parameterOf = ({ parameters }: MailPart, name: string): string | undefined => valueOf(parameters, name);

/** A parameter of another header that has some, such as Content-Disposition. */
export const parameterIn = (header: string | undefined, name: string): string | undefined =>
  valueOf(readParameters(header ?? '').parameters, name);

/** The part and all within it, in their order. What a mail carries as a mail of its own is one part. */
export function* eachPart(part: MailPart): Generator<MailPart> {
  yield part;
  for (const each of part.parts) yield* eachPart(each);
}

/** Decoded as its Content-Transfer-Encoding says (RFC 2045 6). */
export function contentOf(part: MailPart): Buffer {
  const [encoding] = /[\w-]+/.exec(headerOf(part, 'content-transfer-encoding')?.toLowerCase() ?? '') ?? [];
  if (encoding === 'base64') return Buffer.from(part.body.toString('latin1'), 'base64');
  return encoding === 'quoted-printable' ? fromQuotedPrintable(part.body) : part.body;
}

/**
 * A calendar in UTF-8, which it has to be (RFC 5545 3.1.4): where its bytes are that, they are, whatever the part says; else
 * as it says, or as its byte order mark does.
 */
export function calendarOf(part: MailPart): Buffer {
  const bytes = contentOf(part);
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes;
  const marked = MARKS.find(([mark]) => bytes.subarray(0, 2).equals(mark))?.[1];
  return Buffer.from(decoded(bytes, marked ?? parameterOf(part, 'charset') ?? 'windows-1252'));
}

const MARKS = [
  [Buffer.of(0xff, 0xfe), 'utf-16le'],
  [Buffer.of(0xfe, 0xff), 'utf-16be'],
] as const;

/** Characters of a text that anyone looks at; a mail of more is read this far. */
const MOST_TEXT_BYTES = 256 * 1_024;

/** A text part as text with \n, its soft line breaks joined (RFC 3676). */
export function textOf(part: MailPart): string {
  const bytes = contentOf(part).subarray(0, MOST_TEXT_BYTES);
  const text = decoded(bytes, parameterOf(part, 'charset') ?? 'utf-8').replace(/\r\n?/g, '\n');
  return (parameterOf(part, 'format') ?? '').toLowerCase() === 'flowed' ? unflowed(text, part) : text;
}

function decoded(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function unflowed(text: string, part: MailPart): string {
  const delSp = (parameterOf(part, 'delsp') ?? '').toLowerCase() === 'yes';
  const lines: string[] = [];
  let flows = false;
  for (const line of text.split('\n')) {
    const isQuote = line.startsWith('>');
    const own = line.startsWith(' ') ? line.slice(1) : line;
    const before = flows && !isQuote ? lines.pop() : undefined;
    lines.push(before === undefined ? own : before + own);
    flows = !isQuote && own !== '-- ' && own.endsWith(' ');
    if (flows && delSp) lines.push((lines.pop() ?? '').slice(0, -1));
  }
  return lines.join('\n');
}

/** The first address of a header such as From, without its name; undefined where there is none. */
export function addressIn(header: string | undefined): string | undefined {
  const bare = (header ?? '')
    .slice(0, 2_000)
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\([^()]*\)/g, '');
  return /<\s*([^\s<>@]+@[^\s<>@]+)\s*>/.exec(bare)?.[1] ?? /(?:^|[\s,;:])([^\s<>@,;:]+@[^\s<>@,;:]+)/.exec(bare)?.[1];
}
