import type { SmtpExtensions } from './smtp-extensions.js';
import { refusedBy, refusedWith, type SendOutcome } from './smtp-outcome.js';
import { ReplyReader, type SmtpReply } from './smtp-reply-reader.js';

export interface Envelope {
  /** Where bounces go. */
  readonly from: string;
  readonly to: string;
}

/** A mail to be handed over. */
export interface OutgoingMail {
  readonly envelope: Envelope;
  /** The mail with its dots doubled, the dot that ends it not included. */
  readonly stuffed: Buffer;
  /** Octets of the mail itself. */
  readonly size: number;
  /** Asked once, when the server is ready for it; false breaks the conversation off. */
  readonly mayBegin: () => boolean;
  /** Told once. */
  readonly settle: (outcome: SendOutcome) => void;
}

/** What a conversation asks of the connection it is led over. */
export interface Acts {
  readonly write: (commands: string, mail?: Buffer) => void;
  /** Another mail, if one waits: its commands go out with the mail that is being handed over. */
  readonly next: () => OutgoingMail | undefined;
  /** The conversation is over; nothing more is written. */
  readonly broken: () => void;
  /** Everything asked was answered: the next mail may be handed in. */
  readonly free: () => void;
}

type Step = 'reset' | 'sender' | 'recipient' | 'data' | 'message' | 'nothing';

interface Handing {
  readonly mail: OutgoingMail;
  /** True from when the mail was written: from then on the server may have it. */
  begun: boolean;
  settled: boolean;
  refused?: SendOutcome;
  senderRefused?: boolean;
}

interface Asked {
  readonly step: Step;
  readonly line: string;
  readonly of: Handing;
}

/**
 * Hands mails over in one SMTP session that is open, by rules alone: what comes in is told to it, what goes out it asks
 * for. A mail is written only after 354 for it, and once. Where the server takes commands in one go (RFC 2920), a mail
 * costs one round trip: its commands go out behind the mail before it, which the RFC allows as the first of a group.
 */
export class SmtpConversation {
  private readonly reader = new ReplyReader();
  private readonly handings = new Set<Handing>();
  /** What was written and not answered, in its order; and what waits for an answer before it. */
  private readonly asked: Asked[] = [];
  private readonly held: Asked[] = [];
  private needsReset = false;
  private carried = 0;
  private over = false;

  constructor(
    private readonly extensions: SmtpExtensions,
    private readonly acts: Acts,
  ) {}

  /** Begins with a mail; only while the conversation is free. */
  hand(mail: OutgoingMail): void {
    const refused = this.refusedHere(mail);
    if (refused) {
      mail.settle(refused);
      this.acts.free();
    } else this.ask(this.commandsFor(mail));
  }

  /** What the server wrote, in whatever pieces. */
  receive(chunk: string): void {
    for (const reply of this.reader.read(chunk)) {
      if (this.over) return;
      if (reply) this.take(reply);
      else this.breakOff();
    }
  }

  /** The connection has ended. */
  lost(): void {
    if (this.over) return;
    this.over = true;
    for (const handing of this.handings)
      this.settle(handing, handing.refused ?? { kind: handing.begun ? 'unknown' : 'put-off' });
  }

  /** Gives up mails that were not handed over yet; one that was is waited for. */
  cancel(outcome: SendOutcome, which: (mail: OutgoingMail) => boolean): void {
    for (const handing of this.handings) if (!handing.begun && which(handing.mail)) this.settle(handing, outcome);
    this.endIfForsaken();
  }

  private take(reply: SmtpReply): void {
    const asked = this.asked.shift();
    // Whoever speaks unasked, or asks for more where nothing follows, is leaving or out of step.
    if (!asked || isOutOfStep(asked.step, reply.code)) this.breakOff();
    else if (reply.code === 421) this.takeLeave(asked, reply);
    else this.takeAnswer(asked, reply);
  }

  private takeLeave({ step, of }: Asked, reply: SmtpReply): void {
    // Before anything of a later mail was answered it is about the connection: another may do.
    const isOfConnection = step === 'reset' || (step === 'sender' && this.carried > 0);
    if (!isOfConnection) this.note(of, reply, step);
    this.breakOff();
  }

  private takeAnswer({ step, of }: Asked, reply: SmtpReply): void {
    switch (step) {
      case 'data':
        this.takeOfData(of, reply);
        break;
      case 'message':
        this.end(of, reply.code < 300 ? { kind: 'accepted' } : refusedBy(reply.code, reply.text, 'message'));
        break;
      case 'nothing':
        this.end(of);
        break;
      case 'reset':
        if (reply.code < 300) this.goOn();
        else this.breakOff();
        break;
      case 'sender':
      case 'recipient':
        if (reply.code >= 400) this.note(of, reply, step);
        this.goOn();
    }
  }

  private takeOfData(of: Handing, reply: SmtpReply): void {
    if (reply.code !== 354) {
      this.note(of, reply, 'data');
      this.end(of);
    } else if (of.settled || of.senderRefused) {
      // Given up meanwhile; or taken from nobody, where there is nothing that an end would end.
      this.breakOff();
    } else if (of.refused) {
      // DATA was taken though the recipient was not: a lone dot ends it (RFC 2920 3.1).
      this.ask([{ step: 'nothing', line: '.', of }]);
    } else if (of.mail.mayBegin()) {
      this.begin(of);
    } else {
      this.settle(of, { kind: 'too-late' });
      this.breakOff();
    }
  }

  private begin(of: Handing): void {
    of.begun = true;
    this.asked.push({ step: 'message', line: '', of });
    const behind = this.extensions.pipelining ? this.commandsForNext() : [];
    this.asked.push(...behind);
    this.acts.write(`.\r\n${written(behind)}`, of.mail.stuffed);
  }

  /** The first refusal says what became of the mail; those after it only follow from it. */
  private note(of: Handing, { code, text }: SmtpReply, step: Step): void {
    if (step === 'sender') of.senderRefused = true;
    of.refused ??= refusedBy(code, text, step === 'sender' || step === 'recipient' ? step : 'message');
  }

  /** Without pipelining the next command goes out now, unless the mail was refused already. */
  private goOn(): void {
    const next = this.held.shift();
    if (!next) return;
    if (next.of.refused) {
      this.held.length = 0;
      this.end(next.of);
    } else this.say([next]);
  }

  private end(of: Handing, outcome = of.refused ?? ({ kind: 'put-off' } as const)): void {
    // What was refused before it was handed over is still begun at the server.
    if (!of.begun) this.needsReset = true;
    this.carried += 1;
    this.settle(of, outcome);
    if (this.over) return;
    if (this.asked.length === 0) this.acts.free();
    else this.endIfForsaken();
  }

  private settle(of: Handing, outcome: SendOutcome): void {
    this.handings.delete(of);
    if (of.settled) return;
    of.settled = true;
    of.mail.settle(outcome);
  }

  /** A conversation that waits for nothing but what was given up. */
  private endIfForsaken(): void {
    if (this.handings.size === 0 && this.asked.length > 0) this.breakOff();
  }

  private breakOff(): void {
    if (this.over) return;
    this.lost();
    this.acts.broken();
  }

  private commandsForNext(): readonly Asked[] {
    for (;;) {
      const mail = this.acts.next();
      if (!mail) return [];
      const refused = this.refusedHere(mail);
      if (!refused) return this.commandsFor(mail);
      mail.settle(refused);
    }
  }

  private commandsFor(mail: OutgoingMail): readonly Asked[] {
    const of: Handing = { mail, begun: false, settled: false };
    this.handings.add(of);
    const { from, to } = mail.envelope;
    const utf8 = this.extensions.utf8 && NOT_ASCII.test(from + to) ? ' SMTPUTF8' : '';
    const size = this.extensions.size ? ` SIZE=${String(mail.size)}` : '';
    const commands: Asked[] = [
      { step: 'sender', line: `MAIL FROM:<${from}>${utf8}${size}`, of },
      { step: 'recipient', line: `RCPT TO:<${to}>`, of },
      { step: 'data', line: 'DATA', of },
    ];
    if (this.needsReset) commands.unshift({ step: 'reset', line: 'RSET', of });
    this.needsReset = false;
    return commands;
  }

  private ask(commands: readonly Asked[]): void {
    if (this.extensions.pipelining) {
      this.say(commands);
      return;
    }
    const [first, ...others] = commands;
    this.held.push(...others);
    if (first) this.say([first]);
  }

  private say(commands: readonly Asked[]): void {
    this.asked.push(...commands);
    this.acts.write(written(commands));
  }

  /** What no server need be asked. */
  private refusedHere({ envelope: { from, to }, size }: OutgoingMail): SendOutcome | undefined {
    if (size > this.extensions.mostOctets) return refusedWith(552, '5.3.4', 'message');
    if (NO_ADDRESS.test(from) || to === '' || NO_ADDRESS.test(to)) return refusedWith(553, '5.1.3', 'recipient');
    // RFC 6531 3.2 forbids to try.
    return !this.extensions.utf8 && NOT_ASCII.test(from + to) ? refusedWith(553, '5.6.7', 'recipient') : undefined;
  }
}

const NOT_ASCII = /[^\0-\x7f]/;
const NO_ADDRESS = /[\s<>\p{Cc}]/u;

const isOutOfStep = (step: Step, code: number): boolean =>
  step === 'data' ? code < 400 && code !== 354 : code >= 300 && code < 400;

const written = (commands: readonly Asked[]): string => commands.map(({ line }) => `${line}\r\n`).join('');
