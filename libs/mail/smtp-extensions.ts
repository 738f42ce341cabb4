/** What a server says it can do (RFC 5321 4.1.1.1), as far as it matters here. */
export interface SmtpExtensions {
  /** Commands may be sent in one go (RFC 2920). */
  readonly pipelining: boolean;
  /** Addresses in letters beyond ASCII (RFC 6531). */
  readonly utf8: boolean;
  /** It likes to know a mail's size before (RFC 1870). */
  readonly size: boolean;
  /** Octets of the largest mail that it takes. */
  readonly mostOctets: number;
}

/** @param reply the answer to EHLO with all its lines; anything else names no extension */
export function readExtensions(reply: string): SmtpExtensions {
  const lines = /^250/.test(reply) ? reply.split(/\r?\n/).slice(1) : [];
  const words = new Map(
    lines.map((line) => {
      const [name = '', value] = line.slice(4).trim().split(/\s+/);
      return [name.toUpperCase(), value];
    }),
  );
  // SIZE 0 and SIZE alone: as large as one likes.
  const most = Number(words.get('SIZE') ?? 0);
  return {
    pipelining: words.has('PIPELINING'),
    utf8: words.has('SMTPUTF8'),
    size: words.has('SIZE'),
    mostOctets: most > 0 ? most : Infinity,
  };
}
