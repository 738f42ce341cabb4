import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Params } from 'nestjs-pino';
import type { LogFn, Logger as PinoLogger } from 'pino';

/** For nestjs-pino's LoggerModule. Requests are logged by `logRequests`; pino-http would log addresses and headers. */
export const loggerParams = (level: string): Params => ({
  forRoutes: [],
  pinoHttp: {
    level,
    autoLogging: false,
    quietReqLogger: true,
    base: null,
    wrapSerializers: false,
    hooks: { logMethod: withoutMessageOfError },
    // The message of an error may hold what someone wrote; its kind and the place in our code are enough.
    serializers: { err: describeError, error: describeError },
  },
});

/** Pino takes the message of an error for that of the line when the line has none; so each line gets one. */
function withoutMessageOfError(this: PinoLogger, args: Parameters<LogFn>, method: LogFn): void {
  const [first] = args as readonly unknown[];
  const error = typeof first === 'object' && first !== null && 'err' in first ? first.err : first;
  if (error instanceof Error && typeof args[1] !== 'string')
    method.apply(this, [{ err: error, ...contextOf(first) }, 'an error']);
  else method.apply(this, args);
}

const contextOf = (first: unknown): object =>
  typeof first === 'object' && first !== null && 'context' in first ? { context: first.context } : {};

const describeError = (error: unknown): unknown =>
  error instanceof Error
    ? {
        type: error.name,
        ...('code' in error &&
          (typeof error.code === 'string' || typeof error.code === 'number') && { code: error.code }),
        at: (error.stack ?? '')
          .split('\n')
          .filter((line) => /^\s+at /.test(line))
          .map((line) => line.trim())
          .slice(0, 8),
      }
    : typeof error === 'string'
      ? error
      : { type: typeof error };

/** One line per answer: method, pattern of the route, status, time. Never who asked, nor the address they asked for. */
export function logRequests(fastify: FastifyInstance): void {
  const logger = new Logger('web');
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    if (!route.startsWith('/health/') && !route.startsWith('/assets/'))
      logger.log({
        msg: 'answered',
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      });
    done();
  });
}
