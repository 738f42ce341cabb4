import type { Message, TextKey } from './i18n.js';

/** Where somebody goes from here: a path of ours, without language, and what the button says. */
export interface WayOn {
  readonly path: string;
  readonly label: TextKey;
}

/**
 * Ends a request with a page that says what is the matter, in the reader's language. For what a form can show beside its
 * fields, answer with the form instead.
 */
export class PageProblem extends Error {
  readonly title: Message | undefined;
  readonly text: Message | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly wayOn: WayOn | undefined;

  constructor(
    readonly statusCode: number,
    {
      title,
      text,
      headers = {},
      wayOn,
    }: {
      readonly title?: Message;
      readonly text?: Message;
      readonly headers?: Readonly<Record<string, string>>;
      readonly wayOn?: WayOn;
    } = {},
  ) {
    super(`Page problem ${String(statusCode)}`);
    this.title = title;
    this.text = text;
    this.headers = headers;
    this.wayOn = wayOn;
  }
}

/** For a link that is unknown, mangled, foreign, expired or of another purpose: which of these is nobody's business. */
export const brokenLink = (wayOn: WayOn = { path: '/me', label: 'web.problem.link.ask' }): PageProblem =>
  new PageProblem(404, { title: { key: 'web.problem.link.title' }, text: { key: 'web.problem.link.text' }, wayOn });

/** For a page that the signed-in person's role does not include. */
export const notYourRole = (): PageProblem =>
  new PageProblem(403, { title: { key: 'web.problem.role.title' }, text: { key: 'web.problem.role.text' } });
