import { describe, expect, it } from '@jest/globals';
import {
  ACCEPTED,
  bodyOf,
  except,
  inOrder,
  lead,
  NOBODY,
  PIPELINED,
  PLAIN,
  PUT_OFF,
  type Stage,
  UNKNOWN,
} from '../../test/support/scripted-smtp.js';
import type { SmtpExtensions } from './smtp-extensions.js';
import type { SendOutcome } from './smtp-outcome.js';

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
