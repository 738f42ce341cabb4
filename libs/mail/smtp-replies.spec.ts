import { describe, expect, it } from '@jest/globals';
import { enhancedCodeIn, verdictOf, type SmtpStage, type Verdict } from './smtp-replies.js';

describe('what a refusal means', () => {
  it.each<[string, number, string | undefined, SmtpStage, Verdict]>([
    ['greylisting', 450, '4.7.1', 'recipient', 'retry'],
    ['a server that goes away', 421, undefined, 'message', 'retry'],
    ['a mailbox full for now', 452, '4.2.2', 'recipient', 'retry'],
    ['a permanent class in a transient reply: the reply decides', 451, '5.1.1', 'recipient', 'retry'],
    ['no such mailbox', 550, '5.1.1', 'recipient', 'no-such-address'],
    ['no such domain', 550, '5.1.2', 'recipient', 'no-such-address'],
    ['a mailbox that moved', 551, '5.1.6', 'recipient', 'no-such-address'],
    ['a mailbox that was closed', 554, '5.2.1', 'message', 'no-such-address'],
    ['a domain that takes no mail (RFC 7505)', 556, '5.1.10', 'recipient', 'no-such-address'],
    ['no mailbox, in the words of Exchange Online', 550, '5.4.1', 'recipient', 'no-such-address'],
    ['550 at the address without a class', 550, undefined, 'recipient', 'no-such-address'],
    ['550 at the address with a class that says nothing', 550, '5.0.0', 'recipient', 'no-such-address'],
    ['550 after the mail without a class may be about its words', 550, undefined, 'message', 'refused'],
    ['a mailbox that is full', 552, '5.2.2', 'recipient', 'refused'],
    ['552 without a class', 552, undefined, 'recipient', 'refused'],
    ['a mail that is too large', 552, '5.3.4', 'message', 'refused'],
    ['a policy', 550, '5.7.1', 'recipient', 'refused'],
    ['words that look like spam', 554, '5.6.0', 'message', 'refused'],
    ['our sender is not liked', 550, '5.1.8', 'sender', 'refused'],
    ['550 at the sender is not about the recipient', 550, undefined, 'sender', 'refused'],
    ['a server that takes nothing at all today', 554, '5.3.2', 'session', 'retry'],
    ['an account that is not let in', 535, '5.7.8', 'session', 'retry'],
    ['a relay that asks for a password', 530, '5.7.0', 'sender', 'retry'],
    ['a wrong order of commands', 503, '5.5.1', 'message', 'retry'],
  ])('%s', (_, code, enhanced, stage, verdict) => {
    expect(verdictOf(code, enhanced, stage)).toBe(verdict);
  });
});

describe('the enhanced code in a reply', () => {
  it.each([
    ['550 5.1.1 <a@x.example>: no such user', '5.1.1'],
    ['550-5.7.26 this mail is unauthenticated', '5.7.26'],
    ['550 no such user', undefined],
    ['550 5.1.1.1 odd', undefined],
    ['550 10.0.0.1 is blocked', undefined],
  ])('%s', (reply, code) => {
    expect(enhancedCodeIn(reply)).toBe(code);
  });
});
