import { dateHeader, mailboxHeader, textHeader } from './headers.js';
import { quotedPrintable, quotedPrintablePart } from './quoted-printable.js';

/** METHOD of a calendar that goes out by mail (RFC 5546). */
type MailMethod = 'REQUEST' | 'CANCEL' | 'DECLINECOUNTER';

/** What a mail says, the same for every recipient. In `text` and `html` stand slots as libs/calendar marks them. */
export interface MailTexts {
  readonly from: { readonly name: string; readonly address: string };
  readonly subject: string;
  /** Plain text with \n. */
  readonly text: string;
  /** A whole document; what is filled into its slots is escaped here. */
  readonly html: string;
  /** The METHOD of the calendar that each recipient's mail carries; absent where there is none. */
  readonly method?: MailMethod;
}

export interface Recipient {
  /** An addr-spec that was read before. */
  readonly to: string;
  /** `<token@domain>`; the boundaries derive from the token, so that the same input gives the same bytes. */
  readonly messageId: string;
  readonly date: Date;
  /** Message-ID of the mail that began the conversation. */
  readonly inReplyTo?: string | undefined;
  /** For bulk mail (RFC 2369, RFC 8058): where a program or a person ends it. `oneClick` needs https. */
  readonly unsubscribe?: { readonly url: string; readonly oneClick: boolean } | undefined;
  readonly slots: Readonly<Record<string, string>>;
  /** The calendar, where the template has a method. */
  readonly calendar?: string | undefined;
}

/** A mail built once, in which a recipient is filled in by fillMail. */
export interface MailTemplate {
  readonly from: string;
  readonly subject: string;
  readonly text: readonly string[];
  readonly html: readonly string[];
  readonly method: MailMethod | undefined;
}

/** As libs/calendar/slots.ts writes them. */
const SLOT = /\ue000([a-z][A-Za-z0-9-]{0,30})\ue001/;

export const mailTemplate = ({ from, subject, text, html, method }: MailTexts): MailTemplate => ({
  from: mailboxHeader('From', from),
  subject: textHeader('Subject', subject),
  text: encodeAround(text),
  html: encodeAround(html),
  method,
});

/**
 * Encoded text and names of slots in turns. Every slot begins and ends at a soft line break, so that all around it is
 * encoded once, whatever is filled in.
 */
const encodeAround = (text: string): string[] =>
  text.split(SLOT).map((part, index, parts) => {
    if (index % 2 === 1) return part;
    return index === parts.length - 1 ? quotedPrintable(part) : quotedPrintablePart(part);
  });

const fill = (
  pieces: readonly string[],
  slots: Readonly<Record<string, string>>,
  written: (value: string) => string,
): string => {
  let filled = pieces[0] ?? '';
  for (let index = 1; index < pieces.length; index += 2) {
    const name = pieces[index] ?? '';
    const value = Object.hasOwn(slots, name) ? slots[name] : undefined;
    if (value === undefined) throw new RangeError(`no text for the slot ${name}`);
    filled += encoded(written(value)) + (pieces[index + 1] ?? '');
  }
  return filled;
};

/** Times and names of places are the same for many recipients, so they are encoded once; links are their own. */
const MOST_ENCODED = 500;
const NOT_ASCII = /[^\0-\x7f]/;
const encodedTexts = new Map<string, string>();

function encoded(value: string): string {
  if (!NOT_ASCII.test(value)) return quotedPrintablePart(value);
  const known = encodedTexts.get(value);
  if (known !== undefined) return known;
  const fresh = quotedPrintablePart(value);
  if (encodedTexts.size >= MOST_ENCODED) encodedTexts.clear();
  encodedTexts.set(value, fresh);
  return fresh;
}

const asIs = (value: string): string => value;
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/**
 * One recipient's mail: headers, then mixed(alternative(plain, html, calendar), application/ics), or alternative(plain,
 * html) where there is no calendar. Lines end in CRLF and have at most 998 octets; all is ASCII but an address in other
 * letters (RFC 6532).
 */
export function fillMail(template: MailTemplate, recipient: Recipient): string {
  const { messageId, calendar } = recipient;
  if (!MESSAGE_ID.test(messageId)) throw new RangeError('not a Message-ID');
  if ((template.method === undefined) !== (calendar === undefined))
    throw new RangeError('a calendar and no METHOD, or the other way round');
  const token = messageId.slice(1, messageId.indexOf('@'));
  const text = fill(template.text, recipient.slots, asIs);
  const html = fill(template.html, recipient.slots, escapeHtml);
  const alternative = `alternative-${token}`;
  const texts =
    `--${alternative}\r\n${TEXT_PLAIN}\r\n\r\n${text}\r\n` + `--${alternative}\r\n${TEXT_HTML}\r\n\r\n${html}\r\n`;
  const head = headOf(template, recipient);
  if (template.method === undefined || calendar === undefined) {
    return `${head}Content-Type: multipart/alternative; boundary="${alternative}"\r\n\r\n${texts}--${alternative}--\r\n`;
  }
  const mixed = `mixed-${token}`;
  const base64 = base64Lines(calendar);
  return (
    `${head}Content-Type: multipart/mixed; boundary="${mixed}"\r\n\r\n` +
    `--${mixed}\r\nContent-Type: multipart/alternative; boundary="${alternative}"\r\n\r\n${texts}` +
    `--${alternative}\r\nContent-Type: text/calendar; charset=utf-8; method=${template.method}\r\n` +
    `Content-Transfer-Encoding: base64\r\n\r\n${base64}\r\n--${alternative}--\r\n` +
    `--${mixed}\r\nContent-Type: application/ics; name="invite.ics"\r\n` +
    `Content-Disposition: attachment; filename="invite.ics"\r\n` +
    `Content-Transfer-Encoding: base64\r\n\r\n${base64}\r\n--${mixed}--\r\n`
  );
}

const MESSAGE_ID = /^<[A-Za-z0-9_-]{1,64}@[A-Za-z0-9.-]{1,253}>$/;
const ADDRESS = /^[^\s<>\p{Cc}]{1,254}$/u;
const URL_IN_HEADER = /^https?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]{1,900}$/;
const TEXT_PLAIN = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable';
const TEXT_HTML = 'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable';

function headOf({ from, subject }: MailTemplate, { to, messageId, date, inReplyTo, unsubscribe }: Recipient): string {
  if (!ADDRESS.test(to)) throw new RangeError('not an address');
  let head = `${from}\r\nTo: <${to}>\r\n${subject}\r\n${dateHeader(date)}\r\nMessage-ID: ${messageId}\r\n`;
  if (inReplyTo !== undefined) {
    if (!MESSAGE_ID.test(inReplyTo)) throw new RangeError('not a Message-ID');
    head += `In-Reply-To: ${inReplyTo}\r\nReferences: ${inReplyTo}\r\n`;
  }
  // RFC 3834 5, and what Exchange knows instead; failures (NDR) are still told.
  head += 'Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\n';
  if (unsubscribe) {
    if (!URL_IN_HEADER.test(unsubscribe.url)) throw new RangeError('not a web address');
    head += `List-Unsubscribe: <${unsubscribe.url}>\r\n`;
    if (unsubscribe.oneClick) head += 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n';
  }
  return `${head}MIME-Version: 1.0\r\n`;
}

/** Base64 in lines of 76 characters (RFC 2045 6.8). */
function base64Lines(text: string): string {
  const base64 = Buffer.from(text).toString('base64');
  let lines = base64.slice(0, 76);
  for (let from = 76; from < base64.length; from += 76) lines += `\r\n${base64.slice(from, from + 76)}`;
  return lines;
}
