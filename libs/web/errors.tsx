import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { renderPage, sendPage } from './answers.js';
import { Actions, ButtonLink } from './components.js';
import type { Message, TextKey } from './i18n.js';
import { Page } from './page.js';
import { PageProblem, type WayOn } from './problem.js';
import type { Reader } from './reader.js';
import type { KnownRoutes } from './known-routes.js';

/** Statuses that have sentences of their own; others read like 400 or 500. */
const TOLD = ['400', '401', '403', '404', '405', '409', '410', '413', '429', '500', '503'] as const;
type Told = (typeof TOLD)[number];

const told = (status: number): Told => TOLD.find((known) => known === String(status)) ?? (status < 500 ? '400' : '500');

const textsFor = (status: number): { title: TextKey; text: TextKey } => ({
  title: `web.problem.${told(status)}.title`,
  text: `web.problem.${told(status)}.text`,
});

interface ProblemPageProps {
  readonly reader: Reader;
  readonly title: string;
  readonly text: string;
  readonly wayOn: WayOn;
}

/** Where to go from here: whoever is not signed in can be, and whoever is goes on from the console's first page. */
function usualWayOn(status: number, path: string): WayOn {
  if (status === 401) return { path: '/sign-in', label: 'web.problem.sign-in' };
  const isConsole = path.startsWith('/console/') && status !== 403;
  return isConsole ? { path: '/console', label: 'web.problem.console' } : { path: '/', label: 'web.problem.home' };
}

const ProblemPage = ({ reader, title, text, wayOn }: ProblemPageProps): VNode => (
  <Page reader={reader} title={title} noIndex>
    <h1>{title}</h1>
    <p class="lead">{text}</p>
    <Actions>
      <ButtonLink href={reader.href(wayOn.path)}>{reader.t(wayOn.label)}</ButtonLink>
      {wayOn.path !== '/' && (
        <ButtonLink href={reader.href('/')} kind="secondary">
          {reader.t('web.problem.home')}
        </ButtonLink>
      )}
    </Actions>
  </Page>
);

/** The page of a status by itself, where nothing is known of who asked and for what. */
export const problemPage = (reader: Reader, status: number): string => {
  const { title, text } = textsFor(status);
  return renderPage(
    <ProblemPage {...{ reader, title: reader.t(title), text: reader.t(text), wayOn: usualWayOn(status, '/') }} />,
  );
};

/** Answers every failure: a page in the reader's language, or problem+json (RFC 9457) under /api. */
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('web');

  constructor(private readonly routes: KnownRoutes) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** For Fastify too, which answers addresses it cannot read before anything else sees them. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply, reader = request.reader): void {
    if (reply.sent) return;
    const problem = this.problemOf(error, request);
    const status = problem.statusCode;
    if (status >= 500) this.log(error, request, status);
    reply.headers(problem.headers);
    const title = say(reader, problem.title ?? { key: textsFor(status).title });
    const text = say(reader, problem.text ?? { key: textsFor(status).text });
    if (isApi(request)) {
      const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Problem', status, detail: text };
      void reply.status(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
      return;
    }
    void reply.send(
      sendPage(
        reader,
        reply,
        status,
        <ProblemPage {...{ reader, title, text, wayOn: problem.wayOn ?? usualWayOn(status, reader.path) }} />,
      ),
    );
  }

  private problemOf(error: unknown, request: FastifyRequest): PageProblem {
    if (error instanceof PageProblem) return error;
    if (request.is404 && statusOf(error) === 404) return this.unknownPath(request);
    if (isStoreAway(error)) return new PageProblem(503, { headers: { 'retry-after': '30' } });
    return new PageProblem(statusOf(error));
  }

  private unknownPath(request: FastifyRequest): PageProblem {
    const allowed = this.routes.methodsOf(request.url);
    return allowed.length === 0
      ? new PageProblem(404)
      : new PageProblem(405, { headers: { allow: allowed.join(', ') } });
  }

  /** The message of an error may hold an address or what someone wrote; where it happened does not. */
  private log(error: unknown, request: FastifyRequest, status: number): void {
    this.logger.error({
      msg: 'request failed',
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status,
      error: error instanceof Error ? error.name : typeof error,
      at: error instanceof Error ? framesOf(error) : [],
    });
  }
}

const say = (reader: Reader, { key, values }: Message): string => reader.t(key, values);

const isApi = (request: FastifyRequest): boolean => /^\/api(\/|\?|$)/.test(request.url);

const statusOf = (error: unknown): number => {
  if (error instanceof HttpException) return error.getStatus();
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : Number.NaN;
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500;
};

/** The driver's errors for a database that cannot be reached or does not answer in time. */
const isStoreAway = (error: unknown): boolean =>
  error instanceof Error &&
  /^(Mongo(Server|Mongoose)?|Mongoose)?(ServerSelection|Network|NetworkTimeout|TopologyClosed|NotConnected|OperationTimeout|WaitQueueTimeout|PoolCleared|PoolClosed|PoolClearedOnNetwork)Error$/.test(
    error.name,
  );

const framesOf = (error: Error): readonly string[] =>
  (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 8);
