import { describe, expect, it } from '@jest/globals';
import { anInvitation, aSubject } from '../../test/support/deliveries.js';
import { countedId } from '../../test/support/ids.js';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import type { Decision } from '../../libs/rules/decision.js';
import { leave, reply, signUpAgain, wireSequence, type Invitation } from './invitation.js';
import type { InvitationEvent } from './invitations.events.js';
import { actAt, answersApart, invitationAt, occurrenceSubject, placeAt, takesPartAt, withSeats } from './occurrence.js';
import {
  meetingOf,
  occurrenceId,
  occurrencesOf,
  readOccurrenceId,
  type OccurrenceChange,
  type Series,
} from './series.js';
import type { Subject } from './subject.js';
import { partstatsApart, whatGoesOutInSeries } from './what-goes-out.js';

const now = new Date('2027-03-01T09:00:00Z');
const ZERO = { revision: 0, sequence: 0, moves: 0 };
const series: Series = {
  recurrence: {
    ...{ date: '2027-03-16', time: '19:00', timeZone: 'Europe/Berlin' },
    ...{ repeats: { frequency: 'weekly' }, ends: { count: 4 } },
  },
  ...{ minutes: 60, changes: [], at: ZERO, endsBefore: null, endReason: '' },
};
const starts = occurrencesOf(series).map(({ original }) => original);
const at = (index: number): Date => starts[index] ?? now;
const subjectWith = (more: Partial<Series> = {}, of: Partial<Subject> = {}): Subject => ({
  ...aSubject({ ...{ revision: 1, sequence: 0, moves: 0 }, start: at(0), end: plus(at(3), HOUR) }),
  ...{ series: { ...series, ...more }, answersTo: 0, answersFrom: 0 },
  ...of,
});
const change = (index: number, more: Partial<OccurrenceChange>): OccurrenceChange => ({
  original: at(index),
  at: { revision: 2, sequence: 1, moves: 0 },
  cancelled: null,
  ...more,
});
const moved = change(1, {
  start: plus(at(1), DAY),
  end: plus(at(1), DAY + HOUR),
  at: { revision: 2, sequence: 1, moves: 1 },
});
const changed = { revision: 2, sequence: 1 };
const withMoved = subjectWith({ changes: [moved] }, { ...changed, answersTo: 1 });
const occurrence = (subject: Subject, index: number) => {
  const found = subject.series && occurrencesOf(subject.series)[index];
  if (!found) throw new Error('no such occurrence');
  return found;
};

type Decided = Decision<Invitation, InvitationEvent, string>;
const accepted = (decided: Decided) => {
  if (!decided.ok) throw new Error(decided.reason);
  return decided;
};
const whole = anInvitation();
const single = (index: number, more: Partial<Invitation> = {}): Invitation =>
  anInvitation({ id: countedId(501), subject: occurrenceId(countedId(900), at(index)), ...more });
const decline = (invitation: Invitation, index: number, subject = subjectWith()) =>
  accepted(
    actAt(invitation, subject, occurrence(subject, index), (one, of) =>
      reply(one, of, { answer: 'declined', why: 'not-for-me' }, now),
    ),
  );

describe('an answer to one occurrence', () => {
  it('stands beside the answer to all, and sends a CANCEL for it alone', () => {
    const { state, events } = decline({ ...whole, answer: 'accepted' }, 1);
    expect(events).toEqual([{ type: 'invitation.cancel-due', data: { changes: 1, occurrence: at(1) } }]);
    expect(state).toMatchObject({ answer: 'accepted', changes: 0 });
    expect(invitationAt(state, at(1))).toMatchObject({ answer: 'declined', changes: 1, shift: 1 });
    expect(starts.map((_, index) => takesPartAt(state, occurrence(subjectWith(), index)))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(answersApart(state, subjectWith()).map(({ answer }) => answer)).toEqual(['declined']);
  });

  it('that sends nothing is no change that a calendar hears of', () => {
    const subject = subjectWith();
    const accept = actAt(whole, subject, occurrence(subject, 1), (one, of) =>
      reply(one, of, { answer: 'tentative' }, now),
    );
    expect(accepted(accept).events).toEqual([]);
    expect(invitationAt(accepted(accept).state, at(1))).toMatchObject({ answer: 'tentative', changes: whole.changes });
  });

  it('raises one SEQUENCE for all that has this UID, so that it never falls', () => {
    const { state } = decline(whole, 1);
    expect(wireSequence(state, subjectWith())).toBe(1);
    const { state: gone, events } = accepted(leave(state, subjectWith(), now));
    expect([gone.shift, gone.changes]).toEqual([2, 2]);
    expect(events).toEqual([{ type: 'invitation.cancel-due', data: { changes: 2 } }]);
  });

  it('out of a calendar counts where it answers what is known of this occurrence', () => {
    const calendar = { sequence: 0, dtstamp: now, requested: now };
    const answer = (subject: Subject, index: number, invitation = whole): Decided =>
      actAt(invitation, subject, occurrence(subject, index), (one, of) =>
        reply(one, of, { answer: 'accepted', calendar }, now),
      );
    // Another occurrence has been moved since, or given up: SEQUENCE of this one is as it was.
    expect(answer(withMoved, 2).ok).toBe(true);
    expect(answer(subjectWith(), 2, decline(whole, 1).state).ok).toBe(true);
    expect(answer(withMoved, 1)).toEqual({ ok: false, reason: 'stale' });
  });

  it.each([
    ['before', 10, 20],
    ['after, though older than', 10, 20],
    ['in one mail with', 10, 10],
  ])('out of a calendar counts when it comes %s one to all', (order, ofOne, ofAll) => {
    const given = (answer: 'accepted' | 'declined', minute: number) => ({
      answer,
      calendar: { requested: now, sequence: 0, dtstamp: plus(now, minute * MINUTE) },
    });
    const later = plus(now, HOUR);
    const toAll = (state: Invitation) => accepted(reply(state, subjectWith(), given('accepted', ofAll), later)).state;
    const toOne = (state: Invitation) =>
      accepted(
        actAt(state, subjectWith(), occurrence(subjectWith(), 2), (one, of) =>
          reply(one, of, given('declined', ofOne), later),
        ),
      ).state;
    const state = order === 'before' ? toAll(toOne(whole)) : toOne(toAll(whole));
    expect(state.answer).toBe('accepted');
    expect(invitationAt(state, at(2)).answer).toBe('declined');
    expect(invitationAt(state, at(1)).answer).toBe('accepted');
  });

  it('is asked for anew when that occurrence alone moves', () => {
    const invitation = { ...whole, answer: 'accepted' as const };
    expect(partstatsApart(invitation, withMoved)).toEqual([{ original: at(1), partstat: 'NEEDS-ACTION' }]);
    // Whoever answers all after that has answered it too.
    const again = accepted(reply(whole, withMoved, { answer: 'accepted' }, now)).state;
    expect(partstatsApart(again, withMoved)).toEqual([]);
  });

  it('is forgotten by signing up again to all', () => {
    const left = accepted(leave(decline(whole, 1).state, subjectWith(), now)).state;
    const { state } = accepted(signUpAgain(left, subjectWith(), now));
    expect(state.occurrences).toBeUndefined();
    expect([state.shift, state.changes]).toEqual([3, 3]);
  });

  it('may be given by the place of one occurrence, or not at all', () => {
    expect(placeAt(whole, subjectWith(), plus(at(1), HOUR))).toBeUndefined();
    expect(placeAt(whole, withMoved, at(1))?.subject).toMatchObject({ start: plus(at(1), DAY), moves: 1 });
  });
});

describe('seats', () => {
  it('are held in each occurrence that someone comes to, so that one index keeps them apart', () => {
    const limited = subjectWith({}, { capacity: 2 });
    const accept = accepted(reply(whole, limited, { answer: 'accepted' }, now, 1)).state;
    const seats = (invitation: Invitation) => withSeats(invitation, limited).seats;
    expect(seats(accept)).toEqual(starts.map((start) => `${occurrenceId(countedId(900), start)}#1`));
    expect(seats(decline(accept, 1, limited).state)).toHaveLength(3);
    expect(seats(accepted(leave(accept, limited, now)).state)).toBeUndefined();
  });
});

describe('seats of those who come to one occurrence', () => {
  it('are held in it alone, and a meeting that happens once notes none', () => {
    const subject = subjectWith();
    const of = occurrenceSubject(subject, occurrence(subject, 1));
    expect(withSeats(single(1, { seat: 2 }), of).seats).toEqual([`${of.id}#2`]);
    expect(withSeats(single(1), of)).not.toHaveProperty('seats');
    expect(withSeats(anInvitation({ seat: 2 }), aSubject())).not.toHaveProperty('seats');
  });
});

describe('what goes out in a series', () => {
  const cancelledOne = subjectWith({ changes: [change(1, { cancelled: 'Rain' })] }, changed);
  const since = { revision: 3, sequence: 1, moves: 0 };
  const editedSince = subjectWith({ changes: [moved], at: since }, { revision: 3, sequence: 1, answersTo: 1 });
  const split = subjectWith({ endsBefore: at(2), endedAt: { revision: 2, sequence: 1, moves: 0 } }, changed);
  const cancelled = subjectWith({ at: since }, { status: 'cancelled', revision: 3, sequence: 2 });
  const request = 'REQUEST NEEDS-ACTION';
  const mail = (subject: Subject, invitation: Invitation, index?: number): string => {
    const goes = whatGoesOutInSeries(subject, invitation, index === undefined ? undefined : at(index));
    if (!goes) return '';
    const { mail: sent, occurrence: original } = goes;
    return [sent.method, sent.method === 'REQUEST' ? sent.partstat : '', original ? 'RECURRENCE-ID' : '']
      .filter((each) => each !== '')
      .join(' ');
  };

  it.each<[string, Subject, number | undefined, string, string, string]>([
    // what changed, to all of it, to this one, to another one
    ['one moved', withMoved, 1, `${request} RECURRENCE-ID`, request, ''],
    ['one moved, and all edited since', editedSince, 1, '', request, ''],
    ['one cancelled', cancelledOne, 1, 'CANCEL RECURRENCE-ID', 'CANCEL', ''],
    ['text, room or time of all', editedSince, undefined, request, request, request],
    ['split before this one', split, undefined, request, 'CANCEL', 'CANCEL'],
    ['all cancelled', cancelled, undefined, 'CANCEL', 'CANCEL', 'CANCEL'],
  ])('%s', (_, subject, index, toAll, toThis, toOther) => {
    const one = subject === split ? 2 : 1;
    expect(mail(subject, whole, index)).toBe(toAll);
    expect(mail(subject, single(one), index)).toBe(toThis);
    expect(mail(subject, single(3), index)).toBe(toOther);
  });

  it('keeps quiet about what someone gave up, or has left', () => {
    const gaveUp = decline(whole, 1).state;
    expect(mail(withMoved, gaveUp, 1)).toBe('');
    expect(mail(cancelledOne, gaveUp, 1)).toBe('');
    expect(mail(withMoved, { ...whole, left: true }, 1)).toBe('');
    const nothingLeft = [0, 1, 2, 3].reduce((invitation, index) => decline(invitation, index).state, whole);
    expect(mail(editedSince, nothingLeft)).toBe('');
  });

  it('asks again whoever declined one for its time, once it moves', () => {
    const forTime = accepted(
      actAt(whole, subjectWith(), occurrence(subjectWith(), 1), (one, of) =>
        reply(one, of, { answer: 'declined', why: 'time' }, now),
      ),
    ).state;
    expect(mail(withMoved, forTime, 1)).toBe(`${request} RECURRENCE-ID`);
  });
});

describe('the id of an occurrence', () => {
  it('is its meeting’s and its original start', () => {
    const id = occurrenceId(countedId(900), at(2));
    expect(readOccurrenceId(id)).toEqual({ meeting: countedId(900), original: at(2) });
    expect([meetingOf(id), meetingOf(countedId(900))]).toEqual([countedId(900), countedId(900)]);
  });

  it.each([
    '',
    countedId(900),
    `${countedId(900)}.`,
    `${countedId(900)}.20271399T000000Z`,
    '__proto__.20270330T170000Z',
  ])('“%s” is none', (id) => {
    expect(readOccurrenceId(id)).toBeUndefined();
  });
});
