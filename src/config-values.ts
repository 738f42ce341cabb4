import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** RFC 5322 dot-atom in ASCII: what calendars and mail programs of every age take as the sender. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/**
 * `Name <address>` as MAIL_FROM has it, the domain as A-labels; undefined when it is anything else, could break a header
 * line, or could not be written as ORGANIZER.
 */
export function parseMailbox(text: string): Mailbox | undefined {
  const match = /^\s*"?([^"<>\p{Cc}]*?)"?\s*<([^\s<>@,;:"]+)@([^\s<>@,;:"]+)>\s*$/u.exec(text);
  if (!match) return undefined;
  const [, name = '', local = '', host = ''] = match;
  const domain = domainToASCII(host);
  return name === '' || domain === '' || !LOCAL_PART.test(local) ? undefined : { name, address: `${local}@${domain}` };
}

/** `22-7`: the hours (local to the reader) between which mails that can wait do wait. `0-0` means never. */
export function parseHours(text: string): { readonly from: number; readonly to: number } | undefined {
  const match = /^(\d{1,2})[-–](\d{1,2})$/.exec(text.trim());
  if (!match) return undefined;
  const [from, to] = [Number(match[1]), Number(match[2])];
  return from <= 23 && to <= 23 ? { from, to } : undefined;
}

export const isTimeOfDayRange = (text: string): boolean => parseHours(text) !== undefined;

/** The proxies that TRUST_PROXY means: none, all, so many, or those of these addresses, ranges and kinds of networks. */
export const namesProxies = (text: string): boolean =>
  /^(?:true|false|\d{1,2})$/.test(text) || text.split(',').every((name) => isNetwork(name.trim()));

function isNetwork(name: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(name)) return true;
  const [address = '', bits, ...more] = name.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (isIP(address) === 4 ? 32 : 128))
  );
}

/** An RSA key as PEM (line ends may be written as \n), or the path of a file that holds one; undefined for anything else. */
export function readRsaKey(text: string): string | undefined {
  try {
    const pem = text.includes('-----BEGIN') ? text.replaceAll('\\n', '\n') : readFileSync(text, 'utf8');
    return createPrivateKey(pem).asymmetricKeyType === 'rsa' ? pem : undefined;
  } catch {
    return undefined;
  }
}
