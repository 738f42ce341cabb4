import { promisify } from 'node:util';
import { constants, gzip as gzipInCallback } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isConsole } from './secure.js';

const gzip = promisify(gzipInCallback);

/** Below this many bytes the headers are what weighs. */
const WORTH_IT = 1_000;
const TEXT = /^(text\/(html|calendar)|application\/((problem\+)?json|atom\+xml))\b/;

/**
 * Pages travel compressed, as most are read on slow phones. Those that hold a secret beside what others may have put into
 * their address do not, since the length of a compressed page would tell of it (BREACH, CVE-2013-3587).
 */
export function compressPages(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
    if (payload.length < WORTH_IT || !isCompressible(request, reply)) return payload;
    varyByEncoding(reply);
    if (!takesGzip(request.headers['accept-encoding'])) return payload;
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    const tag = reply.getHeader('etag');
    if (typeof tag === 'string') reply.header('etag', tagOfGzip(tag));
    return gzip(payload, { level: constants.Z_DEFAULT_COMPRESSION });
  });
}

const isCompressible = ({ routeOptions: { url = '', config } }: FastifyRequest, reply: FastifyReply): boolean =>
  TEXT.test(String(reply.getHeader('content-type'))) &&
  !reply.hasHeader('content-encoding') &&
  config.tokenPage !== true &&
  !isConsole(url);

/** Other bytes have another strong tag (RFC 9110 8.8.3.3). */
export const tagOfGzip = (tag: string): string => tag.replace(/"$/, '-gzip"');

export function varyByEncoding(reply: FastifyReply): void {
  const already = [reply.getHeader('vary') ?? []].flat().join(', ');
  if (!already.includes('Accept-Encoding'))
    reply.header('vary', already === '' ? 'Accept-Encoding' : `${already}, Accept-Encoding`);
}

/** RFC 9110 12.5.3, for the one coding that everything understands. */
export const takesGzip = (header: string | undefined): boolean =>
  /(^|,)\s*(gzip|x-gzip|\*)\s*(;\s*q=(?!0(\.0{0,3})?\s*(,|$))[\d.]+\s*)?(?=,|$)/i.test(header ?? '');
