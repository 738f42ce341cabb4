import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { closeTo } from '../../libs/web/page.js';
import { notYourRole, PageProblem } from '../../libs/web/problem.js';
import { may, type Right, type Role } from './person.js';
import { SignInService, type SignedIn } from './sign-in.service.js';

export type { Role, SignedIn };

/** Pages of the console that not every role may open. */
const NEEDED: readonly (readonly [path: string, right: Right])[] = [
  ['/console/answers', 'read-answers'],
  ['/console/replies', 'read-replies'],
  ['/console/people', 'see-people'],
  ['/console/outbox', 'see-outbox'],
];

const ROLES_KEY = 'roles';
const signedInBy = new WeakMap<object, SignedIn>();

/** Which roles may use a controller or method; without it, everyone who is signed in may. */
export const Roles = (...roles: readonly Role[]): ClassDecorator & MethodDecorator => SetMetadata(ROLES_KEY, roles);

/** Hands a controller behind the ConsoleGuard whoever is signed in. */
export const CurrentPerson = createParamDecorator((_: unknown, context: ExecutionContext): SignedIn => {
  const person = signedInBy.get(context.switchToHttp().getRequest<FastifyRequest>().raw);
  if (!person) throw new Error('this controller is not behind the ConsoleGuard');
  return person;
});

/** Lets people with a role in: session, term and role at every request, and for what changes something the page it came from. */
@Injectable()
export class ConsoleGuard implements CanActivate {
  constructor(
    private readonly signIns: SignInService,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { cookie } = request.headers;
    const person = await this.signIns.signedIn(cookie);
    if (!person) throw new PageProblem(401);
    const roles = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES_KEY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (roles && !roles.includes(person.role)) throw notYourRole();
    if (!['GET', 'HEAD'].includes(request.method) && !this.signIns.isOwnForm(cookie, csrfIn(request.body)))
      throw new PageProblem(403);
    signedInBy.set(request.raw, person);
    closeTo(
      request.reader,
      NEEDED.flatMap(([path, right]) => (may(person.role, right) ? [] : [path])),
    );
    return true;
  }
}

const csrfIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'csrf' in body ? body.csrf : undefined;
