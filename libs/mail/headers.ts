/** Header lines of mails (RFC 5322 2.2, RFC 2047): whatever a person typed stays within its own line. */

/** Octets of a header line that mail programs show without trouble (RFC 5322 2.1.1, RFC 2047 2). */
const LINE = 76;
const FOLD = '\r\n ';
const OPEN = '=?utf-8?B?';
const CLOSE = '?=';
/** RFC 2047 2: an encoded word has at most 75 characters. */
const WORD = 75;

const ASCII = /^[\x20-\x7e]*$/;

/**
 * Text on one line: well-formed, controls and separators of lines as spaces, invisible marks that turn the direction of
 * writing left out, as they could show a subject as another.
 */
export const headerText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();

/** `Subject: …`, folded; what is not plain ASCII becomes encoded words, of which none cuts a character. */
export function textHeader(name: string, text: string): string {
  const clean = headerText(text);
  return `${name}: ${isPlain(clean) ? foldWords(clean, name.length + 2) : encodedWords(clean, name.length + 2)}`;
}

/** `From: "Name" <address>`. The address is not checked here: it comes from settings, or from addresses read before. */
export function mailboxHeader(name: string, mailbox: { readonly name: string; readonly address: string }): string {
  const clean = headerText(mailbox.name);
  if (clean === '') return `${name}: <${mailbox.address}>`;
  const phrase = ASCII.test(clean) ? `"${clean.replace(/[\\"]/g, '\\$&')}"` : encodedWords(clean, name.length + 2);
  const last = phrase.slice(phrase.lastIndexOf('\n') + 1);
  const fits = last.length + mailbox.address.length + 3 + (last === phrase ? name.length + 2 : 0) <= LINE;
  return `${name}: ${phrase}${fits ? ' ' : FOLD}<${mailbox.address}>`;
}

/** RFC 5322 3.3, in UTC. */
export const dateHeader = (date: Date): string => `Date: ${date.toUTCString().replace('GMT', '+0000')}`;

/** ASCII that no reader takes for an encoded word and that can be folded at its spaces. */
const isPlain = (text: string): boolean =>
  ASCII.test(text) && !text.includes('=?') && text.split(' ').every((word) => word.length < LINE - 20);

function foldWords(text: string, column: number): string {
  const lines: string[] = [];
  let line = '';
  let room = LINE - column;
  for (const word of text.split(' ')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= room) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
      room = LINE - 1;
    }
  }
  return [...lines, line].join(FOLD);
}

function encodedWords(text: string, column: number): string {
  const words: string[] = [];
  let bytes = bytesFor(LINE - column);
  let word = '';
  let used = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (used + size > bytes) {
      words.push(encodedWord(word));
      bytes = bytesFor(LINE - 1);
      word = '';
      used = 0;
    }
    word += character;
    used += size;
  }
  return [...words, encodedWord(word)].join(FOLD);
}

const encodedWord = (text: string): string => `${OPEN}${Buffer.from(text).toString('base64')}${CLOSE}`;

/** How many bytes an encoded word of at most `room` characters holds. */
const bytesFor = (room: number): number => Math.floor((Math.min(room, WORD) - OPEN.length - CLOSE.length) / 4) * 3;
