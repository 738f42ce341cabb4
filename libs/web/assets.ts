import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { takesGzip } from './compress.js';

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
  readonly zipped: Buffer;
}

/** The stylesheet, the icon and the one script. Their addresses hold a hash of their content, so browsers may keep them for ever. */
export class Assets {
  private readonly all: readonly Asset[];
  readonly style: string;
  readonly icon: string;
  readonly live: string;

  constructor(folder: string) {
    const style = asset(folder, 'style', 'css', 'text/css; charset=utf-8');
    const icon = asset(folder, 'icon', 'svg', 'image/svg+xml');
    const live = asset(folder, 'live', 'js', 'text/javascript; charset=utf-8');
    this.all = [style, icon, live, { ...icon, path: '/favicon.ico' }];
    this.style = style.path;
    this.icon = icon.path;
    this.live = live.path;
  }

  serve(fastify: FastifyInstance): void {
    for (const { path, type, content, zipped } of this.all) {
      const lifetime = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=86400';
      fastify.get(path, (request, reply) => {
        reply.type(type).headers({ 'cache-control': lifetime, vary: 'Accept-Encoding' });
        if (!takesGzip(request.headers['accept-encoding'])) return reply.send(content);
        return reply.header('content-encoding', 'gzip').send(zipped);
      });
    }
  }
}

function asset(folder: string, name: string, ending: string, type: string): Asset {
  const content = readFileSync(join(folder, `${name}.${ending}`));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { path: `/assets/${name}.${hash}.${ending}`, type, content, zipped: gzipSync(content, { level: 9 }) };
}
