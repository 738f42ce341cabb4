const DOT = '.';
/** Servers differ in where they see the end of a mail with such lines. */
const HALF_AN_END = /\r(?!\n)|(?<!\r)\n/;
const DOT_AT_START = /(?<=^|\n)\./g;

/**
 * A mail as it is written after DATA, its last dot not included: a dot at the start of a line is doubled (RFC 5321 4.5.2).
 * Throws RangeError for a mail whose lines do not end in CRLF, each and the last.
 */
export function dotStuffed(mail: Buffer): Buffer {
  // Octet by octet a character: what is looked for is ASCII.
  const text = mail.toString('latin1');
  if (HALF_AN_END.test(text) || !text.endsWith('\n')) throw new RangeError('a line of a mail that CRLF does not end');
  if (!text.startsWith(DOT) && !text.includes(`\n${DOT}`)) return mail;
  return Buffer.from(text.replace(DOT_AT_START, '..'), 'latin1');
}
