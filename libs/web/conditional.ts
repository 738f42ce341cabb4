import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tagOfGzip, varyByEncoding } from './compress.js';

/** What an address holds now. */
export interface Content {
  readonly body: string;
  /** When it last changed, where that is known of all of it. */
  readonly modified?: Date;
}

/**
 * Gives the body, or nothing and 304 to whoever has it already (RFC 9110 13). The tag is strong: it is of the content, and
 * its compressed form has one of its own.
 */
export function unlessKnown(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, modified }: Content,
  now: Date,
): string {
  const tag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  // Never later than the answer itself (RFC 9110 8.8.2.1).
  const shown = modified && (modified > now ? now : modified);
  if (shown) reply.header('last-modified', shown.toUTCString());
  varyByEncoding(reply);
  const known = knownAs(request.headers, [tag, tagOfGzip(tag)], shown);
  reply.header('etag', known ?? tag);
  if (known === undefined) return body;
  reply.status(304);
  return '';
}

/** The tag of what the client has, if it is still the same. A date is asked only where there are no tags (13.2.2). */
export function knownAs(
  headers: Pick<IncomingHttpHeaders, 'if-none-match' | 'if-modified-since'>,
  tags: readonly [string, ...string[]],
  modified: Date | undefined,
): string | undefined {
  const asked = headers['if-none-match'];
  if (asked !== undefined) {
    if (asked.trim() === '*') return tags[0];
    const had = new Set(asked.match(/"[^"]*"/g));
    return tags.find((tag) => had.has(tag));
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  // Dates of HTTP have no parts of seconds.
  return modified && Math.floor(modified.getTime() / 1000) * 1000 <= since ? tags[0] : undefined;
}
