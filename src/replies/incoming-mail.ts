import { readReplies, type Reply } from '../../libs/calendar/reply.js';
import { readTnefReply } from '../../libs/calendar/tnef-reply.js';
import { authorOf } from '../../libs/mail/automatic-mail.js';
import { htmlWords } from '../../libs/mail/html-words.js';
import { readReport, type MailReport } from '../../libs/mail/mail-report.js';
import { ownWords } from '../../libs/mail/own-words.js';
import {
  addressIn,
  calendarOf,
  contentOf,
  eachPart,
  headerOf,
  parameterIn,
  parameterOf,
  readMail,
  textOf,
  type MailPart,
} from '../../libs/mail/received-mail.js';
import { signedContent } from '../../libs/mail/signed-content.js';

/** What a mail turns out to be. */
export type Came =
  | { readonly kind: 'report'; readonly report: MailReport }
  | { readonly kind: 'calendar'; readonly replies: readonly Reply[] }
  /** A person's own words. */
  | { readonly kind: 'written'; readonly text: string }
  | { readonly kind: 'nothing' };

const NOTHING: Came = { kind: 'nothing' };
/** Calendars in one mail that are looked at. */
const MOST_CALENDARS = 5;

/**
 * What came. A reflex (out of office, a null sender, a report) is never taken for an answer, and never answered; what a
 * calendar writes is one, whether a person or a program says to have sent it.
 * @param returnPath the envelope's sender, where there was an envelope
 */
export function whatCame(mail: MailPart, returnPath: string | undefined): Came {
  const author = authorOf(mail, returnPath);
  const report = readReport(mail, author === 'reflex');
  if (report) return { kind: 'report', report };
  if (author === 'reflex') return NOTHING;
  const parts = partsOf(mail);
  const sender = addressIn(headerOf(mail, 'from'));
  for (const part of calendarsIn(parts)) {
    const replies = readReplies(calendarOf(part), { method: parameterOf(part, 'method'), sender });
    if (replies.ok) return { kind: 'calendar', replies: replies.value };
  }
  const packed = packedIn(parts, sender);
  if (packed) return { kind: 'calendar', replies: [packed] };
  if (author !== 'person') return NOTHING;
  const text = wordsIn(parts);
  return text === '' ? NOTHING : { kind: 'written', text };
}

/** What is signed as a whole is opened; gateways and lists sign what was signed before. */
const partsOf = (mail: MailPart, signatures = MOST_SIGNATURES): readonly MailPart[] =>
  [...eachPart(mail)].flatMap((part) => {
    const isSigned = signatures > 0 && SIGNED.test(part.type);
    const content = isSigned ? signedContent(contentOf(part)) : undefined;
    return content ? partsOf(readMail(content), signatures - 1) : [part];
  });

const MOST_SIGNATURES = 3;

const SIGNED = /^application\/(?:x-)?pkcs7-mime$/;

/** At any depth and of any disposition; some programs only attach a file. */
const calendarsIn = (parts: readonly MailPart[]): readonly MailPart[] =>
  parts
    .filter((part) => part.parts.length === 0 && (CALENDAR.test(part.type) || /\.ics$/i.test(fileNameOf(part))))
    .slice(0, MOST_CALENDARS);

/** Where Outlook packs everything into one file, which only it can read, there is no calendar. */
function packedIn(parts: readonly MailPart[], sender: string | undefined): Reply | undefined {
  const part = parts.find(({ type }) => /^application\/(?:vnd\.)?ms-tnef$/.test(type));
  return part && sender !== undefined ? readTnefReply(contentOf(part), sender) : undefined;
}

const CALENDAR = /^(?:text\/calendar|application\/ics)$/;

const fileNameOf = (part: MailPart): string =>
  parameterOf(part, 'name') ?? parameterIn(headerOf(part, 'content-disposition'), 'filename') ?? '';

function wordsIn(parts: readonly MailPart[]): string {
  const texts = parts.filter((part) => !isAttached(part));
  const plain = texts
    .filter(({ type, parts }) => type === 'text/plain' && parts.length === 0)
    .map(textOf)
    .join('\n');
  if (plain.trim() !== '') return ownWords(plain);
  const html = texts.find(({ type }) => type === 'text/html');
  return html ? ownWords(htmlWords(textOf(html))) : '';
}

const isAttached = (part: MailPart): boolean => /^\s*attachment/i.test(headerOf(part, 'content-disposition') ?? '');

/** What names a mail, whatever way it came by: its Message-ID and sender, or what it says where it has none. */
export function identityOf(mail: MailPart): string {
  const from = addressIn(headerOf(mail, 'from'))?.toLowerCase() ?? '';
  const id = /<[^\s<>]{3,500}>/.exec(headerOf(mail, 'message-id') ?? '')?.[0];
  if (id !== undefined) return `${id}|${from}`;
  return [headerOf(mail, 'date'), from, headerOf(mail, 'subject'), mail.body.toString('latin1').trim()].join('|');
}

/** Where it was addressed to, as the envelope or, in a mailbox, its headers say. */
export const addressedTo = (mail: MailPart, recipients: readonly string[]): readonly string[] => [
  ...recipients,
  ...['delivered-to', 'x-original-to', 'envelope-to', 'to'].flatMap((name) => addressIn(headerOf(mail, name)) ?? []),
];
