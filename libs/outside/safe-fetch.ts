import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { connect as connectSecurely } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { done, refuse, type Result } from '../rules/decision.js';
import { isPublicAddress, portOf, readOutsideAddress, type AddressRefusal } from './address-rules.js';

/** How names and addresses outside are reached. Tests put servers of their own behind public names; no setting does. */
@Injectable()
export class Outside {
  /** All addresses of a name. Throws where there are none. */
  async resolve(name: string): Promise<readonly string[]> {
    return (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);
  }

  /** Where a connection to addresses that were found public really goes, and whose certificates count (PEM). */
  target(addresses: readonly string[], port: number): Target {
    return { addresses, port };
  }
}

export interface Target {
  readonly addresses: readonly string[];
  readonly port: number;
  /** Undefined: those that Node trusts. */
  readonly authorities?: readonly string[];
}

export type FetchRefusal =
  | AddressRefusal
  /** No address, or nobody there who answers as a web server does. */
  | 'unreachable'
  /** No certificate for this name that can be trusted. */
  | 'not-trusted'
  /** 401, 403 */
  | 'forbidden'
  /** 404, 410 */
  | 'not-found'
  /** Any other answer that is none, such as 500 or 429 */
  | 'server-trouble'
  | 'too-many-redirects'
  | 'too-large'
  | 'too-slow';

/** What a server said of its answer, to ask next time whether it changed. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type Fetched =
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'content'; readonly bytes: Uint8Array; readonly validators: Validators };

export interface Limits {
  /** Milliseconds for everything: names, redirects, the last byte */
  readonly time: number;
  /** Bytes, as they come and again as they are unpacked */
  readonly size: number;
  readonly redirects: number;
}

/** A calendar of many years has a few hundred kilobytes. */
export const LIMITS: Limits = { time: 10_000, size: 2 * 1_024 * 1_024, redirects: 3 };

/** Headers of a whole answer; Node refuses more. */
const MOST_HEADER_BYTES = 16 * 1_024;
/** Addresses of one name that are tried. */
const MOST_TRIED = 6;

export interface FetchOptions {
  /** What was said the last time */
  readonly known?: Validators;
  readonly limits?: Limits;
  /** Breaks it off, which reads as too slow. */
  readonly until?: AbortSignal;
}

/**
 * Fetches what an address that a person gave leads to, and nothing of a private network: each name is resolved once, every
 * address that it has must be public, and the connection goes to just those, so that a name which changes in between
 * leads nowhere else. Redirects are judged in the same way, and none leads from https to http. Expected failures are
 * values; it never throws and never logs, as addresses of calendars are secrets.
 */
export async function fetchOutside(
  address: string,
  outside: Outside,
  { known = {}, limits = LIMITS, until }: FetchOptions = {},
): Promise<Result<Fetched, FetchRefusal>> {
  const deadline = AbortSignal.any([AbortSignal.timeout(limits.time), ...(until ? [until] : [])]);
  const late = Promise.withResolvers<never>();
  const onLate = (): void => {
    late.reject(new Late());
  };
  deadline.addEventListener('abort', onLate, { once: true });
  try {
    return await Promise.race([follow(address, outside, known, limits, deadline), late.promise]);
  } catch (error) {
    return refuse(reasonOf(error, deadline));
  } finally {
    deadline.removeEventListener('abort', onLate);
  }
}

async function follow(
  address: string,
  outside: Outside,
  known: Validators,
  limits: Limits,
  deadline: AbortSignal,
): Promise<Result<Fetched, FetchRefusal>> {
  let at: URL | undefined;
  let next = address;
  for (let hop = 0; hop <= limits.redirects; hop += 1) {
    const read = readOutsideAddress(next);
    if (!read.ok) return read;
    if (at?.protocol === 'https:' && read.value.protocol !== 'https:') return refuse('refused-address');
    at = read.value;
    const addresses = await publicAddresses(at, outside);
    if (!addresses) return refuse('refused-address');
    const answer = await ask(at, outside.target(addresses, portOf(at)), known, deadline);
    try {
      const { location } = answer.headers;
      if (!isRedirect(answer)) return await outcomeOf(answer, limits);
      if (location === undefined || !URL.canParse(location, at)) return refuse('server-trouble');
      next = new URL(location, at).href;
    } finally {
      answer.destroy();
    }
  }
  return refuse('too-many-redirects');
}

/** The addresses to connect to; undefined when one of them is not public. */
async function publicAddresses({ hostname }: URL, outside: Outside): Promise<readonly string[] | undefined> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(literal) === 0 ? await outside.resolve(hostname) : [literal];
  return addresses.length > 0 && addresses.every(isPublicAddress) ? addresses.slice(0, MOST_TRIED) : undefined;
}

function ask(at: URL, target: Target, known: Validators, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = at.protocol === 'https:' ? httpsRequest : httpRequest;
  const asked = send(at, {
    signal,
    // Without an agent: no connection is shared, and none of a proxy that an environment variable names.
    createConnection: () => connect(at, target),
    maxHeaderSize: MOST_HEADER_BYTES,
    headers: {
      host: at.host,
      accept: 'text/calendar, text/plain;q=0.5, */*;q=0.1',
      'accept-encoding': 'gzip',
      'user-agent': 'come-together',
      connection: 'close',
      ...(known.etag !== undefined && { 'if-none-match': known.etag }),
      ...(known.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
    },
  });
  asked.on('response', resolve).on('error', reject).end();
  return promise;
}

/** To the addresses that were judged, whatever the name says by now; the name is what certificate and server see. */
function connect({ hostname, protocol }: URL, { addresses, port, authorities }: Target): Socket {
  const judged = addresses.map((address) => ({ address, family: isIP(address) }));
  const pinned: LookupFunction = (_name, { all }, answer) => {
    const [first] = judged;
    if (all === true || !first) answer(null, judged);
    else answer(null, first.address, first.family);
  };
  const literal = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  const to = { host: literal ? (addresses[0] ?? '') : hostname, port, lookup: pinned };
  if (protocol === 'http:') return connectPlain(to);
  return connectSecurely({
    ...to,
    ...(!literal && { servername: hostname }),
    ...(authorities && { ca: [...authorities] }),
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
}

const isRedirect = ({ statusCode = 0 }: IncomingMessage): boolean => [301, 302, 303, 307, 308].includes(statusCode);

async function outcomeOf(answer: IncomingMessage, { size }: Limits): Promise<Result<Fetched, FetchRefusal>> {
  const { statusCode = 0, headers } = answer;
  if (statusCode === 304) return done({ kind: 'not-modified' });
  if (statusCode === 401 || statusCode === 403) return refuse('forbidden');
  if (statusCode === 404 || statusCode === 410) return refuse('not-found');
  if (statusCode !== 200) return refuse('server-trouble');
  if (Number(headers['content-length'] ?? 0) > size) return refuse('too-large');
  const bytes = await unpacked(answer, headers['content-encoding'] ?? '', size);
  return bytes.ok ? done({ kind: 'content', bytes: bytes.value, validators: validatorsOf(headers) }) : bytes;
}

/** Reads to the end or to the limit, whichever comes first; what is packed is counted before and after. */
async function unpacked(
  answer: IncomingMessage,
  encoding: string,
  size: number,
): Promise<Result<Uint8Array, 'server-trouble'>> {
  const unpack = unpackerOf(encoding.trim().toLowerCase());
  if (unpack === undefined) return refuse('server-trouble');
  const parts: Buffer[] = [];
  const content =
    unpack === 'as it is'
      ? answer
      : // Its outcome shows in what comes out: an error ends the loop below.
        pipeline(
          answer,
          (packed: AsyncIterable<Buffer>) => atMost(size, packed),
          unpack,
          () => undefined,
        );
  for await (const part of atMost(size, content)) parts.push(part);
  return done(Buffer.concat(parts));
}

async function* atMost(size: number, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const part of content) {
    total += part.length;
    if (total > size) throw new TooLarge();
    yield part;
  }
}

function unpackerOf(encoding: string) {
  if (encoding === '' || encoding === 'identity') return 'as it is';
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : undefined;
}

/** Only what can be said again in a header, and not more than a tag needs. */
function validatorsOf({ etag, 'last-modified': lastModified }: IncomingMessage['headers']): Validators {
  return {
    ...(etag !== undefined && SHORT.test(etag) && { etag }),
    ...(lastModified !== undefined && SHORT.test(lastModified) && { lastModified }),
  };
}

const SHORT = /^[\x20-\x7e]{1,200}$/;

class Late extends Error {}
class TooLarge extends Error {}

function reasonOf(error: unknown, deadline: AbortSignal): FetchRefusal {
  if (error instanceof TooLarge) return 'too-large';
  if (deadline.aborted) return 'too-slow';
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (/CERT|^ERR_TLS|UNABLE_TO_|SELF_SIGNED|^ERR_SSL|^EPROTO$/.test(code)) return 'not-trusted';
  // What is packed wrongly, or is no answer of a web server.
  return /^(Z_|HPE_|ERR_BROTLI|ERR_STREAM_PREMATURE)/.test(code) ? 'server-trouble' : 'unreachable';
}
