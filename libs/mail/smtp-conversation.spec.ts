import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SmtpConversation, type OutgoingMail } from './smtp-conversation.js';
import type { SmtpExtensions } from './smtp-extensions.js';
import { refusedBy, type SendOutcome } from './smtp-outcome.js';

type Stage = 'reset' | 'sender' | 'recipient' | 'data' | 'message';
/** What a server says at each stage of each mail; `leave`: it goes without a word. */
type Script = (stage: Stage, mail: number) => string;

const TAKES: Record<Stage, string> = {
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
class Server {
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

const PIPELINED: SmtpExtensions = { pipelining: true, utf8: true, size: true, mostOctets: 10_000 };
const PLAIN: SmtpExtensions = { ...PIPELINED, pipelining: false };

interface Led {
  readonly outcomes: ReadonlyMap<number, readonly SendOutcome[]>;
  readonly server: Server;
  /** What was written, in the pieces in which it was. */
  readonly written: readonly string[];
  readonly broken: boolean;
}

type Meanwhile = (conversation: SmtpConversation, mails: readonly OutgoingMail[]) => void;

const bodyOf = (mail: number): string => `Subject: ${String(mail)}\r\n\r\nhello\r\n`;

/**
 * Leads a conversation about `count` mails with a server, its replies coming in pieces of the sizes given, until nothing
 * more is said; then the connection is lost.
 */
function lead(
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
  const server = new Server(script);
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
const except =
  (places: Readonly<Record<string, string>>): Script =>
  (stage, mail) =>
    places[`${stage} ${String(mail)}`] ?? TAKES[stage];

const ACCEPTED: SendOutcome = { kind: 'accepted' };
const PUT_OFF: SendOutcome = { kind: 'put-off' };
const UNKNOWN: SendOutcome = { kind: 'unknown' };
const NOBODY: SendOutcome = { kind: 'refused', code: 550, enhanced: '5.1.1', suppress: true };

const inOrder = ({ outcomes }: Led): (SendOutcome | undefined)[] =>
  [...outcomes].sort(([a], [b]) => a - b).map(([, [outcome]]) => outcome);

describe('a conversation with a server that takes commands in one go', () => {
  it('takes one round trip for each mail after the first: its commands go out behind the mail before it', () => {
    const { written, ...led } = lead(except({}), { count: 3 });
    expect(inOrder({ written, ...led })).toEqual([ACCEPTED, ACCEPTED, ACCEPTED]);
    const commands = (mail: number): string =>
      `MAIL FROM:<bounce@x.example> SIZE=${String(bodyOf(mail).length)}\r\nRCPT TO:<guest-${String(mail)}@donga.example>\r\nDATA\r\n`;
    expect(written).toEqual([
      commands(0),
      `${bodyOf(0)}.\r\n${commands(1)}`,
      `${bodyOf(1)}.\r\n${commands(2)}`,
      `${bodyOf(2)}.\r\n`,
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>, (SendOutcome | undefined)[]]>([
    [
      'a refused recipient',
      { 'recipient 1': '550 5.1.1 nobody', 'data 1': '554 5.5.1 no valid recipients' },
      [ACCEPTED, NOBODY, ACCEPTED],
    ],
    [
      'a refused recipient, and DATA taken all the same',
      { 'recipient 1': '550 5.1.1 nobody', 'message 1': '554 nobody' },
      [ACCEPTED, NOBODY, ACCEPTED],
    ],
    [
      'the same from a server that takes mails for nobody',
      { 'recipient 1': '550 5.1.1 nobody' },
      [ACCEPTED, NOBODY, ACCEPTED],
    ],
    [
      'a refused sender',
      { 'sender 1': '550 5.7.1 no', 'recipient 1': '503 no', 'data 1': '503 no' },
      [ACCEPTED, { kind: 'refused', code: 550, enhanced: '5.7.1', suppress: false }, ACCEPTED],
    ],
    [
      'a refused DATA',
      { 'data 1': '452 4.3.1 full' },
      [ACCEPTED, { kind: 'put-off', code: 452, enhanced: '4.3.1' }, ACCEPTED],
    ],
    [
      'a refused mail',
      { 'message 1': '554 5.6.0 spam' },
      [ACCEPTED, { kind: 'refused', code: 554, enhanced: '5.6.0', suppress: false }, ACCEPTED],
    ],
  ])('goes on after %s', (_, places, outcomes) => {
    const led = lead(except(places), { count: 3 });
    expect(inOrder(led)).toEqual(outcomes);
    expect(led.server.nonsense).toEqual([]);
    expect(led.broken).toBe(false);
  });

  it('ends an empty mail for nobody by a lone dot, and begins anew', () => {
    const { written, server } = lead(except({ 'recipient 0': '550 5.1.1 nobody' }), { count: 2 });
    expect(written[1]).toBe('.\r\n');
    expect(written[2]).toMatch(/^RSET\r\nMAIL FROM/);
    expect(server.bodies).toEqual([
      { mail: 0, body: '' },
      { mail: 1, body: bodyOf(1) },
    ]);
  });

  it('hands nothing to a server that refused the sender and took DATA', () => {
    const led = lead(except({ 'sender 0': '550 5.7.1 no' }), { count: 2 });
    expect(inOrder(led)).toEqual([{ kind: 'refused', code: 550, enhanced: '5.7.1', suppress: false }]);
    expect(led.server.bodies).toEqual([]);
    expect(led.broken).toBe(true);
  });

  it.each<[string, Readonly<Record<string, string>>, (SendOutcome | undefined)[]]>([
    ['at the sender', { 'sender 0': '421 4.3.2 closing' }, [{ kind: 'put-off', code: 421, enhanced: '4.3.2' }]],
    ['at the recipient', { 'recipient 0': '421 closing' }, [{ kind: 'put-off', code: 421 }]],
    ['at DATA', { 'data 0': '421 closing' }, [{ kind: 'put-off', code: 421 }]],
    [
      'after the mail, with another named behind it',
      { 'message 0': '421 closing' },
      [{ kind: 'put-off', code: 421 }, PUT_OFF],
    ],
    [
      'at the sender of a later mail, of which it says nothing',
      { 'sender 1': '421 too many mails' },
      [ACCEPTED, PUT_OFF],
    ],
    [
      'at the reset after a refusal',
      { 'message 0': '250 ok', 'data 1': '550 no', 'reset 2': '421 closing' },
      [ACCEPTED, { kind: 'refused', code: 550, suppress: false }, PUT_OFF],
    ],
  ])('ends with 421 %s', (_, places, outcomes) => {
    const led = lead(except(places), { count: outcomes.length });
    expect(inOrder(led)).toEqual(outcomes);
    expect(led.broken).toBe(true);
  });

  it.each<[string, Readonly<Record<string, string>>, SendOutcome]>([
    ['no SMTP at the sender', { 'sender 0': 'hello' }, PUT_OFF],
    ['more asked for where nothing follows', { 'recipient 0': '334 go on' }, PUT_OFF],
    ['yes at DATA where only 354 may be', { 'data 0': '250 ok' }, PUT_OFF],
    ['no SMTP after the mail', { 'message 0': '<html>' }, UNKNOWN],
    ['354 after the mail', { 'message 0': '354 go on' }, UNKNOWN],
  ])('is broken off at %s', (_, places, outcome) => {
    const led = lead(except(places));
    expect(inOrder(led)).toEqual([outcome]);
    expect(led.broken).toBe(true);
  });

  it('is over when a server speaks unasked', () => {
    const led = lead(except({ 'message 0': '250 ok\r\n250 ok' }));
    expect(inOrder(led)).toEqual([ACCEPTED]);
    expect(led.broken).toBe(true);
  });

  it.each<[string, SendOutcome[], Stage]>([
    ['before the mail', [PUT_OFF], 'data'],
    ['after it', [UNKNOWN], 'message'],
  ])('knows what became of a mail when the server leaves %s', (_, outcomes, stage) => {
    expect(inOrder(lead(except({ [`${stage} 0`]: 'leave' })))).toEqual(outcomes);
  });
});

describe('a mail that must not arrive any more', () => {
  it('is not begun', () => {
    const led = lead(except({}), { count: 2, mayBegin: (mail) => mail === 0 });
    expect(inOrder(led)).toEqual([ACCEPTED, { kind: 'too-late' }]);
    expect(led.server.bodies).toEqual([{ mail: 0, body: bodyOf(0) }]);
    expect(led.broken).toBe(true);
  });

  it('is given up at once, with the conversation, as long as nothing else is on its way', () => {
    const led = lead(except({ 'sender 0': 'leave' }), {
      meanwhile: (conversation, [mail]) => {
        conversation.cancel({ kind: 'too-late' }, (each) => each === mail);
      },
    });
    expect(inOrder(led)).toEqual([{ kind: 'too-late' }]);
    expect(led.server.bodies).toEqual([]);
    expect(led.broken).toBe(true);
  });

  it.each<[string, Readonly<Record<string, string>>, SendOutcome]>([
    ['taken', { 'sender 1': 'leave' }, ACCEPTED],
    ['half answered', { 'message 0': '250-taken', 'sender 1': 'leave' }, UNKNOWN],
  ])('leaves the mail before it, which is %s, to its end', (_, places, outcome) => {
    let turns = 0;
    const led = lead(except(places), {
      count: 2,
      beforeEach: (conversation, mails) => {
        turns += 1;
        if (turns === 2) conversation.cancel({ kind: 'too-late' }, (each) => mails.includes(each));
      },
    });
    expect(inOrder(led)).toEqual([outcome, { kind: 'too-late' }]);
    expect(led.server.bodies.map(({ mail }) => mail)).toEqual([0]);
    // What was given up is not waited for.
    expect(led.broken).toBe(outcome === ACCEPTED);
  });
});

describe('what no server is asked', () => {
  it.each<[string, Partial<SmtpExtensions>, string, SendOutcome]>([
    [
      'a mail larger than it takes',
      { mostOctets: 10 },
      'ama@donga.example',
      { kind: 'refused', code: 552, enhanced: '5.3.4', suppress: false },
    ],
    [
      'an address that would end its line',
      {},
      'ama@donga.example>\r\nRCPT TO:<all',
      { kind: 'refused', code: 553, enhanced: '5.1.3', suppress: true },
    ],
    ['no address', {}, '', { kind: 'refused', code: 553, enhanced: '5.1.3', suppress: true }],
    [
      'letters that it does not take',
      { utf8: false },
      'añá@donga.example',
      { kind: 'refused', code: 553, enhanced: '5.6.7', suppress: false },
    ],
  ])('%s', (_, extensions, to, outcome) => {
    const led = lead(except({}), { count: 3, extensions: { ...PIPELINED, ...extensions }, to: () => to });
    expect(inOrder(led)).toEqual([outcome, outcome, outcome]);
    expect(led.written).toEqual([]);
  });

  it('is left out behind another mail too, and the next goes instead', () => {
    const to = (mail: number): string => (mail === 1 ? 'no address' : 'ama@donga.example');
    const led = lead(except({}), { count: 3, to });
    expect(inOrder(led).map((outcome) => outcome?.kind)).toEqual(['accepted', 'refused', 'accepted']);
    expect(led.written).toHaveLength(3);
  });

  it('says which letters an address has where they are not ASCII', () => {
    expect(lead(except({}), { to: () => 'añá@donga.example' }).written[0]).toMatch(
      /^MAIL FROM:<bounce@x.example> SMTPUTF8 /,
    );
  });
});

describe('a conversation with a server that takes one command after another', () => {
  it('waits for every answer', () => {
    const led = lead(except({ 'recipient 0': '550 5.1.1 nobody' }), {
      count: 2,
      extensions: { ...PLAIN, size: false },
    });
    expect(inOrder(led)).toEqual([NOBODY, ACCEPTED]);
    expect(led.written).toEqual([
      'MAIL FROM:<bounce@x.example>\r\n',
      'RCPT TO:<guest-0@donga.example>\r\n',
      'RSET\r\n',
      'MAIL FROM:<bounce@x.example>\r\n',
      'RCPT TO:<guest-1@donga.example>\r\n',
      'DATA\r\n',
      `${bodyOf(1)}.\r\n`,
    ]);
  });
});

describe('whatever a server says, in whatever pieces', () => {
  const reply = fc.oneof(
    { weight: 6, arbitrary: fc.constant('take') },
    fc.constantFrom(
      'leave',
      'nonsense',
      '250 yes',
      '354 go on',
      '334 go on',
      '421 closing',
      '450 4.7.1 later',
      '503 no',
    ),
    fc.constantFrom('550 5.1.1 nobody', '554-5.7.1 no\r\n554 and no', '250-2.0.0 yes\r\n250 indeed'),
  );
  const run = fc.record({
    replies: fc.array(reply, { minLength: 1, maxLength: 20 }),
    sizes: fc.array(fc.nat(80), { minLength: 1, maxLength: 10 }),
    count: fc.integer({ min: 1, max: 4 }),
    pipelining: fc.boolean(),
  });

  it('every mail has one end and it is the right one; no mail is written before 354 for it, or twice', () => {
    fc.assert(
      fc.property(run, ({ replies, sizes, count, pipelining }) => {
        let [asked, cut] = [0, 0];
        const script: Script = (stage) => {
          const chosen = replies[asked++ % replies.length] ?? 'take';
          return chosen === 'take' ? TAKES[stage] : chosen;
        };
        const led = lead(script, {
          count,
          extensions: pipelining ? PIPELINED : PLAIN,
          sizes: () => sizes[cut++ % sizes.length] ?? 0,
        });
        const { server, outcomes } = led;
        expect(server.nonsense).toEqual([]);
        for (const [mail, told] of outcomes) {
          expect(told).toHaveLength(1);
          expect(told[0]).toEqual(expected(server, mail));
        }
        for (let mail = 0; mail < count; mail += 1) {
          const whole = server.bodies.filter((each) => each.mail === mail && each.body !== '');
          expect(whole.length).toBeLessThanOrEqual(1);
          for (const { body } of whole) {
            expect(body).toBe(bodyOf(mail));
            expect(server.heard).toContainEqual(expect.objectContaining({ stage: 'data', mail, code: 354 }));
          }
        }
        // What was begun has an end.
        for (const { mail } of server.heard) if (mail < count && mail >= 0) expect(outcomes.has(mail)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('what is given up at any time has not gone out, and what has is not given up', () => {
    fc.assert(
      fc.property(run, fc.array(fc.nat(30), { maxLength: 6 }), (led, cancels) => {
        let [asked, cut, turn] = [0, 0, 0];
        const { server, outcomes } = lead(
          (stage) => {
            const chosen = led.replies[asked++ % led.replies.length] ?? 'take';
            return chosen === 'take' ? TAKES[stage] : chosen;
          },
          {
            count: led.count,
            extensions: led.pipelining ? PIPELINED : PLAIN,
            sizes: () => led.sizes[cut++ % led.sizes.length] ?? 0,
            beforeEach: (conversation, mails) => {
              const which = cancels.indexOf(turn++);
              if (which >= 0) conversation.cancel({ kind: 'too-late' }, (each) => each === mails[which % mails.length]);
            },
          },
        );
        expect(server.nonsense).toEqual([]);
        for (const [mail, told] of outcomes) {
          expect(told).toHaveLength(1);
          const isThere = server.bodies.some((each) => each.mail === mail && each.body !== '');
          const [outcome] = told;
          if (outcome?.kind === 'accepted' || outcome?.kind === 'unknown') expect(isThere).toBe(true);
          if (outcome?.kind === 'too-late' || (outcome?.kind === 'put-off' && outcome.code === undefined))
            expect(isThere).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  /** From what was said and what the server has, without the rules of the conversation. */
  function expected({ heard, bodies }: Server, mail: number): SendOutcome {
    const has = bodies.some((each) => each.mail === mail && each.body !== '');
    let refused: SendOutcome | undefined;
    let senderRefused = false;
    for (const { stage, mail: of, code, text } of heard) {
      const isOwn = of === mail && stage !== 'reset';
      const isOfConnection = stage === 'reset' || (stage === 'sender' && of > 0);
      if (isOwn && code >= 400 && !(code === 421 && isOfConnection))
        refused ??= refusedBy(code, text, stage === 'sender' || stage === 'recipient' ? stage : 'message');
      if (isOwn && stage === 'message') return refused ?? (code < 300 ? ACCEPTED : UNKNOWN);
      if (stage === 'sender') senderRefused = code >= 400;
      const isOutOfStep = code < 400 && (stage === 'data' ? code !== 354 : code >= 300);
      if (Number.isNaN(code) || isOutOfStep || code === 421) break;
      if ((stage === 'reset' && code >= 400) || (stage === 'data' && code === 354 && senderRefused)) break;
    }
    return refused ?? (has ? UNKNOWN : PUT_OFF);
  }
});
