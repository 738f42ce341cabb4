import { setTimeout as pause } from 'node:timers/promises';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import type { Envelope, OutgoingMail } from './smtp-conversation.js';
import type { SendOutcome } from './smtp-outcome.js';
import { SmtpSession, type SessionActs, type SessionTimeouts, type SmtpSettings } from './smtp-session.js';
import { dotStuffed } from './smtp-text.js';

export interface SmtpOptions {
  /** Conversations at once. */
  readonly connections?: number;
  /** Milliseconds for connecting and greeting, and of silence in a conversation. */
  readonly connectTimeout?: number;
  readonly silenceTimeout?: number;
}

/** A server that takes part in many conversations may want a fresh one now and then. */
const MAILS_PER_CONNECTION = 100;
/** Connections that nobody needs are closed before most servers would. */
const IDLE = 10_000;
/** How long a mail that is not yet handed over is waited for when sending ends. */
const UNBEGUN = 1_000;
/** How long a server that left with a mail named ahead is asked for one mail after another. */
const NONE_AHEAD = 10 * 60_000;

/** A mail that waits or is on its way. */
interface Sending extends OutgoingMail {
  readonly until: number;
  /** Where it is now; a connection that had carried other mails before may be gone through no fault of it. */
  at?: { readonly session: SmtpSession; readonly fresh: boolean; readonly ahead: boolean } | undefined;
  /** It was named behind another mail and the connection was lost: it goes first the next time. */
  first?: boolean;
  late?: NodeJS.Timeout | undefined;
}

/** Sends mails to one server over a few connections that are kept. Never throws for what a server does. */
export class SmtpSender {
  private readonly settings: SmtpSettings;
  private readonly timeouts: SessionTimeouts;
  private readonly waiting: Sending[] = [];
  /** Every connection, and the mail for which it is being opened. */
  private readonly sessions = new Map<SmtpSession, Sending | undefined>();
  private readonly idle = new Map<SmtpSession, NodeJS.Timeout>();
  private readonly acts: SessionActs = {
    free: (session) => {
      this.free(session);
    },
    next: (session) => this.next(session),
    ended: (session, outcome) => {
      this.ended(session, outcome);
    },
  };
  private noneAheadUntil = 0;
  private closing: PromiseWithResolvers<void> | undefined;

  /** @param url `smtp://user:password@host:port`, `smtps://…`; nodemailer's options as query (`?requireTLS=true`) */
  constructor(
    url: string,
    private readonly options: SmtpOptions = {},
  ) {
    this.settings = parseConnectionUrl(url);
    this.timeouts = { connect: options.connectTimeout ?? 10_000, silence: options.silenceTimeout ?? 60_000 };
  }

  /**
   * @param mail the whole mail; each of its lines ends in CRLF
   * @param within milliseconds after which it must not begin to arrive
   */
  async send(envelope: Envelope, mail: Buffer, within = Infinity): Promise<SendOutcome> {
    const stuffed = dotStuffed(mail);
    return new Promise((resolve) => {
      const sending: Sending = {
        envelope,
        stuffed,
        size: mail.length,
        until: performance.now() + within,
        mayBegin: () => !isLate(sending),
        settle: (outcome) => {
          clearTimeout(sending.late);
          if (this.again(sending, outcome)) return;
          resolve(outcome.kind === 'put-off' && outcome.code === undefined && isLate(sending) ? TOO_LATE : outcome);
        },
      };
      this.waiting.push(sending);
      this.goOn();
    });
  }

  /** Lets running conversations end for `grace` milliseconds, then breaks them off; what comes later is put off. */
  async close(grace = 0): Promise<void> {
    this.closing ??= Promise.withResolvers();
    this.goOn();
    for (const session of this.idle.keys()) this.leave(session);
    for (const [session, opening] of this.sessions) if (opening) session.close();
    // What has not been handed over can be sent by the next process as well; what has may just be taken.
    const unbegun = setTimeout(
      () => {
        for (const session of this.sessions.keys()) session.cancel(PUT_OFF);
      },
      Math.min(grace, UNBEGUN),
    );
    const ending = new AbortController();
    if (this.sessions.size > 0)
      await Promise.race([this.closing.promise, pause(grace, undefined, { signal: ending.signal })]);
    ending.abort();
    clearTimeout(unbegun);
    for (const session of this.sessions.keys()) session.close();
  }

  /** Gives what waits to connections that have nothing to do, and opens more as long as there may be more. */
  private goOn(): void {
    for (;;) {
      // The last that was used: those that are not needed may then be closed.
      const session = [...this.idle.keys()].at(-1);
      if (!session && this.sessions.size >= (this.options.connections ?? 8) && !this.closing) return;
      const sending = this.take();
      if (!sending) return;
      if (session) this.hand(session, sending);
      else this.open(sending);
    }
  }

  /** The next that waits and may still go. */
  private take(): Sending | undefined {
    for (;;) {
      const sending = this.waiting.shift();
      if (!sending) return undefined;
      if (!this.closing && !isLate(sending)) return sending;
      sending.settle(this.closing ? PUT_OFF : TOO_LATE);
    }
  }

  private open(sending: Sending): void {
    const session = new SmtpSession(this.settings, this.timeouts, this.acts);
    this.sessions.set(session, sending);
    this.watch(sending, session);
    session.open();
  }

  private free(session: SmtpSession): void {
    const opening = this.sessions.get(session);
    if (opening) {
      this.sessions.set(session, undefined);
      this.hand(session, opening);
      return;
    }
    if (this.closing || session.mails >= MAILS_PER_CONNECTION) this.leave(session);
    else this.idle.set(session, setTimeout(this.leave, IDLE, session).unref());
    this.goOn();
  }

  private hand(session: SmtpSession, sending: Sending): void {
    clearTimeout(this.idle.get(session));
    this.idle.delete(session);
    sending.at = { session, fresh: session.mails === 0, ahead: false };
    this.watch(sending, session);
    session.hand(sending);
  }

  /** What goes out behind the mail that is being handed over. */
  private next(session: SmtpSession): Sending | undefined {
    if (session.mails >= MAILS_PER_CONNECTION || performance.now() < this.noneAheadUntil) return undefined;
    if (this.waiting[0]?.first) return undefined;
    const sending = this.take();
    if (!sending) return undefined;
    sending.at = { session, fresh: false, ahead: true };
    this.watch(sending, session);
    return sending;
  }

  /** A kept connection that the server has closed meanwhile says nothing about this mail: it waits for another. */
  private again(sending: Sending, outcome: SendOutcome): boolean {
    const { at } = sending;
    sending.at = undefined;
    if (outcome.kind !== 'put-off' || outcome.code !== undefined || !at || at.fresh) return false;
    if (this.closing || isLate(sending)) return false;
    if (at.ahead) {
      sending.first = true;
      this.noneAheadUntil = performance.now() + NONE_AHEAD;
    }
    this.waiting.unshift(sending);
    return true;
  }

  /** Gives a mail up in time. setTimeout takes at most 24 days, within which every conversation has ended. */
  private watch(sending: Sending, session: SmtpSession): void {
    clearTimeout(sending.late);
    const left = sending.until - performance.now();
    if (left >= 2 ** 31) return;
    sending.late = setTimeout(
      () => {
        session.cancel(TOO_LATE, (mail) => mail === sending);
      },
      Math.max(0, left),
    );
  }

  private readonly leave = (session: SmtpSession): void => {
    clearTimeout(this.idle.get(session));
    this.idle.delete(session);
    this.forget(session);
    session.leave();
  };

  private ended(session: SmtpSession, outcome: SendOutcome): void {
    clearTimeout(this.idle.get(session));
    this.idle.delete(session);
    const opening = this.sessions.get(session);
    this.forget(session);
    opening?.settle(outcome);
    this.goOn();
  }

  private forget(session: SmtpSession): void {
    this.sessions.delete(session);
    if (this.sessions.size === 0) this.closing?.resolve();
  }
}

const PUT_OFF: SendOutcome = { kind: 'put-off' };
const TOO_LATE: SendOutcome = { kind: 'too-late' };

const isLate = ({ until }: Sending): boolean => performance.now() >= until;
