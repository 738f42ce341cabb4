import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { type Element, find, type Form, formsOf, type Link, linksOf, parseHtml, textOf } from './page.js';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What came back, whatever it is. */
export class Answer {
  private parsed: Element | undefined;

  constructor(
    readonly url: URL,
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    readonly bytes: Buffer,
  ) {}

  get body(): string {
    return this.bytes.toString('utf8');
  }

  /** `failed` is never right. */
  get kind(): 'answered' | 'sent on' | 'refused' | 'failed' {
    if (this.status >= 500) return 'failed';
    if (this.status >= 400) return 'refused';
    return this.status >= 300 ? 'sent on' : 'answered';
  }

  json(): unknown {
    return JSON.parse(this.body);
  }

  get root(): Element {
    return (this.parsed ??= parseHtml(this.body));
  }

  /** The part of a page that is its own, without the navigation around it. */
  get main(): Element {
    return find(this.root, 'main') ?? this.root;
  }

  get text(): string {
    return textOf(this.main);
  }

  get heading(): string {
    const heading = find(this.root, 'h1');
    return heading ? textOf(heading) : '';
  }

  get language(): string {
    return find(this.root, 'html')?.attributes['lang'] ?? '';
  }

  get links(): readonly Link[] {
    return linksOf(this.root);
  }

  get forms(): readonly Form[] {
    return formsOf(this.main);
  }

  /** The only form of the page, or the only one whose action fits. Throws when there is none, or a choice. */
  form(action?: RegExp): Form {
    const fitting = this.forms.filter((form) => action === undefined || action.test(this.targetOf(form)));
    const [form] = fitting;
    if (form && fitting.length === 1) return form;
    const there = this.forms.map((each) => this.targetOf(each)).join(', ');
    throw new Error(
      `${String(fitting.length)} forms fit ${String(action)} on ${this.seen}; there are: ${there || 'none'}`,
    );
  }

  /** The form that has a field of this name. */
  formWith(field: string): Form {
    const form = this.forms.find(({ controls }) => controls.has(field));
    if (form) return form;
    throw new Error(`no form with ${field} on ${this.seen}`);
  }

  targetOf(form: Form): string {
    return new URL(form.action ?? '', this.url).pathname;
  }

  /** Status, path and heading, for messages. The token of a path is left out. */
  get seen(): string {
    const heading = (this.headers['content-type'] ?? '').includes('html') ? this.heading : '';
    return `${String(this.status)} ${this.url.pathname.replace(/[\w-]{32,}/, '…')} “${heading}”`;
  }
}

export type Filled = Readonly<Record<string, string | readonly string[]>>;

export interface Press {
  /** Which form, by its action or itself; needed where a page has several. */
  readonly form?: RegExp | Form;
  /** Which button, by name and value, or by where it leads; needed where a form has several. */
  readonly button?: { readonly name?: string; readonly value?: string; readonly action?: RegExp };
}

const agent = new Agent({ keepAlive: true });
const MOST_REDIRECTS = 5;

/**
 * Someone with a browser in which JavaScript is off. Follows links and redirects, fills in only what a page offers, keeps
 * hidden fields, and sends what a browser sends along: Accept-Language, Origin, Sec-Fetch-Site, and cookies if it was given any.
 */
export class Visitor {
  private readonly cookies = new Map<string, string>();
  private current: Answer | undefined;

  constructor(
    readonly address: string,
    readonly language = 'en',
  ) {}

  get page(): Answer {
    if (!this.current) throw new Error('no page was opened yet');
    return this.current;
  }

  get hasCookies(): boolean {
    return this.cookies.size > 0;
  }

  /** The session as another browser would send it. */
  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Types an address, or follows a link from a mail. */
  open(path: string): Promise<Answer> {
    return this.browse(path, { headers: { 'sec-fetch-site': 'none' } });
  }

  /** Follows a link of the present page, by its text or by where it leads. */
  follow(link: string | RegExp): Promise<Answer> {
    const { page } = this;
    const found = page.links.find(({ text, href }) => (typeof link === 'string' ? text === link : link.test(href)));
    if (!found) throw new Error(`no link ${String(link)} on ${page.seen}`);
    const url = new URL(found.href, page.url);
    return this.browse(url.href, { headers: { 'sec-fetch-site': 'same-origin' } });
  }

  /** Fills in a form of the present page and sends it. Throws for what the page does not offer. */
  submit(filled: Filled = {}, press: Press = {}): Promise<Answer> {
    const { page } = this;
    const form = press.form === undefined || press.form instanceof RegExp ? page.form(press.form) : press.form;
    const { button, body } = fillIn(form, filled, press, page.seen);
    const target = new URL(button?.action ?? form.action ?? '', page.url);
    if (form.method === 'get') return this.browse(`${target.pathname}?${body.toString()}`, {});
    return this.browse(target.href, {
      method: 'POST',
      headers: { ...this.fromPage(page), 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    });
  }

  /** Sends anything at all, follows nothing and leaves the present page as it is. */
  async send(path: string, sent: Sent = {}): Promise<Answer> {
    // Two slashes would name another host.
    const url = new URL(path.startsWith('//') ? `${this.address}${path}` : path, this.address);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const outgoing = request(
      url,
      {
        agent,
        family: 4,
        method: sent.method ?? 'GET',
        headers: {
          'accept-language': this.language,
          ...(this.cookies.size > 0 && { cookie: this.cookieHeader }),
          ...(sent.body !== undefined && { 'content-length': String(Buffer.byteLength(sent.body)) }),
          ...sent.headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve(new Answer(url, incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks)));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent.body);
    const answer = await promise;
    this.keepCookies(answer);
    return answer;
  }

  /** Posts fields without having seen the form, as a script or a mail provider would. */
  post(path: string, fields: Filled, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: encode(fields).toString(),
    });
  }

  private async browse(path: string, sent: Sent): Promise<Answer> {
    let answer = await this.send(path, sent);
    for (let hops = 0; [301, 302, 303, 307, 308].includes(answer.status); hops++) {
      if (hops === MOST_REDIRECTS) throw new Error(`redirected for ever at ${answer.seen}`);
      const next = new URL(answer.headers.location ?? '', answer.url);
      if (next.origin !== answer.url.origin) throw new Error(`redirected to another site from ${answer.seen}`);
      answer = await this.send(next.href, { headers: { 'sec-fetch-site': 'same-origin' } });
    }
    this.current = answer;
    return answer;
  }

  /** A page that asks for no referrer makes the browser send the origin `null` with its forms. */
  private fromPage(page: Answer): Record<string, string> {
    const silent = page.headers['referrer-policy'] === 'no-referrer';
    return { origin: silent ? 'null' : page.url.origin, 'sec-fetch-site': 'same-origin' };
  }

  private keepCookies({ headers }: Answer): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', value = ''] = pair.split('=');
      if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

export function encode(fields: Filled): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const each of typeof value === 'string' ? [value] : value) body.append(name, each);
  return body;
}

function fillIn(form: Form, filled: Filled, press: Press, where: string) {
  for (const [name, value] of Object.entries(filled)) {
    const control = form.controls.get(name);
    if (!control) throw new Error(`no field ${name} on ${where}; there are: ${[...form.controls.keys()].join(', ')}`);
    const wrong = [value].flat().find((each) => control.options && each !== '' && !control.options.includes(each));
    if (wrong !== undefined) throw new Error(`${name} offers no ${wrong} on ${where}`);
  }
  const button = buttonOf(form, press, where);
  const body = new URLSearchParams();
  for (const [name, control] of form.controls)
    for (const value of [filled[name] ?? control.values].flat()) body.append(name, value.replace(/\r?\n/g, '\r\n'));
  if (button?.name !== undefined) body.append(button.name, button.value);
  return { button, body };
}

function buttonOf(form: Form, { button }: Press, where: string) {
  const fitting = form.buttons.filter(
    (each) =>
      (button?.name === undefined || each.name === button.name) &&
      (button?.value === undefined || each.value === button.value) &&
      (button?.action === undefined || (each.action !== undefined && button.action.test(each.action))),
  );
  if (fitting.length === 1) return fitting[0];
  const there = form.buttons.map(({ name, value, text }) => `${name ?? ''}=${value} “${text}”`).join(', ');
  throw new Error(`${String(fitting.length)} buttons fit on ${where}; there are: ${there || 'none'}`);
}
