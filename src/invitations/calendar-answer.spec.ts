import { describe, expect, it } from '@jest/globals';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { anInvitation, aSubject } from '../../test/support/deliveries.js';
import { presentAnswer, reply, sendAgain, type Invitation, type Reply } from './invitation.js';
import type { Subject } from './subject.js';

const now = new Date('2027-01-11T09:00:00Z');
const requested = plus(now, -10 * MINUTE);
const subject = aSubject();
const limited = aSubject({ capacity: 1 });
const fromCalendar = (answer: Reply['answer'], minutes = 0, sequence?: number): Reply => ({
  answer,
  calendar: { requested, dtstamp: plus(now, minutes * MINUTE), ...(sequence === undefined ? {} : { sequence }) },
});

function answered(invitation: Invitation, given: Reply, about: Subject = subject, seat?: number): Invitation {
  const decided = reply(invitation, about, given, now, seat);
  if (!decided.ok) throw new Error(decided.reason);
  expect(decided.events).toEqual(given.calendar ? [] : expect.anything());
  return decided.state;
}

describe('an answer out of a calendar', () => {
  it.each(['accepted', 'tentative', 'declined'] as const)('%s is recorded, and sends nothing', (answer) => {
    expect(presentAnswer(answered(anInvitation(), fromCalendar(answer)), subject)).toBe(answer);
  });

  it('takes a seat like a button, or is refused when all are taken; declining frees it', () => {
    expect(reply(anInvitation(), limited, fromCalendar('accepted'), now)).toEqual({ ok: false, reason: 'full' });
    const seated = answered(anInvitation(), fromCalendar('accepted', -2), limited, 1);
    expect(seated.seat).toBe(1);
    expect(answered(seated, fromCalendar('declined', -1), limited).seat).toBeUndefined();
  });

  it.each<[string, Invitation, Subject, readonly string[]]>([
    ['declining a booking gives it up', anInvitation(), aSubject({ kind: 'booking' }), ['invitation.declined']],
    ['once', anInvitation({ answer: 'declined' }), aSubject({ kind: 'booking' }), []],
    ['a meeting goes on without them', anInvitation(), subject, []],
  ])('%s', (_, invitation, about, caused) => {
    const decided = reply(invitation, about, fromCalendar('declined'), now);
    expect(decided.ok && decided.events.map(({ type }) => type)).toEqual(caused);
  });

  it('counts again after a decline out of the calendar, where the entry still stands', () => {
    const declined = answered(anInvitation(), fromCalendar('declined', -2));
    const back = answered(declined, fromCalendar('accepted', -1));
    expect(back).toMatchObject({ answer: 'accepted', changes: 0, shift: declined.shift });
  });

  it('changes nothing when it is older than the last, by whatever way that came', () => {
    const later = answered(anInvitation(), fromCalendar('accepted', -1));
    expect(reply(later, subject, fromCalendar('declined', -2), now)).toEqual({ ok: false, reason: 'stale' });
    const byButton = answered(anInvitation(), { answer: 'accepted' });
    expect(reply(byButton, subject, fromCalendar('declined', -1), now)).toEqual({ ok: false, reason: 'stale' });
  });

  it('is remembered by its time even when it says the same, so that one between the two is old', () => {
    const twice = answered(answered(anInvitation(), fromCalendar('accepted', -9)), fromCalendar('accepted', -1));
    expect(reply(twice, subject, fromCalendar('declined', -5), now)).toEqual({ ok: false, reason: 'stale' });
  });

  it('changes nothing when it comes twice', () => {
    const once = answered(anInvitation(), fromCalendar('tentative', -1));
    expect(answered(once, fromCalendar('tentative', -1))).toBe(once);
  });

  it('changes nothing when it answers an earlier SEQUENCE', () => {
    const moved = aSubject({ sequence: 1, moves: 1 });
    expect(reply(anInvitation(), moved, fromCalendar('accepted', 0, 0), now)).toEqual({ ok: false, reason: 'stale' });
    expect(answered(anInvitation(), fromCalendar('accepted', 0, 1), moved).answer).toBe('accepted');
  });

  it('of a calendar whose clock is fast does not make the next look old', () => {
    const fast = answered(anInvitation(), fromCalendar('accepted', 600));
    expect(fast.replied?.dtstamp).toEqual(now);
  });

  it('brings nobody back who left and declines', () => {
    const left = anInvitation({ left: true, changes: 1 });
    expect(answered(left, fromCalendar('declined', 1, 0)).left).toBe(true);
  });

  it.each([
    ['cancelled', aSubject({ status: 'cancelled' })],
    ['over', aSubject({ end: now })],
  ])('is too late for a meeting that is %s', (reason, closed) => {
    expect(reply(anInvitation(), closed, fromCalendar('accepted'), now)).toEqual({ ok: false, reason });
  });
});

describe('a calendar that asks again', () => {
  it('gets the invitation as it is now, under the same SEQUENCE', () => {
    const invitation = anInvitation({ answer: 'accepted' });
    expect(sendAgain(invitation, subject, now)).toEqual({
      ok: true,
      state: { ...invitation, changes: 1 },
      events: [{ type: 'invitation.request-due', data: { changes: 1 } }],
    });
  });

  it.each([
    ['left', anInvitation({ left: true })],
    ['declined', anInvitation({ answer: 'declined' })],
  ])('gets nothing for what its owner has %s', (_, invitation) => {
    expect(sendAgain(invitation, subject, now)).toEqual({ ok: false, reason: 'away' });
  });

  it('gets nothing after the end', () => {
    expect(sendAgain(anInvitation(), aSubject({ end: now }), now)).toEqual({ ok: false, reason: 'over' });
  });
});
