/** What a mail server's refusal means (RFC 5321 4.2, RFC 3463, RFC 7504, RFC 7505). */

/** Where in the conversation it came: before any mail, or at one of the commands that hand a mail over. */
export type SmtpStage = 'session' | 'sender' | 'recipient' | 'message';

/**
 * - `retry`: later it may be taken (greylisting, a full mailbox that says so by 4xx, our own account out of order);
 * - `no-such-address`: this address will never take mail; nothing more is sent to it;
 * - `refused`: this mail is not wanted (its size, content, sender, or a policy); the address may be sound.
 */
export type Verdict = 'retry' | 'no-such-address' | 'refused';

/** X.1.1 mailbox, X.1.2 domain, X.1.3 syntax, X.1.6 moved, X.1.10 null MX, X.2.1 disabled, X.4.4 no route. */
const NO_SUCH_ADDRESS: ReadonlySet<string> = new Set(['1.1', '1.2', '1.3', '1.6', '1.10', '2.1', '4.4']);
/** A wrong order of commands, and everything about our account: the mail is not at fault. */
const NOT_THE_MAILS_FAULT: ReadonlySet<number> = new Set([503, 530, 534, 535, 538]);
/** Codes that speak of the address where no enhanced code says more. */
const OF_THE_ADDRESS: ReadonlySet<number> = new Set([550, 551, 553, 556]);

/** @param enhanced `5.1.1`, where the server gave one */
export function verdictOf(code: number, enhanced: string | undefined, stage: SmtpStage): Verdict {
  if (code < 500 || stage === 'session' || NOT_THE_MAILS_FAULT.has(code)) return 'retry';
  const [, subject = '0', detail = '0'] = enhanced?.split('.') ?? [];
  if (subject === '0') return stage === 'recipient' && OF_THE_ADDRESS.has(code) ? 'no-such-address' : 'refused';
  // Exchange Online says 5.4.1 of a recipient that its directory does not know.
  const unknownToExchange = stage === 'recipient' && code === 550 && subject === '4' && detail === '1';
  return unknownToExchange || NO_SUCH_ADDRESS.has(`${subject}.${detail}`) ? 'no-such-address' : 'refused';
}

/** The enhanced code at the start of a reply's text. */
export const enhancedCodeIn = (reply: string): string | undefined =>
  /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(reply)?.[1];
