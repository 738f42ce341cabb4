import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const signInPool = promisify(sign);

/**
 * What is signed, present or not: a header that is named and absent cannot be added by anyone on the way, nor can a second
 * From, To, Subject or Date (RFC 6376 5.4.2, 8.15).
 */
const SIGNED = [
  ...[
    'from',
    'from',
    'to',
    'to',
    'cc',
    'subject',
    'subject',
    'date',
    'date',
    'message-id',
    'in-reply-to',
    'references',
  ],
  ...['reply-to', 'mime-version', 'content-type', 'auto-submitted', 'list-unsubscribe', 'list-unsubscribe-post'],
];

export interface DkimOptions {
  readonly domain: string;
  readonly selector: string;
  /** PEM of an RSA key. */
  readonly privateKey: string;
}

/** Signs mails: RSA-SHA256, relaxed/relaxed, the whole body (RFC 6376, RFC 8301). */
export class DkimSigner {
  private readonly key: KeyObject;

  /** Throws when the key is no RSA key of at least 1024 bits, as no receiver would take its signatures. */
  constructor(private readonly options: DkimOptions) {
    this.key = createPrivateKey(options.privateKey);
    const bits = this.key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (this.key.asymmetricKeyType !== 'rsa' || bits < 1024)
      throw new Error('DKIM needs an RSA key of 1024 bits or more');
  }

  /** The mail with its signature in front. The same mail and date give the same bytes. */
  async sign(mail: string, date: Date): Promise<string> {
    const end = mail.indexOf('\r\n\r\n');
    const headers = mail.slice(0, end).split(/\r\n(?![ \t])/);
    const bodyHash = createHash('sha256')
      .update(relaxedBody(mail.slice(end + 4)))
      .digest('base64');
    const { domain, selector } = this.options;
    const unsigned =
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=${selector};\r\n` +
      ` t=${String(Math.floor(date.getTime() / 1000))}; h=${SIGNED.join(':\r\n  ')};\r\n bh=${bodyHash};\r\n b=`;
    const signed = `${signedHeaders(headers)}${relaxedHeader(unsigned)}`;
    const signature = (await signInPool('sha256', Buffer.from(signed), this.key)).toString('base64');
    return `${unsigned}${signature.replace(/(.{72})(?=.)/g, '$1\r\n ')}\r\n${mail}`;
  }
}

/** The headers in the order of SIGNED; of several with one name the last comes first (RFC 6376 5.4.2). */
function signedHeaders(headers: readonly string[]): string {
  const byName = new Map<string, string[]>();
  for (const header of headers) {
    const name = header.slice(0, header.indexOf(':')).trim().toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), header]);
  }
  return SIGNED.map((name) => {
    const header = byName.get(name)?.pop();
    return header === undefined ? '' : `${relaxedHeader(header)}\r\n`;
  }).join('');
}

/** RFC 6376 3.4.2 */
function relaxedHeader(header: string): string {
  const colon = header.indexOf(':');
  const value = header
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${header.slice(0, colon).trim().toLowerCase()}:${value}`;
}

/** RFC 6376 3.4.4 */
function relaxedBody(body: string): string {
  const relaxed = body
    .replace(/[ \t]+/g, ' ')
    .replace(/ \r\n/g, '\r\n')
    .replace(/(?:\r\n)+$/, '');
  return relaxed === '' ? '' : `${relaxed}\r\n`;
}
