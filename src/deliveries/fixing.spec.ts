import { describe, expect, it } from '@jest/globals';
import { aContact, aDelivery, aFixed, anInvitation, aSubject } from '../../test/support/deliveries.js';
import { countedId } from '../../test/support/ids.js';
import type { Delivery, Fixed } from './delivery.js';
import { fixedFor } from './fixing.js';

const now = new Date('2027-01-11T10:00:00.500Z');

const fix = (row: Partial<Delivery> = {}, more: Partial<Parameters<typeof fixedFor>[1]> = {}): Fixed =>
  fixedFor(aDelivery(row), {
    ...{ contact: aContact(), invitation: anInvitation(), subject: aSubject(), others: [] },
    ...{ now, keyId: 'key', domain: 'come-together.example' },
    ...more,
  });

const sent = (fixed: Partial<Fixed>, more: Partial<Delivery> = {}): Delivery =>
  aDelivery({ _id: countedId(60), state: 'sent', attempts: 1, fixed: aFixed(fixed), ...more });

describe('what is fixed before the first attempt', () => {
  it('is the reader’s language and zone, the present revision, and full seconds', () => {
    expect(fix({}, { subject: aSubject({ revision: 4, moves: 2 }) })).toMatchObject({
      ...{ revision: 4, moves: 2, language: 'fr', timeZone: 'Africa/Porto-Novo', keyId: 'key', inReplyTo: null },
      ...{ date: new Date('2027-01-11T10:00:00Z'), messageId: `<${countedId(7)}@come-together.example>` },
    });
  });

  it('has the SEQUENCE of the meeting and the guest together', () => {
    const invitation = anInvitation({ shift: -2 });
    expect(fix({}, { invitation, subject: aSubject({ sequence: 2 }) }).sequence).toBe(0);
    expect(
      fix({ kind: 'cancel' }, { invitation, subject: aSubject({ sequence: 3, status: 'cancelled' }) }).sequence,
    ).toBe(1);
  });

  it('has a DTSTAMP later than any before, even on a slow clock', () => {
    expect(fix().dtstamp).toEqual(new Date('2027-01-11T10:00:00Z'));
    const ahead = sent({ dtstamp: new Date('2027-01-11T11:00:00Z') });
    expect(fix({}, { others: [ahead] }).dtstamp).toEqual(new Date('2027-01-11T11:00:01Z'));
  });

  it('answers the mail that began the conversation', () => {
    const first = sent({ messageId: '<first@x.example>', date: new Date('2027-01-01T00:00:00Z') });
    const second = sent({ messageId: '<second@x.example>', date: new Date('2027-01-02T00:00:00Z') });
    for (const others of [
      [second, first],
      [first, second],
    ])
      expect(fix({ kind: 'reminder' }, { others }).inReplyTo).toBe('<first@x.example>');
  });

  it.each<[string, Partial<Delivery>, Partial<Parameters<typeof fixedFor>[1]>, string]>([
    ['a first REQUEST', {}, {}, 'new'],
    ['a text that changed', {}, { others: [sent({})], subject: aSubject({ revision: 2 }) }, 'changed'],
    ['a move', {}, { others: [sent({})], subject: aSubject({ revision: 2, moves: 1 }) }, 'moved'],
    ['coming back', {}, { others: [sent({}), sent({ dtstamp: now }, { kind: 'cancel' })] }, 'new'],
    ['a cancelled meeting', { kind: 'cancel' }, { subject: aSubject({ status: 'cancelled' }) }, 'cancelled'],
    ['leaving', { kind: 'cancel' }, {}, 'gone'],
    ['being erased', { kind: 'cancel' }, { contact: aContact({ status: 'closing' }) }, 'farewell'],
  ])('knows the occasion: %s', (_, row, circumstances, occasion) => {
    expect(fix(row, circumstances).occasion).toBe(occasion);
  });

  it('says for calendar mails alone what they tell, so that nothing is told twice', () => {
    expect(fix().told).toBe(`${countedId(500)}|1|0|request`);
    expect(fix({ kind: 'reminder' }).told).toBeUndefined();
  });
});
