import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { PageProblem } from '../../libs/web/problem.js';
import { DevMailService } from './dev-mail.service.js';

/**
 * Mails hold links that act for others: only this machine may look, not through a proxy that runs on it, and not under
 * a foreign name that was made to point here.
 */
@Injectable()
export class DevMailGuard implements CanActivate {
  constructor(private readonly mails: DevMailService) {}

  canActivate(context: ExecutionContext): boolean {
    const { raw } = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.mails.isThere && isFromHere(raw.socket.remoteAddress ?? '', raw.headers)) return true;
    throw new PageProblem(404);
  }
}

export function isFromHere(address: string, headers: Readonly<Record<string, unknown>>): boolean {
  const proxied = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined);
  const host = typeof headers['host'] === 'string' ? headers['host'] : '';
  return /^(::1$|(::ffff:)?127\.)/.test(address) && !proxied && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
}
