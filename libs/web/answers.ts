import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isValidElement, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { map, type Observable } from 'rxjs';
import type { Reader } from './reader.js';

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

/** What needlessly ends an empty element: a full page has hundreds. Quotation marks within values are escaped. */
const NEEDLESS = /(?<!=)"\/>/g;

export const renderPage = (page: VNode): string => `<!doctype html>${renderToString(page).replace(NEEDLESS, '">')}`;

/** Sets the head of the answer and gives its body. */
export function sendPage(reader: Reader, reply: FastifyReply, status: number, page: VNode): string {
  reply.status(status).type('text/html; charset=utf-8').header('content-language', reader.language);
  if (!reader.fixed) reply.header('vary', 'Accept-Language');
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', status < 400 ? 'no-cache' : 'no-store');
  return renderPage(page);
}

/** Turns what controllers return into HTML; anything that is not an Answer (JSON, files) passes untouched. */
export class PageInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((answer: unknown) => this.send(answer, context)));
  }

  private send(answer: unknown, context: ExecutionContext): unknown {
    if (isPage(answer)) return this.page(200, answer, context);
    if (answer instanceof PageWithStatus) return this.page(answer.status, answer.page, context);
    if (!(answer instanceof SeeOther)) return answer;
    context.switchToHttp().getResponse<FastifyReply>().status(303).header('location', answer.path);
    return '';
  }

  private page(status: number, page: VNode, context: ExecutionContext): string {
    const http = context.switchToHttp();
    return sendPage(http.getRequest<FastifyRequest>().reader, http.getResponse<FastifyReply>(), status, page);
  }
}
