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
  /** Undefined where packing makes it no smaller. */
  readonly zipped: Buffer | undefined;
}

/** The stylesheet, the icon, the one script, and the picture that stands for a page where its address is shared. Their addresses hold a hash of their content, so browsers may keep them for ever. */
export class Assets {
  private readonly all: readonly Asset[];
  readonly style: string;
  readonly icon: string;
  readonly live: string;
  /** Absolute: whoever shows a shared address takes the picture from there. 1200 by 630 pixels. */
  readonly card: string;

  constructor(folder: string, publicUrl: string) {
    const style = asset(folder, 'style', 'css', 'text/css; charset=utf-8');
    const icon = asset(folder, 'icon', 'svg', 'image/svg+xml');
    const live = asset(folder, 'live', 'js', 'text/javascript; charset=utf-8');
    const card = asset(folder, 'card', 'png', 'image/png');
    this.all = [style, icon, live, card, { ...icon, path: '/favicon.ico' }];
    this.style = style.path;
    this.icon = icon.path;
    this.live = live.path;
    this.card = publicUrl + card.path;
  }

  serve(fastify: FastifyInstance): void {
    for (const { path, type, content, zipped } of this.all) {
      const lifetime = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=86400';
      fastify.get(path, (request, reply) => {
        reply.type(type).headers({ 'cache-control': lifetime, vary: 'Accept-Encoding' });
        if (zipped === undefined || !takesGzip(request.headers['accept-encoding'])) return reply.send(content);
        return reply.header('content-encoding', 'gzip').send(zipped);
      });
    }
  }
}

function asset(folder: string, name: string, ending: string, type: string): Asset {
  const content = readFileSync(join(folder, `${name}.${ending}`));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const zipped = ending === 'png' ? undefined : gzipSync(content, { level: 9 });
  return { path: `/assets/${name}.${hash}.${ending}`, type, content, zipped };
}
