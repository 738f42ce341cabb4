import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PageProblem } from './problem.js';
import { routeConfig } from './route-config.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The address holds a token: nothing may remember or pass it on. */
    tokenPage?: true;
    /** Names of the query that may hold one. */
    tokenQuery?: readonly string[];
    /** A page that the one script of ours keeps up to date. */
    livePage?: true;
  }
}

/** For controllers whose address holds a token. */
export const TokenPage = (): ClassDecorator & MethodDecorator => routeConfig({ tokenPage: true });

/** For pages that anybody may open, and that somebody opens with a token under one of these names. */
export const TokenQuery = (...names: readonly string[]): ClassDecorator & MethodDecorator =>
  routeConfig({ tokenQuery: names });

/** For pages with a live part: only these may run a script, and only ours. */
export const LivePage = (): ClassDecorator & MethodDecorator => routeConfig({ livePage: true });

export interface Safety {
  /** Where people reach this site, such as `https://meet.example`. */
  readonly publicUrl: string;
  /** Further origins whose forms are ours: on one machine, its other names. */
  readonly otherOrigins: readonly string[];
}

/** The names under which a browser on the same machine may know this site. */
export const localOrigins = (port: number): readonly string[] =>
  ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${String(port)}`);

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join(';');

const OF_LIVE_PAGES = ";script-src 'self';connect-src 'self'";

/** What every answer says, whoever gives it: nothing may frame, sniff, script or, once known by https, listen in on it. */
const safetyHeaders = (publicUrl: string): Readonly<Record<string, string>> => ({
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'same-origin',
  ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
});

/** The same for requests that cannot be read. These are answered before any hook runs; their addresses may hold a token. */
export const headersOfUnreadable = (publicUrl: string): Readonly<Record<string, string>> => ({
  ...safetyHeaders(publicUrl),
  'referrer-policy': 'no-referrer',
});

/** Headers that keep pages from being framed, sniffed, scripted or remembered, and the guard of posted forms. */
export function secure(fastify: FastifyInstance, { publicUrl, otherOrigins }: Safety): void {
  const headers = safetyHeaders(publicUrl);
  const ours = new Set([publicUrl, ...otherOrigins]);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers);
    const route = request.routeOptions.url ?? '';
    if (hasToken(request))
      reply.headers({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
    if (isConsole(route)) reply.header('cache-control', 'no-store');
    if (request.routeOptions.config.livePage === true)
      reply.header('content-security-policy', `${POLICY}${OF_LIVE_PAGES}`);
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') throw new PageProblem(400);
    if (changesSomething(request) && !isOurForm(originOf(request), ours, isConsole(route))) throw new PageProblem(403);
    done();
  });
}

function hasToken({ routeOptions, query }: FastifyRequest): boolean {
  const { tokenPage, tokenQuery = [] } = routeOptions.config;
  return tokenPage === true || tokenQuery.some((name) => Object.hasOwn(query as object, name));
}

const changesSomething = ({ method }: FastifyRequest): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** By the route, not the address: `/%63onsole` is the console too. */
export const isConsole = (route: string): boolean => route === '/console' || route.startsWith('/console/');

interface FormOrigin {
  readonly origin: string | undefined;
  readonly site: string | undefined;
}

const originOf = ({ headers }: FastifyRequest): FormOrigin => ({
  origin: headers.origin,
  site: headers['sec-fetch-site'],
});

/**
 * Whether a form was sent from a page of ours, by Origin (RFC 6454) and Sec-Fetch-Site (W3C Fetch Metadata). Mail providers
 * that unsubscribe with one click (RFC 8058), and old browsers, send neither; that is allowed except in the console.
 */
export function isOurForm({ origin, site }: FormOrigin, ours: ReadonlySet<string>, inConsole: boolean): boolean {
  if (origin === undefined && site === undefined) return !inConsole;
  // A page without referrer sends `null`; the browser then still says that it was ours.
  if (origin === 'null') return site === 'same-origin';
  if (origin !== undefined && !ours.has(origin)) return false;
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  return site === 'same-site' && origin !== undefined;
}
