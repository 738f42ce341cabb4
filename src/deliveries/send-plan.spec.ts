import { describe, expect, it } from '@jest/globals';
import { plus } from '../../libs/time/clock.js';
import { aDelivery, aFixed, anInvitation, aSubject } from '../../test/support/deliveries.js';
import { countedId } from '../../test/support/ids.js';
import { revisionKey, type Delivery } from './delivery.js';
import { lastTried, sendPlan, type Present } from './send-plan.js';

const now = new Date('2027-01-11T10:00:00Z');
const SEND = { do: 'send' };
const SUPERSEDE = { do: 'supersede' };

const present = (more: Partial<Present> = {}): Present => ({
  invitation: anInvitation(),
  subject: aSubject(),
  others: [],
  ...more,
});

let count = 100;
const other = (more: Partial<Delivery>): Delivery => aDelivery({ _id: countedId(++count), ...more });
const tried = (more: Partial<Delivery> = {}, fixed = {}): Delivery =>
  other({ state: 'sent', attempts: 1, fixed: aFixed(fixed), ...more });

const cancelled = aSubject({ status: 'cancelled', revision: 2, sequence: 1 });
const anew = (kind: 'request' | 'cancel', revision: number) => ({
  do: 'supersede',
  anew: { kind, key: revisionKey(countedId(500), revision) },
});

describe('a REQUEST', () => {
  it.each<[string, Partial<Delivery>, Partial<Present>, object]>([
    ['goes out when nothing has changed', {}, {}, SEND],
    ['goes out unfixed as things are now', {}, { subject: aSubject({ revision: 2 }) }, SEND],
    ['gives way to a later row that waits', {}, { others: [other({ revision: 2 })] }, SUPERSEDE],
    ['gives way to a later row that was sent', {}, { others: [tried({ revision: 2 }, { revision: 2 })] }, SUPERSEDE],
    ['stays where the later row had failed', {}, { others: [other({ revision: 2, state: 'failed' })] }, SEND],
    ['stays where the later row was set aside', {}, { others: [other({ revision: 2, state: 'quarantined' })] }, SEND],
    [
      'stays where the later row was itself superseded',
      {},
      { others: [other({ revision: 2, state: 'superseded' })] },
      SEND,
    ],
    [
      'gives way to a row of the guest that came later',
      {},
      { others: [other({ changes: 1, kind: 'cancel' })] },
      SUPERSEDE,
    ],
    [
      'is not said twice',
      { revision: 2 },
      { subject: aSubject({ revision: 2 }), others: [tried({}, { revision: 2 })] },
      SUPERSEDE,
    ],
    ['is not kept back by a reminder', {}, { others: [other({ kind: 'reminder', revision: 2 })] }, SEND],
    [
      'of an older revision is made anew',
      { fixed: aFixed() },
      { subject: aSubject({ revision: 2 }) },
      anew('request', 2),
    ],
    ['of a cancelled meeting becomes a CANCEL', {}, { subject: cancelled }, anew('cancel', 2)],
    ['is not for whoever left', {}, { invitation: anInvitation({ left: true }) }, SUPERSEDE],
    ['is not for whoever declined', {}, { invitation: anInvitation({ answer: 'declined' }) }, SUPERSEDE],
    ['is nothing without its invitation', {}, { invitation: undefined }, SUPERSEDE],
    ['is too late at its last instant', { notAfter: now }, {}, { do: 'expire' }],
  ])('%s', (_, row, situation, plan) => {
    expect(sendPlan(aDelivery(row), present(situation), now)).toEqual(plan);
  });

  it('is told by exactly one of two rows, in whatever order they come', () => {
    // The first was fixed at the present revision and put off; then the row of that revision was made.
    const subject = aSubject({ revision: 2 });
    const first = aDelivery({ fixed: aFixed({ revision: 2 }), attempts: 1 });
    const second = other({ key: revisionKey(countedId(500), 2), revision: 2 });
    expect(sendPlan(first, present({ subject, others: [second] }), now)).toEqual(SEND);
    expect(sendPlan(second, present({ subject, others: [first] }), now)).toEqual(SUPERSEDE);
  });
});

describe('a CANCEL', () => {
  const cancel: Partial<Delivery> = { kind: 'cancel', revision: 2 };
  it.each<[string, Partial<Delivery>, readonly Delivery[], object]>([
    ['takes back a REQUEST that was sent', cancel, [tried()], SEND],
    ['takes back a REQUEST that may have arrived', cancel, [tried({ state: 'open' })], SEND],
    ['is dropped when its REQUEST was never attempted', cancel, [other({ state: 'superseded' })], SUPERSEDE],
    ['is dropped when its REQUEST was refused', cancel, [tried({ state: 'failed' })], SUPERSEDE],
    [
      'is dropped when a CANCEL was the last that was told',
      cancel,
      [tried(), tried({ kind: 'cancel', changes: 1 }, { changes: 1, dtstamp: now })],
      SUPERSEDE,
    ],
    [
      'gives way to a REQUEST of the guest who came back',
      { kind: 'cancel', changes: 1 },
      [tried(), other({ changes: 2 })],
      SUPERSEDE,
    ],
  ])('%s', (_, row, others, plan) => {
    const subject = row.revision === 2 ? cancelled : aSubject();
    expect(sendPlan(aDelivery(row), present({ subject, others }), now)).toEqual(plan);
  });
});

describe('what is about one occurrence of a series', () => {
  const [original, another] = [new Date('2027-01-19T18:00:00Z'), new Date('2027-01-26T18:00:00Z')];
  const row: Partial<Delivery> = { occurrence: original, revision: 2 };
  const subject = aSubject({ revision: 2 });
  it.each<[string, Partial<Delivery>, readonly Delivery[], object]>([
    ['is not kept back by another occurrence', row, [other({ occurrence: another, revision: 3 })], SEND],
    ['gives way to a later row of the same', row, [other({ occurrence: original, revision: 3 })], SUPERSEDE],
    ['gives way to a REQUEST for all that tells it', row, [tried({ revision: 3 }, { revision: 3 })], SUPERSEDE],
    [
      'is cancelled by itself, also where a REQUEST for all leaves it out',
      { ...row, kind: 'cancel' },
      [tried(), other({ revision: 3 })],
      SEND,
    ],
    ['gives way to a CANCEL of all', { ...row, kind: 'cancel' }, [other({ revision: 3, kind: 'cancel' })], SUPERSEDE],
    ['keeps no mail for all back', { revision: 2 }, [other({ occurrence: original, revision: 3 })], SEND],
  ])('%s', (_, mail, others, plan) => {
    expect(sendPlan(aDelivery(mail), present({ subject, others }), now)).toEqual(plan);
  });

  it('is made anew under a key of its own', () => {
    const old = aDelivery({ occurrence: original, fixed: aFixed() });
    expect(sendPlan(old, present({ subject }), now)).toEqual({
      ...SUPERSEDE,
      anew: { kind: 'request', key: `${countedId(500)}|r2.20270119T180000Z` },
    });
  });
});

describe('the last calendar mail that may have arrived', () => {
  const [earlier, later] = [tried({}, { dtstamp: now }), tried({ kind: 'cancel' }, { dtstamp: plus(now, 1_000) })];
  it.each<[string, readonly Delivery[], Delivery | undefined]>([
    ['is the latest by its DTSTAMP', [later, earlier], later],
    ['in whatever order they are found', [earlier, later], later],
    ['is none that failed', [earlier, { ...later, state: 'failed' }], earlier],
    ['is none that was never tried', [other({})], undefined],
    ['is no reminder', [tried({ kind: 'reminder' })], undefined],
  ])('%s', (_, others, last) => {
    expect(lastTried(others)).toBe(last);
  });
});

describe('a reminder', () => {
  const reminder: Partial<Delivery> = { kind: 'reminder', moves: 0, minutes: 60 };
  it.each<[string, Partial<Present>, object]>([
    ['goes to whoever takes part', {}, SEND],
    ['goes to whoever has not replied', { invitation: anInvitation({ answer: 'needs-action' }) }, SEND],
    ['is not for an old time', { subject: aSubject({ moves: 1 }) }, SUPERSEDE],
    ['is not for a cancelled meeting', { subject: cancelled }, SUPERSEDE],
    ['is not for whoever declined', { invitation: anInvitation({ answer: 'declined' }) }, SUPERSEDE],
    ['is not for whoever left', { invitation: anInvitation({ left: true }) }, SUPERSEDE],
  ])('%s', (_, situation, plan) => {
    expect(sendPlan(aDelivery(reminder), present(situation), now)).toEqual(plan);
  });
});

it('sends a mail about no meeting until it is too late', () => {
  const { invitation: _none, subject: _neither, ...link } = aDelivery({ kind: 'me-link' });
  const nothing = { invitation: undefined, subject: undefined, others: [] };
  expect(sendPlan(link, nothing, now)).toEqual(SEND);
  expect(sendPlan({ ...link, notAfter: now }, nothing, now)).toEqual({ do: 'expire' });
});
