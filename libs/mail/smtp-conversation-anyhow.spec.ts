import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ACCEPTED,
  bodyOf,
  lead,
  PIPELINED,
  PLAIN,
  PUT_OFF,
  type Script,
  type ScriptedServer,
  TAKES,
  UNKNOWN,
} from '../../test/support/scripted-smtp.js';
import { refusedBy, type SendOutcome } from './smtp-outcome.js';

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
  function expected({ heard, bodies }: ScriptedServer, mail: number): SendOutcome {
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
