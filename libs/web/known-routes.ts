import type { FastifyInstance } from 'fastify';

/** Remembers the routes, to tell an unknown path (404) from a known one asked with another method (405, RFC 9110 15.5.6). */
export class KnownRoutes {
  private readonly routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  /** Must be called before the first route is added. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      for (const one of [method].flat()) this.add(url, one);
    });
  }

  add(url: string, method: string): void {
    const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    this.routes.set(url, route);
    route.methods.add(method);
  }

  /** The methods with which the path of this address is known; none when it is not. */
  methodsOf(address: string): readonly string[] {
    const path = address.replace(/[?#].*$/s, '').replace(/(?<=.)\/$/, '');
    const found = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }
}

const patternOf = (url: string): RegExp => {
  const source = url
    .replace(/(?<=.)\/$/, '')
    .split(/(:\w+|\*)/)
    .map((part) => (part.startsWith(':') ? '[^/]+?' : part === '*' ? '.*' : RegExp.escape(part)))
    .join('');
  return new RegExp(`^${source}$`);
};
