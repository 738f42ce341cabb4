import { expect } from '@jest/globals';
import { SmtpConversation, type OutgoingMail } from '../../libs/mail/smtp-conversation.js';
import type { SmtpExtensions } from '../../libs/mail/smtp-extensions.js';
import type { SendOutcome } from '../../libs/mail/smtp-outcome.js';

export type Stage = 'reset' | 'sender' | 'recipient' | 'data' | 'message';
/** What a server says at each stage of each mail; `leave`: it goes without a word. */
export type Script = (stage: Stage, mail: number) => string;

export const TAKES: Record<Stage, string> = {
  reset: '250 2.0.0 Ok',
  sender: '250 2.1.0 Ok',
  recipient: '250 2.1.5 Ok',
  data: '354 go on',
  message: '250 2.0.0 taken',
};

interface Heard {
  readonly stage: Stage;
  readonly mail: number;
  readonly code: number;
  readonly text: string;
}

/** A server that reads what it is sent strictly in order, and keeps a list of what it said and of what came as a mail. */
export class ScriptedServer {
  readonly heard: Heard[] = [];
  readonly bodies: { readonly mail: number; readonly body: string }[] = [];
  /** Lines that stand where none may: the harm that a conversation out of step would do. */
  readonly nonsense: string[] = [];
  private readonly replies: { text: string; readonly of: Heard }[] = [];
  private rest = '';
  private mail = -1;
  private inBody: string | undefined;
  private gone = false;

  constructor(private readonly script: Script) {}

  read(written: string): void {
    const lines = (this.rest + written).split('\r\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) if (!this.gone) this.readLine(line);
  }

  /** The next `size + 1` characters of what it says; empty when it has said all. */
  speak(size = 1_000): string {
    let chunk = '';
    for (let [first] = this.replies; first && chunk.length <= size; [first] = this.replies) {
      const part = first.text.slice(0, size + 1 - chunk.length);
      chunk += part;
      first.text = first.text.slice(part.length);
      if (first.text !== '') break;
      this.heard.push(first.of);
      this.replies.shift();
    }
    return chunk;
  }

  private readLine(line: string): void {
    if (this.inBody !== undefined) {
      if (line !== '.') this.inBody += `${line}\r\n`;
      else {
        this.bodies.push({ mail: this.mail, body: this.inBody });
        this.inBody = undefined;
        this.say('message');
      }
    } else if (line === 'RSET') this.say('reset');
    else if (line.startsWith('MAIL FROM:<')) this.say('sender', (this.mail += 1));
    else if (line.startsWith('RCPT TO:<')) this.say('recipient');
    else if (line === 'DATA') {
      if (this.say('data') === 354) this.inBody = '';
    } else this.nonsense.push(line);
  }

  private say(stage: Stage, mail = stage === 'reset' ? this.mail + 1 : this.mail): number {
    const reply = this.script(stage, mail);
    if (reply === 'leave') {
      this.gone = true;
      return 0;
    }
    const code = Number(reply.slice(0, 3));
    this.replies.push({ text: `${reply}\r\n`, of: { stage, mail, code, text: reply } });
    return code;
  }
}

export const PIPELINED: SmtpExtensions = { pipelining: true, utf8: true, size: true, mostOctets: 10_000 };
export const PLAIN: SmtpExtensions = { ...PIPELINED, pipelining: false };

interface Led {
  readonly outcomes: ReadonlyMap<number, readonly SendOutcome[]>;
  readonly server: ScriptedServer;
  /** What was written, in the pieces in which it was. */
  readonly written: readonly string[];
  readonly broken: boolean;
}

type Meanwhile = (conversation: SmtpConversation, mails: readonly OutgoingMail[]) => void;

export const bodyOf = (mail: number): string => `Subject: ${String(mail)}\r\n\r\nhello\r\n`;

/**
 * Leads a conversation about `count` mails with a server, its replies coming in pieces of the sizes given, until nothing
 * more is said; then the connection is lost.
 */
export function lead(
  script: Script,
  options: {
    count?: number;
    extensions?: SmtpExtensions;
    sizes?: () => number;
    to?: (mail: number) => string;
    mayBegin?: (mail: number) => boolean;
    meanwhile?: Meanwhile;
    /** Before each piece of what the server says. */
    beforeEach?: Meanwhile;
  } = {},
): Led {
  const { count = 1, extensions = PIPELINED, sizes = () => 1_000 } = options;
  const server = new ScriptedServer(script);
  const outcomes = new Map<number, SendOutcome[]>();
  const written: string[] = [];
  const mails = Array.from({ length: count }, (_, mail): OutgoingMail => {
    const stuffed = Buffer.from(bodyOf(mail));
    return {
      envelope: { from: 'bounce@x.example', to: options.to?.(mail) ?? `guest-${String(mail)}@donga.example` },
      stuffed,
      size: stuffed.length,
      mayBegin: () => options.mayBegin?.(mail) ?? true,
      settle: (outcome) => outcomes.set(mail, [...(outcomes.get(mail) ?? []), outcome]),
    };
  });
  const waiting = [...mails];
  let [isFree, isBroken, isWriting] = [true, false, false];
  const conversation = new SmtpConversation(extensions, {
    write: (commands, mail) => {
      expect(isBroken).toBe(false);
      const piece = (mail?.toString('latin1') ?? '') + commands;
      written.push(piece);
      isWriting = true;
      server.read(piece);
      isWriting = false;
    },
    next: () => {
      expect(isWriting).toBe(false);
      return waiting.shift();
    },
    broken: () => {
      expect(isBroken).toBe(false);
      isBroken = true;
    },
    free: () => (isFree = true),
  });
  const handAll = (): void => {
    for (let mail = next(); mail; mail = next()) {
      isFree = false;
      conversation.hand(mail);
    }
  };
  const next = (): OutgoingMail | undefined => (isFree && !isBroken ? waiting.shift() : undefined);
  handAll();
  options.meanwhile?.(conversation, mails);
  for (let chunk = server.speak(sizes()); chunk !== '' && !isBroken; chunk = server.speak(sizes())) {
    options.beforeEach?.(conversation, mails);
    conversation.receive(chunk);
    handAll();
  }
  conversation.lost();
  return { outcomes, server, written, broken: isBroken };
}

/** Takes everything but at the places named, as `stage mail`. */
export const except =
  (places: Readonly<Record<string, string>>): Script =>
  (stage, mail) =>
    places[`${stage} ${String(mail)}`] ?? TAKES[stage];

export const ACCEPTED: SendOutcome = { kind: 'accepted' };
export const PUT_OFF: SendOutcome = { kind: 'put-off' };
export const UNKNOWN: SendOutcome = { kind: 'unknown' };
export const NOBODY: SendOutcome = { kind: 'refused', code: 550, enhanced: '5.1.1', suppress: true };

export const inOrder = ({ outcomes }: Led): (SendOutcome | undefined)[] =>
  [...outcomes].sort(([a], [b]) => a - b).map(([, [outcome]]) => outcome);
