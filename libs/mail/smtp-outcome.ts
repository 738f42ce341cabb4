import { enhancedCodeIn, verdictOf, type SmtpStage } from './smtp-replies.js';

/** How sending one mail went. No address and no text of a server is in it: both may hold an address. */
export type SendOutcome =
  | { readonly kind: 'accepted' }
  /** For good. `suppress`: it is the address, which takes no mail at all. */
  | { readonly kind: 'refused'; readonly code: number; readonly enhanced?: string; readonly suppress: boolean }
  /** Not now; later it may go. Without a code the server was not there or left before the mail was handed over. */
  | { readonly kind: 'put-off'; readonly code?: number; readonly enhanced?: string }
  /** The mail was handed over, the answer never came: the server may have it. Only the same bytes may be sent again. */
  | { readonly kind: 'unknown' }
  /** Broken off before the mail was handed over, as it must not arrive any more. */
  | { readonly kind: 'too-late' };

/** What a refusal makes of the mail. */
export function refusedWith(code: number, enhanced: string | undefined, stage: SmtpStage): SendOutcome {
  const verdict = verdictOf(code, enhanced, stage);
  const codes = { code, ...(enhanced === undefined ? {} : { enhanced }) };
  if (verdict === 'retry') return { kind: 'put-off', ...codes };
  return { kind: 'refused', ...codes, suppress: verdict === 'no-such-address' };
}

/** @param text the first line of the server's reply */
export const refusedBy = (code: number, text: string, stage: SmtpStage): SendOutcome =>
  refusedWith(code, enhancedCodeIn(text), stage);
