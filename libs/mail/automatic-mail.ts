import { addressIn, headerOf, type MailPart } from './received-mail.js';

/**
 * Who wrote a mail, as far as it says so (RFC 3834 2, RFC 5230 4.6):
 *
 * - `person`;
 * - `program`: for someone who pressed a button in it, as calendars write answers (Google marks these auto-generated);
 * - `reflex`: an out-of-office note, a bounce or a list. It answers to nobody and is never answered.
 */
export type Author = 'person' | 'program' | 'reflex';

/** @param returnPath the envelope's sender, empty for the null one; undefined where only the header tells */
export function authorOf(mail: MailPart, returnPath: string | undefined): Author {
  const sender = returnPath ?? headerOf(mail, 'return-path');
  if (sender !== undefined && /^\s*(?:<\s*>)?\s*$/.test(sender)) return 'reflex';
  if (mail.type === 'multipart/report') return 'reflex';
  const submitted = (headerOf(mail, 'auto-submitted') ?? 'no').split(';', 1)[0]?.trim().toLowerCase() ?? 'no';
  if (submitted === 'auto-generated') return isAway(mail) ? 'reflex' : 'program';
  if (submitted !== 'no' || MARKS.some((name) => headerOf(mail, name) !== undefined)) return 'reflex';
  if (/^(?:bulk|junk|list|auto_reply)$/i.test(headerOf(mail, 'precedence') ?? '')) return 'reflex';
  return isAway(mail) || isMachine(mail) ? 'reflex' : 'person';
}

/** Of programs that are older than RFC 3834, and of lists (RFC 2919). */
const MARKS = ['x-autoreply', 'x-autorespond', 'x-auto-reply-from', 'x-mail-autoreply', 'list-id'] as const;

/** How mail programs head their out-of-office notes: with what they answer behind a colon, or nothing more. */
const AWAY =
  /^\s*(?:auto(?:matic)?[ -]?reply|out of (?:the )?office|automatische antwort|abwesen|réponse automatique|absen(?:t|ce) (?:du|de)|respuesta automática|fuera de (?:la )?oficina)(?:\S{0,20}\s*$|[^:]{0,25}:)/i;

const isAway = (mail: MailPart): boolean => AWAY.test(decodedWords(headerOf(mail, 'subject') ?? ''));

/** Calendars send answers from addresses that take no mail: these come in several parts. */
function isMachine(mail: MailPart): boolean {
  const from = addressIn(headerOf(mail, 'from')) ?? '';
  if (/^(?:mailer-daemon|postmaster)@/i.test(from)) return true;
  return /^(?:no-?reply|do-?not-?reply)@/i.test(from) && !mail.type.startsWith('multipart/');
}

/** RFC 2047. */
export const decodedWords = (text: string): string =>
  text
    .slice(0, 1_000)
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?([^?]{1,40})\?([bq])\?([^?]{0,500})\?=/gi, (_, charset: string, kind: string, written: string) =>
      inCharset(charset, kind.toLowerCase() === 'b' ? Buffer.from(written, 'base64') : unquoted(written)),
    );

const unquoted = (text: string): Buffer =>
  Buffer.from(
    text.replaceAll('_', ' ').replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );

function inCharset(charset: string, bytes: Buffer): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
