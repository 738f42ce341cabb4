import { decodedWords } from './automatic-mail.js';
import {
  addressIn,
  contentOf,
  eachPart,
  headerOf,
  parameterOf,
  readMail,
  textOf,
  type MailPart,
} from './received-mail.js';
import { verdictOf } from './smtp-replies.js';

/** What a server says later of a mail that it had taken (RFC 3464, RFC 3463). */
export interface MailReport {
  /** `failed` for good, of which `no-such-address` says that the address will never take mail. */
  readonly outcome: 'no-such-address' | 'failed' | 'delayed' | 'delivered';
  readonly code?: number;
  /** `5.1.1` */
  readonly enhanced?: string;
  /** Message-ID of the mail that it is about, where it is returned or named. */
  readonly about?: string;
}

/**
 * Reads a report, wherever its fields stand: Gmail wraps them in parts of their own, some servers write them as text, and
 * some only say in words what went wrong. Undefined for a mail that is no report.
 * @param isReflex whether the mail came from a server, so that words alone may be believed
 */
export function readReport(mail: MailPart, isReflex: boolean): MailReport | undefined {
  const parts = [...eachPart(mail)];
  const status = parts.find(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type));
  const words = parts.filter(({ type }) => type.startsWith('text/')).map(textOf);
  const about = originalOf(parts, words);
  const known = about === undefined ? {} : { about };
  if (status) {
    const report = readFields(fieldsIn(contentOf(status).toString('utf8', 0, MOST_WORDS)));
    if (report) return { ...report, ...known };
  }
  const isReport = mail.type === 'multipart/report' ? isOfDelivery(mail) : isReflex && isFromServer(mail);
  if (!isReport) return undefined;
  const written = readFields(fieldsIn(words.join('\n'))) ?? inWords(words.join('\n'));
  return written && { ...written, ...known };
}

const MOST_WORDS = 64 * 1_024;

/** Not that a mail was read or deleted (RFC 8098), nor that someone complained (RFC 5965). */
const isOfDelivery = (mail: MailPart): boolean =>
  !/^(?:disposition-notification|feedback-report)$/i.test(parameterOf(mail, 'report-type') ?? '');

const isFromServer = (mail: MailPart): boolean =>
  /^(?:mailer-daemon|postmaster|mail-?daemon|mdaemon|bounces?)\b/i.test(addressIn(headerOf(mail, 'from')) ?? '') ||
  RETURNED.test(decodedWords(headerOf(mail, 'subject') ?? ''));

/** How servers head what they send back. */
const RETURNED =
  /^\s*(?:undeliver(?:able|ed)|(?:mail )?delivery (?:status|failed|failure|has failed)|failure notice|returned mail|mail delivery failed|unzustellbar|non remis|no se puede entregar)/i;

/** `Name: value`, folded lines joined; also where a server indents them. */
function fieldsIn(text: string): readonly (readonly [string, string])[] {
  return text
    .slice(0, MOST_WORDS)
    .replace(/\r?\n[ \t]+(?![ \t]|[A-Za-z-]{1,40}:)/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, name, value = ''] = /^\s{0,20}([A-Za-z-]{1,40}):\s*(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name.toLowerCase(), value] as const];
    });
}

function readFields(fields: readonly (readonly [string, string])[]): MailReport | undefined {
  const value = (name: string): string => fields.find(([each]) => each === name)?.[1] ?? '';
  const action = /^[a-z]+/i.exec(value('action'))?.[0]?.toLowerCase();
  const status = enhancedIn(value('status'));
  if (action === undefined && status === undefined) return undefined;
  const diagnosis = value('diagnostic-code');
  // `5.0.0` says nothing; the server that refused it often said more.
  const enhanced = status === undefined || /\.0\.0$/.test(status) ? (enhancedIn(diagnosis) ?? status) : status;
  const code = codeIn(diagnosis);
  if (action !== undefined && DELIVERED.has(action)) return report('delivered', code, enhanced);
  // A server that gives up after days says so by its action, whatever the last try said (RFC 3464 2.3.3).
  if (action === 'failed') return report(failure(code, enhanced), code, enhanced);
  if (action === 'delayed' || enhanced?.startsWith('4')) return report('delayed', code, enhanced);
  if (enhanced?.startsWith('2')) return report('delivered', code, enhanced);
  return report(failure(code, enhanced), code, enhanced);
}

const DELIVERED: ReadonlySet<string> = new Set(['delivered', 'relayed', 'expanded']);

/** What was only refused for now until the server gave up says nothing against the address. */
function failure(code: number | undefined, enhanced: string | undefined): MailReport['outcome'] {
  if (enhanced?.startsWith('4') || (enhanced === undefined && code !== undefined && code < 500)) return 'failed';
  const verdict = verdictOf(code !== undefined && code >= 500 ? code : 550, enhanced, 'recipient');
  return verdict === 'no-such-address' ? 'no-such-address' : 'failed';
}

/** What servers write that know no fields (qmail, older Exim and Exchange). Above the returned mail alone. */
function inWords(text: string): MailReport | undefined {
  const own = text.slice(0, MOST_WORDS).split(/^--.*(?:copy of|original message|returned message)/im, 1)[0] ?? '';
  if (STILL_TRYING.test(own)) return { outcome: 'delayed' };
  const enhanced = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(own)?.[0];
  const code = codeIn(own);
  if (enhanced !== undefined || (code !== undefined && code >= 500)) {
    // Where only three digits stand, the words may say more than these.
    const isNobody = enhanced === undefined && NOBODY.test(own);
    return report(isNobody ? 'no-such-address' : failure(code, enhanced), code, enhanced);
  }
  return FOR_GOOD.test(own) ? { outcome: NOBODY.test(own) ? 'no-such-address' : 'failed' } : undefined;
}

const STILL_TRYING =
  /warning message only|will (?:keep|continue) (?:re)?trying|not yet been delivered|has been delayed/i;
const FOR_GOOD =
  /permanent (?:error|failure)|could(?: not|n['’]t) be delivered|(?:unable|not able) to (?:deliver|be delivered)|undeliverable|delivery (?:has )?failed|nicht zugestellt werden|n['’]a pas pu être (?:remis|distribué|livré|délivré)|no se (?:ha podido|pudo|puede) entregar/i;
const NOBODY =
  /(?:user|recipient|mailbox|address|account)\s+(?:is\s+)?(?:unknown|not found|does(?: not|n['’]t) exist)|user does(?: not|n['’]t) have|no (?:such|mailbox)|(?:empfänger|adresse)[^.\n]{0,40}(?:unbekannt|existiert nicht|nicht gefunden)|(?:adresse|destinataire)[^.\n]{0,40}(?:introuvable|inconnue?|n['’]existe pas)|(?:dirección|destinatario)[^.\n]{0,40}(?:no existe|desconocid[oa]|no se encontró)/i;

const enhancedIn = (text: string): string | undefined => /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(text)?.[0];

function codeIn(text: string): number | undefined {
  const found = /(?:^|[\s;#:])([45]\d\d)(?=[ :-]|$)/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

const report = (
  outcome: MailReport['outcome'],
  code: number | undefined,
  enhanced: string | undefined,
): MailReport => ({
  outcome,
  ...(code === undefined ? {} : { code }),
  ...(enhanced === undefined ? {} : { enhanced }),
});

/** The mail that comes back, whole, as its headers, or quoted in the text. */
function originalOf(parts: readonly MailPart[], words: readonly string[]): string | undefined {
  const returned = parts.find(({ type }) => /^(?:message\/(?:global|rfc822)|text\/rfc822-headers)$/.test(type));
  const named = returned && headerOf(readMail(contentOf(returned)), 'message-id');
  return named ?? /^[>\s]{0,10}Message-ID:\s*(<[^\s<>]{3,300}>)/im.exec(words.join('\n').slice(0, MOST_WORDS))?.[1];
}
