import { domainToASCII, domainToUnicode } from 'node:url';

/** An email address as someone wrote it, and the form by which two spellings of one mailbox are the same. */
export interface Address {
  /** What mails are sent to: the local part as typed, the domain as A-label (RFC 5890), so that any server takes it. */
  readonly address: string;
  /** NFC, lower case, domain as A-label: what the blind index is made of. Plus tags and dots stay, they may be other people. */
  readonly canonical: string;
}

/** RFC 5322 dot-atom, and letters beyond ASCII as in RFC 6531; no quoted strings, comments or address literals. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** Letters, digits and hyphens of any script between dots: what else IDNA would cut off or fold in silence is refused. */
const DOMAIN = /^[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** More than any address of 254 octets has, spaces around it included: no rule need look at more. */
const LONGEST = 1_000;

/** Reads an address; undefined for anything that is not exactly one. Lengths as RFC 5321 4.5.3.1 has them, in octets. */
export function readAddress(text: string): Address | undefined {
  if (text.length > LONGEST) return undefined;
  const trimmed = text.trim().normalize('NFC');
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, at);
  const domain = at < 1 ? '' : domainOf(trimmed.slice(at + 1));
  if (domain === '' || !LOCAL.test(local) || Buffer.byteLength(local) > 64) return undefined;
  const address = `${local}@${domain}`;
  if (Buffer.byteLength(address) > 254) return undefined;
  return { address, canonical: canonicalOf(address) };
}

/** The canonical form of an address that was read before. */
export const canonicalOf = (address: string): string =>
  // Lower case takes some letters apart (İ), whose marks then stand in another order.
  address.normalize('NFC').toLowerCase().normalize('NFC');

/** The domain as lower-case A-labels; empty for what is no name of two labels or more, an IP address among them. */
function domainOf(typed: string): string {
  // Full-width letters would be folded in silence: whoever typed them meant something else, or is testing us.
  if (!DOMAIN.test(typed) || typed.normalize('NFKC') !== typed) return '';
  const domain = domainToASCII(typed);
  const labels = domain.split('.');
  const isName = labels.length >= 2 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  // What cannot be decoded is no A-label, however it begins.
  return isName && !/(?:^|\.)xn--/.test(domainToUnicode(domain)) ? domain : '';
}
