import { describe, expect, it } from '@jest/globals';
import { countedId } from '../../test/support/ids.js';
import { invite, type Answer, type Invitation, type Why } from './invitation.js';
import { partstatNow, whatGoesOut, type CalendarMail } from './what-goes-out.js';

const NOW = 2;
const BEFORE = 1;

/** @param moves the time that the answer was given to */
function guest(answer: Answer, moves: number, more: Partial<Invitation> = {}): Invitation {
  const place = { id: countedId(1), subject: countedId(2), contact: countedId(3), role: 'guest' } as const;
  return { ...invite(place, { sequence: 0, moves: 0 }), answer, answeredMoves: moves, ...more };
}
const declined = (moves: number, why: Why | null): Invitation => guest('declined', moves, { why });

const request = (partstat: 'NEEDS-ACTION' | 'ACCEPTED' | 'TENTATIVE'): CalendarMail => ({
  method: 'REQUEST',
  partstat,
});
const CANCEL: CalendarMail = { method: 'CANCEL' };

describe('what goes out when a meeting changes', () => {
  it.each<[string, Invitation, CalendarMail | undefined, CalendarMail | undefined]>([
    // guest, announced (text, room or time changed), cancelled
    ['has not answered', guest('needs-action', NOW), request('NEEDS-ACTION'), CANCEL],
    ['accepted this time', guest('accepted', NOW), request('ACCEPTED'), CANCEL],
    ['said maybe to this time', guest('tentative', NOW), request('TENTATIVE'), CANCEL],
    ['has not answered since before it moved', guest('needs-action', BEFORE), request('NEEDS-ACTION'), CANCEL],
    ['accepted an earlier time', guest('accepted', BEFORE), request('NEEDS-ACTION'), CANCEL],
    ['said maybe to an earlier time', guest('tentative', BEFORE), request('NEEDS-ACTION'), CANCEL],
    ['declined this time because of it', declined(NOW, 'time'), undefined, undefined],
    ['declined this time without a reason', declined(NOW, null), undefined, undefined],
    ['declined an earlier time because of it', declined(BEFORE, 'time'), request('NEEDS-ACTION'), CANCEL],
    ['declined an earlier time without a reason', declined(BEFORE, null), request('NEEDS-ACTION'), CANCEL],
    ['said that it is not for them', declined(NOW, 'not-for-me'), undefined, undefined],
    ['said so before it moved', declined(BEFORE, 'not-for-me'), undefined, undefined],
    ['left', guest('accepted', NOW, { left: true }), undefined, undefined],
    ['left before it moved', guest('accepted', BEFORE, { left: true }), undefined, undefined],
    ['hosts it', guest('accepted', NOW, { role: 'host' }), request('ACCEPTED'), CANCEL],
    ['hosts it, and it moved', guest('accepted', BEFORE, { role: 'host' }), request('ACCEPTED'), CANCEL],
  ])('to someone who %s', (_, invitation, changed, cancelled) => {
    expect(whatGoesOut({ status: 'announced', moves: NOW }, invitation)).toEqual(changed);
    expect(whatGoesOut({ status: 'cancelled', moves: NOW }, invitation)).toEqual(cancelled);
  });

  it('says the PARTSTAT that counts now', () => {
    expect(partstatNow({ moves: NOW }, guest('accepted', NOW))).toBe('ACCEPTED');
    expect(partstatNow({ moves: NOW }, guest('accepted', BEFORE))).toBe('NEEDS-ACTION');
    expect(partstatNow({ moves: NOW }, declined(BEFORE, 'not-for-me'))).toBe('DECLINED');
  });
});
