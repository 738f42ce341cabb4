import type { IncomingMessage } from 'node:http';
import type { DynamicModule, Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MINUTE } from '../time/clock.js';
import { PageInterceptor } from './answers.js';
import { Assets } from './assets.js';
import { compressPages } from './compress.js';
import { problemPage, ProblemFilter } from './errors.js';
import type { Catalogue } from './i18n.js';
import { KnownRoutes } from './known-routes.js';
import { logRequests } from './logging.js';
import { limitRates, RateLimiter } from './rate-limit.js';
import { Readers } from './reader.js';
import { headersOfUnreadable, type Safety, secure } from './secure.js';
import { answerUnreadable } from './unreadable.js';

export interface WebOptions extends Safety {
  readonly catalogue: Catalogue;
  /** The folder of style.css and what stands beside it. */
  readonly assets: string;
  /** Proxies whose X-Forwarded-For counts: a number of hops, or addresses and ranges separated by commas. */
  readonly trustProxy?: string | undefined;
}

/** What a form may weigh: ten long answers and more. */
const BODY_LIMIT = 64 * 1024;
const LONGEST_TOKEN = 512;
/** Milliseconds for a whole form to arrive, on the slowest of lines; Fastify would wait for ever. */
const REQUEST_TIME = 2 * MINUTE;

/**
 * Makes the web process from its module, which must provide a RateLimiter and should import nestjs-pino's LoggerModule
 * with `loggerParams`. Call `listen` on what comes back.
 */
export async function createWebApp(module: Type | DynamicModule, options: WebOptions): Promise<NestFastifyApplication> {
  const assets = new Assets(options.assets, options.publicUrl);
  const readers = new Readers(options.catalogue, assets);
  const routes = new KnownRoutes();
  const problems = new ProblemFilter(routes);
  const unreadable = headersOfUnreadable(options.publicUrl);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIME,
    // Node would answer by itself, without a page or any of our headers.
    http: { requireHostHeader: false },
    trustProxy: proxies(options.trustProxy),
    rewriteUrl: (request: IncomingMessage) => readers.rewriteUrl(request),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_TOKEN },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      reply.headers(unreadable);
      problems.answer(error, request, reply, readers.of(request));
    },
    clientErrorHandler: (error, socket) => {
      answerUnreadable(error, socket, unreadable, (status) => problemPage(readers.unknown(), status));
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bufferLogs: true,
  });
  const fastify = app.getHttpAdapter().getInstance();
  routes.watch(fastify);
  fastify.decorateRequest('reader', { getter: readers.getter() });
  logRequests(fastify);
  secure(fastify, options);
  // Mail programs may unsubscribe with it (RFC 8058 3.1). None of our forms is sent so: nothing in it is read.
  fastify.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, _body, done) => {
    done(null, {});
  });
  limitRates(fastify, app.get(RateLimiter, { strict: false }));
  compressPages(fastify);
  assets.serve(fastify);
  // A form is read all the same when something is expected that we do not know (RFC 9110 10.1.1).
  fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response));
  app.useGlobalInterceptors(new PageInterceptor());
  app.useGlobalFilters(problems);
  app.enableShutdownHooks();
  return app;
}

function proxies(setting: string | undefined): boolean | string | ((address: string, hop: number) => boolean) {
  if (setting === undefined || setting === 'false') return false;
  if (setting === 'true') return true;
  return /^\d+$/.test(setting) ? (_, hop) => hop < Number(setting) : setting;
}
