import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { isValidElement, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { map, type Observable } from 'rxjs';

/** A page with a status other than 200. */
export class PageWithStatus {
  constructor(
    readonly status: number,
    readonly page: VNode,
  ) {}
}

/** Sends the browser on with a GET (303), so that reloading does not repeat a POST. */
export class SeeOther {
  constructor(readonly path: string) {
    if (!/^\/(?![/\\])[^\s\\]*$/.test(path)) throw new Error('Only paths of this site can be redirected to');
  }
}

/** What a page's controller may return. */
export type Answer = VNode | PageWithStatus | SeeOther;

/** Preact itself takes any object without a prototype for an element. */
const isPage = (answer: unknown): answer is VNode =>
  typeof answer === 'object' && answer !== null && 'props' in answer && isValidElement(answer);

export const withStatus = (status: number, page: VNode): PageWithStatus => new PageWithStatus(status, page);

/** `path` as `reader.href` gives it. */
export const seeOther = (path: string): SeeOther => new SeeOther(path);

export const renderPage = (page: VNode): string => `<!doctype html>${renderToString(page)}`;

export function sendPage(reply: FastifyReply, status: number, page: VNode): string {
  reply.status(status).type('text/html; charset=utf-8');
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', status < 400 ? 'no-cache' : 'no-store');
  return renderPage(page);
}

/** Turns what controllers return into HTML; anything that is not an Answer (JSON, files) passes untouched. */
export class PageInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((answer: unknown) => this.send(answer, context)));
  }

  private send(answer: unknown, context: ExecutionContext): unknown {
    const reply = (): FastifyReply => context.switchToHttp().getResponse<FastifyReply>();
    if (isPage(answer)) return sendPage(reply(), 200, answer);
    if (answer instanceof PageWithStatus) return sendPage(reply(), answer.status, answer.page);
    if (answer instanceof SeeOther) {
      reply().status(303).header('location', answer.path);
      return '';
    }
    return answer;
  }
}
