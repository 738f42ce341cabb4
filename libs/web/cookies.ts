/** Cookies of a request (RFC 6265 4.2): the first of each name; what is not of that form is left out. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = split(pair);
    if (key === name) return value;
  }
  return undefined;
}

function split(pair: string): readonly [string, string?] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair.trim()] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

/** The one cookie there is: it keeps people with a role signed in. */
export class SessionCookie {
  readonly name: string;
  private readonly attributes: string;

  /** Over https the `__Host-` prefix binds it to this very host (RFC 6265bis 4.1.3.2). */
  constructor(publicUrl: string) {
    const https = publicUrl.startsWith('https:');
    this.name = https ? '__Host-session' : 'session';
    // Lax, not Strict: the link that leads to the console comes from a mail, and is then redirected.
    this.attributes = `; Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`;
  }

  /** The session's id in a request's Cookie header. */
  read(header: string | undefined): string | undefined {
    const value = readCookie(header, this.name);
    return value === undefined || !/^[\w-]{16,128}$/.test(value) ? undefined : value;
  }

  /** The Set-Cookie header that keeps `session` for so many seconds. */
  write(session: string, maxAgeSeconds: number): string {
    return `${this.name}=${session}; Max-Age=${String(Math.floor(maxAgeSeconds))}${this.attributes}`;
  }

  /** The Set-Cookie header that ends it. */
  clear(): string {
    return `${this.name}=; Max-Age=0${this.attributes}`;
  }
}
