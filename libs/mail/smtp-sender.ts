import { once } from 'node:events';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import { Handover } from './smtp-handover.js';
import { enhancedCodeIn, verdictOf, type SmtpStage } from './smtp-replies.js';

/** How sending one mail went. No address and no text of a server is in it: both may hold an address. */
export type SendOutcome =
  | { readonly kind: 'accepted' }
  /** For good. `suppress`: it is the address, which takes no mail at all. */
  | { readonly kind: 'refused'; readonly code: number; readonly enhanced?: string; readonly suppress: boolean }
  /** Not now; later it may go. Without a code the server was not there or left before the mail was handed over. */
  | { readonly kind: 'put-off'; readonly code?: number; readonly enhanced?: string }
  /** The mail was handed over, the answer never came: the server may have it. Only the same bytes may be sent again. */
  | { readonly kind: 'unknown' }
  /** Broken off before the mail was handed over, as it must not arrive any more. */
  | { readonly kind: 'too-late' };

export interface Envelope {
  /** Where bounces go. */
  readonly from: string;
  readonly to: string;
}

export interface SmtpOptions {
  /** Conversations at once. */
  readonly connections?: number;
  /** Milliseconds for connecting and greeting, and of silence in a conversation. */
  readonly connectTimeout?: number;
  readonly silenceTimeout?: number;
}

interface Failure extends Error {
  readonly command?: string | undefined;
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
}

/** A server that takes part in many conversations may want a fresh one now and then. */
const MAILS_PER_CONNECTION = 100;
/** Connections that nobody needs are closed before most servers would. */
const IDLE = 10_000;
/** How long a mail that is not yet handed over is waited for when sending ends. */
const UNBEGUN = 1_000;

interface Conversation {
  readonly connection: SMTPConnection;
  mails: number;
  idle?: NodeJS.Timeout;
}

/** Sends mails to one server over a few connections that are kept. Never throws for what a server does. */
export class SmtpSender {
  private readonly settings: ReturnType<typeof parseConnectionUrl>;
  private readonly idle: Conversation[] = [];
  private readonly busy = new Map<Conversation, Handover>();
  private readonly waiting: (() => void)[] = [];
  private open = 0;
  private closing = false;

  /** @param url `smtp://user:password@host:port`, `smtps://…`; nodemailer's options as query (`?requireTLS=true`) */
  constructor(
    url: string,
    private readonly options: SmtpOptions = {},
  ) {
    this.settings = parseConnectionUrl(url);
  }

  /**
   * @param mail the whole mail, lines ended by CRLF
   * @param within milliseconds after which it must not begin to arrive
   */
  async send({ from, to }: Envelope, mail: Buffer, within = Infinity): Promise<SendOutcome> {
    const until = performance.now() + within;
    const isLate = (): boolean => performance.now() >= until;
    for (;;) {
      await this.turn();
      if (this.isClosing()) return this.leave({ kind: 'put-off' });
      if (isLate()) return this.leave({ kind: 'too-late' });
      const kept = this.idle.pop();
      const conversation = kept ?? (await this.connect(until));
      if ('kind' in conversation) return this.leave(conversation);
      if (this.isClosing()) {
        this.drop(conversation);
        return this.leave({ kind: 'put-off' });
      }
      const outcome = await this.handOver(conversation, { from, to }, mail, until);
      this.leave(undefined);
      // A kept connection that the server has closed meanwhile says nothing about this mail.
      if (kept && outcome.kind === 'put-off' && outcome.code === undefined && !this.isClosing()) continue;
      return outcome;
    }
  }

  /** Lets running conversations end for `grace` milliseconds, then breaks them off; what comes later is put off. */
  async close(grace = 0): Promise<void> {
    this.closing = true;
    for (const conversation of this.idle.splice(0)) this.drop(conversation);
    for (const next of this.waiting.splice(0)) next();
    const signal = AbortSignal.timeout(grace);
    const running = [...this.busy.keys()].map(({ connection }) => once(connection, 'end', { signal }));
    // What has not been handed over can be sent by the next process as well; what has may just be taken.
    const unbegun = setTimeout(
      () => {
        for (const [conversation, { begun }] of this.busy) if (!begun) this.drop(conversation);
      },
      Math.min(grace, UNBEGUN),
    );
    await Promise.allSettled(running);
    clearTimeout(unbegun);
    for (const conversation of this.busy.keys()) this.drop(conversation);
  }

  private isClosing(): boolean {
    return this.closing;
  }

  private async turn(): Promise<void> {
    if (this.open < (this.options.connections ?? 8) || this.closing) this.open += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Gives the turn on to whoever waits. */
  private leave<Outcome>(outcome: Outcome): Outcome {
    const next = this.waiting.shift();
    if (next) next();
    else this.open -= 1;
    return outcome;
  }

  private connect(until: number): Promise<Conversation | SendOutcome> {
    const timeout = this.options.connectTimeout ?? 10_000;
    const { auth, ...settings } = this.settings;
    const connection = new SMTPConnection({
      ...settings,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      dnsTimeout: timeout,
      socketTimeout: this.options.silenceTimeout ?? 60_000,
      socketCloseTimeout: 0,
    });
    return new Promise((resolve) => {
      const late = timer(until, () => {
        end({ kind: 'too-late' });
      });
      let settled = false;
      const settle = (outcome: Conversation | SendOutcome): void => {
        settled = true;
        clearTimeout(late);
        resolve(outcome);
      };
      const end = (outcome: SendOutcome): void => {
        if (settled) return;
        settle(outcome);
        connection.close();
      };
      const failed = (error?: Failure): void => {
        end(putOff(error));
      };
      const ready = (): void => {
        if (!settled) settle({ connection, mails: 0 });
      };
      // Both stay for the connection's whole life: an error between two mails is nobody's.
      connection.on('error', failed);
      connection.on('end', () => {
        failed();
      });
      connection.connect((error) => {
        if (error) failed(error);
        else if (auth && connection.allowsAuth) {
          connection.login({ credentials: auth }, (refused) => {
            if (refused) failed(refused);
            else ready();
          });
        } else ready();
      });
    });
  }

  private handOver(conversation: Conversation, envelope: Envelope, mail: Buffer, until: number): Promise<SendOutcome> {
    const { connection } = conversation;
    clearTimeout(conversation.idle);
    const isLate = (): boolean => performance.now() >= until;
    const handover = new Handover(mail, () => !isLate());
    this.busy.set(conversation, handover);
    return new Promise((resolve) => {
      const end = (outcome: SendOutcome): void => {
        if (!this.busy.delete(conversation)) return;
        clearTimeout(late);
        connection.off('end', ended);
        conversation.mails += 1;
        if (outcome.kind === 'accepted') this.keep(conversation);
        else if (outcome.kind === 'refused') this.reset(conversation);
        else this.drop(conversation);
        resolve(outcome);
      };
      const broken = (): void => {
        if (handover.begun) end({ kind: 'unknown' });
        else end({ kind: isLate() ? 'too-late' : 'put-off' });
      };
      // The error that ended the connection is told right after it, and knows more.
      const ended = (): void => {
        setImmediate(broken);
      };
      const late = timer(until, () => {
        if (!handover.begun) end({ kind: 'too-late' });
      });
      connection.on('end', ended);
      connection.send(
        { from: envelope.from, to: [envelope.to], size: mail.length },
        handover,
        (error: Failure | null) => {
          if (!error) end({ kind: 'accepted' });
          else if (error.responseCode || (ANSWERED.has(error.code ?? '') && !handover.begun)) end(outcomeOf(error));
          else broken();
        },
      );
    });
  }

  /** After a refusal the conversation can go on with the next mail. */
  private reset(conversation: Conversation): void {
    conversation.connection.reset((error) => {
      if (error) this.drop(conversation);
      else this.keep(conversation);
    });
  }

  private keep(conversation: Conversation): void {
    if (this.closing || conversation.connection.destroyed || conversation.mails >= MAILS_PER_CONNECTION) {
      this.drop(conversation);
      return;
    }
    conversation.idle = setTimeout(() => {
      const at = this.idle.indexOf(conversation);
      if (at >= 0) this.idle.splice(at, 1);
      conversation.connection.quit();
    }, IDLE).unref();
    this.idle.push(conversation);
  }

  private drop({ connection, idle }: Conversation): void {
    clearTimeout(idle);
    connection.close();
  }
}

/** Runs at `until` of performance.now(); setTimeout takes at most 24 days, within which every conversation has ended. */
function timer(until: number, act: () => void): NodeJS.Timeout | undefined {
  const left = until - performance.now();
  return left < 2 ** 31 ? setTimeout(act, Math.max(0, left)) : undefined;
}

const STAGES: Record<string, SmtpStage> = { 'MAIL FROM': 'sender', 'RCPT TO': 'recipient', DATA: 'message' };
/** Nodemailer's words for a mail that was refused, by the server or, without a code, by itself. */
const ANSWERED: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

function outcomeOf(error: Failure): SendOutcome {
  // Nodemailer itself refuses what is larger than the server said, and what is no address.
  const own = error.code === 'EMESSAGE' ? { code: 552, enhanced: '5.3.4' } : { code: 553, enhanced: '5.1.3' };
  const { code, enhanced } = error.responseCode
    ? { code: error.responseCode, enhanced: enhancedCodeIn(error.response ?? '') }
    : own;
  const stage = error.responseCode ? STAGES[error.command ?? ''] : 'recipient';
  const verdict = verdictOf(code, enhanced, stage ?? 'session');
  const codes = { code, ...(enhanced === undefined ? {} : { enhanced }) };
  if (verdict === 'retry') return { kind: 'put-off', ...codes };
  return { kind: 'refused', ...codes, suppress: verdict === 'no-such-address' };
}

function putOff(error: Failure | undefined): SendOutcome {
  if (!error?.responseCode) return { kind: 'put-off' };
  const enhanced = enhancedCodeIn(error.response ?? '');
  return { kind: 'put-off', code: error.responseCode, ...(enhanced === undefined ? {} : { enhanced }) };
}
