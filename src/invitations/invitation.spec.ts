import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuse, type Decision } from '../../libs/rules/decision.js';
import { uidOf } from '../../libs/privacy/ids.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import { countedId } from '../../test/support/ids.js';
import {
  invite,
  isOffered,
  leave,
  offer,
  openSeats,
  presentAnswer,
  reply,
  signUpAgain,
  takesPart,
  uidOfPlace,
  wireSequence,
  type Invitation,
  type Reply,
} from './invitation.js';
import type { InvitationEvent } from './invitations.events.js';
import type { Subject } from './subject.js';

const now = new Date('2027-01-11T09:00:00Z');
const start = new Date('2027-01-21T18:00:00Z');

const subject = (more: Partial<Subject> = {}): Subject => ({
  id: countedId(2),
  status: 'announced',
  revision: 1,
  sequence: 0,
  moves: 0,
  changedAt: now,
  start,
  end: plus(start, HOUR),
  timeZone: 'Europe/Berlin',
  title: 'First ideas',
  description: '',
  languages: [],
  dialIn: '',
  capacity: null,
  cancelReason: '',
  audience: 'everyone',
  host: countedId(9),
  ...more,
});
const cancelled = subject({ status: 'cancelled' });
const over = subject({ end: now });
const limited = subject({ capacity: 2 });
const moved = subject({ moves: 1, sequence: 1 });

const place = { id: countedId(1), subject: countedId(2), contact: countedId(3) };
const fresh = (more: Partial<Invitation> = {}): Invitation => ({
  ...invite({ ...place, role: 'guest' }, subject()),
  ...more,
});
const accepting = (more: Partial<Invitation> = {}): Invitation => fresh({ answer: 'accepted', ...more });
const declining = (more: Partial<Invitation> = {}): Invitation => fresh({ answer: 'declined', ...more });
const gone = (more: Partial<Invitation> = {}): Invitation => fresh({ left: true, changes: 1, ...more });

const accept: Reply = { answer: 'accepted' };
const maybe: Reply = { answer: 'tentative' };
const decline: Reply = { answer: 'declined' };

type Decided = Decision<Invitation, InvitationEvent, string>;
function accepted(decision: Decided): { state: Invitation; events: readonly InvitationEvent[] } {
  if (!decision.ok) throw new Error(`refused: ${decision.reason}`);
  return decision;
}
const causes = (decision: Decided): readonly string[] => accepted(decision).events.map(({ type }) => type);

it('is known to calendars by letters of one case, or by its id where it was made before that', () => {
  const { uid: _later, ...earlier } = fresh();
  expect(uidOfPlace(earlier)).toBe(earlier.id);
  expect(uidOfPlace(fresh({ id: 'QUJD' }))).toBe(uidOf('QUJD'));
  expect(uidOf('QUJD')).not.toBe('QUJD');
});

describe('an answer by a button', () => {
  it.each<[string, Invitation, Subject, Reply, readonly string[]]>([
    ['accepting sends nothing', fresh(), subject(), accept, []],
    ['neither does maybe', fresh(), subject(), maybe, []],
    ['nor changing between the two', accepting(), subject(), maybe, []],
    ['declining takes the entry away', accepting(), subject(), decline, ['invitation.cancel-due']],
    ['also for who never answered', fresh(), subject(), decline, ['invitation.cancel-due']],
    ['declining again, with a reason, sends nothing', declining(), subject(), { ...decline, why: 'time' }, []],
    ['accepting after declining brings the entry back', declining(), subject(), accept, ['invitation.request-due']],
    ['so does maybe', declining(), subject(), maybe, ['invitation.request-due']],
    ['accepting after leaving, too', gone(), subject(), accept, ['invitation.request-due']],
    ['declining after leaving sends nothing', gone(), subject(), decline, []],
    ['accepting a new time sends nothing', accepting(), moved, accept, []],
    ['declining a new time takes the entry away', accepting(), moved, decline, ['invitation.cancel-due']],
    ['who declined an earlier time has the entry again', declining(), moved, decline, ['invitation.cancel-due']],
  ])('%s', (_, invitation, about, given, caused) => {
    const decision = reply(invitation, about, given, now);
    expect(causes(decision)).toEqual(caused);
    expect(accepted(decision).state).toMatchObject({ answer: given.answer, answeredMoves: about.moves, left: false });
  });

  it.each<[string, Invitation, Subject, Reply]>([
    ['accept', accepting(), subject(), accept],
    ['accept where seats are limited since', accepting(), limited, accept],
    ['accept with a seat', accepting({ seat: 1 }), limited, accept],
    ['maybe', fresh({ answer: 'tentative' }), subject(), maybe],
    ['decline for a reason', declining({ why: 'time' }), subject(), { ...decline, why: 'time' }],
  ])('pressed twice writes nothing: %s', (_, invitation, about, given) => {
    expect(accepted(reply(invitation, about, given, now))).toMatchObject({ state: invitation, events: [] });
    expect(accepted(reply(invitation, about, given, now)).state).toBe(invitation);
  });

  it.each([
    ['cancelled', cancelled],
    ['over', over],
  ] as const)('comes too late when the meeting is %s', (why, about) => {
    expect(reply(fresh(), about, accept, now)).toEqual(refuse(why));
    expect(leave(fresh(), about, now)).toEqual(refuse(why));
    expect(signUpAgain(gone(), about, now)).toEqual(refuse(why));
  });

  it.each<[string, Invitation, string]>([
    ['whoever accepted is asked anew', accepting(), 'needs-action'],
    ['whoever declined because of the time, too', declining({ why: 'time' }), 'needs-action'],
    ['whoever said that it is not for them is not', declining({ why: 'not-for-me' }), 'declined'],
    ['nor is a host', accepting({ role: 'host' }), 'accepted'],
  ])('after a move: %s', (_, invitation, answer) => {
    expect(presentAnswer(invitation, moved)).toBe(answer);
  });

  it('keeps a reason only for declining', () => {
    expect(accepted(reply(declining({ why: 'not-for-me' }), subject(), accept, now)).state.why).toBeNull();
    expect(accepted(reply(fresh(), subject(), { ...accept, why: 'time' }, now)).state.why).toBeNull();
  });
});

describe('seats', () => {
  it('are taken by accepting, kept by a move, and freed by anything else', () => {
    const seated = accepted(reply(fresh(), limited, accept, now, 2)).state;
    expect(seated.seat).toBe(2);
    const after = subject({ capacity: 2, moves: 1, sequence: 1 });
    expect(presentAnswer(seated, after)).toBe('needs-action');
    expect(accepted(reply(seated, after, accept, now)).state).toMatchObject({ seat: 2, answeredMoves: 1 });
    for (const freed of [
      reply(seated, limited, decline, now),
      reply(seated, limited, maybe, now),
      leave(seated, limited, now),
    ])
      expect('seat' in accepted(freed).state).toBe(false);
  });

  it('are refused when none is left, and the answer before stays', () => {
    expect(reply(fresh(), limited, accept, now)).toEqual(refuse('full'));
    expect(reply(fresh(), limited, maybe, now).ok).toBe(true);
    expect(reply(accepting(), subject({ capacity: 2, moves: 1 }), accept, now)).toEqual(refuse('full'));
  });

  it('are none for a host', () => {
    const host = invite({ ...place, role: 'host' }, limited);
    expect(host.answer).toBe('accepted');
    expect('seat' in accepted(reply({ ...host, answer: 'tentative' }, limited, accept, now)).state).toBe(false);
  });

  it.each<[string, number, readonly number[], number, readonly number[]]>([
    ['all are open at first', 3, [], 0, [1, 2, 3]],
    ['those held are not', 3, [2], 0, [1, 3]],
    ['none when all are held', 3, [1, 2, 3], 0, []],
    ['those who accepted before there was a limit count', 3, [], 2, [1]],
    ['even when they are more', 3, [], 5, []],
    ['a seat beyond a lowered limit counts', 3, [7, 8], 0, [1]],
    ['all beyond: none', 3, [7, 8, 9], 0, []],
    ['both together', 5, [4, 5], 2, [1]],
    ['one within the limit that is not to be had again counts once more', 4, [4, 5, 6], 0, [1]],
  ])('%s', (_, capacity, taken, unseated, open) => {
    expect(openSeats(capacity, taken, unseated)).toEqual(open);
  });
});

describe('leaving and coming back', () => {
  it.each<[string, Invitation, readonly string[]]>([
    ['takes the entry away', fresh(), ['invitation.cancel-due']],
    ['of who accepted too', accepting(), ['invitation.cancel-due']],
    ['sends nothing to who declined', declining({ changes: 1 }), []],
    ['is done once', gone(), []],
  ])('leaving %s', (_, invitation, caused) => {
    const decision = leave(invitation, subject(), now);
    expect(causes(decision)).toEqual(caused);
    expect(accepted(decision).state.left).toBe(true);
  });

  it.each<[string, Invitation]>([
    ['who left', gone()],
    ['who declined', declining()],
    ['who was offered a place', offer(place, subject())],
  ])('signing up again sends a REQUEST to %s, unanswered', (_, invitation) => {
    const { state, events } = accepted(signUpAgain(invitation, subject(), now));
    expect(state).toMatchObject({ left: false, answer: 'needs-action', answeredMoves: 0, why: null });
    expect(events).toEqual([{ type: 'invitation.request-due', data: { changes: invitation.changes + 1 } }]);
  });

  it('is nothing for who is in', () => {
    for (const invitation of [fresh(), accepting(), fresh({ answer: 'tentative' })])
      expect(signUpAgain(invitation, subject(), now)).toEqual(refuse('in-already'));
    // The move has asked them again.
    expect(signUpAgain(declining(), moved, now)).toEqual(refuse('in-already'));
  });

  it('an offer is like a place that was left and that no calendar knows', () => {
    const offered = offer(place, subject({ sequence: 4 }));
    expect(isOffered(offered)).toBe(true);
    expect(takesPart(offered, subject())).toBe(false);
    expect(isOffered(gone())).toBe(false);
    const { state } = accepted(signUpAgain(offered, subject({ sequence: 4 }), now));
    expect(isOffered(state)).toBe(false);
    expect(wireSequence(state, { sequence: 4 })).toBe(0);
  });
});

describe('whatever guests and coordinators do, in any order', () => {
  type Step =
    { readonly kind: 'reply'; readonly given: Reply } | { readonly kind: 'leave' | 'sign-up' | 'move' | 'edit' };
  const steps: fc.Arbitrary<Step> = fc.oneof(
    fc
      .record({
        answer: fc.constantFrom('accepted' as const, 'tentative' as const, 'declined' as const),
        why: fc.constantFrom('time' as const, 'not-for-me' as const),
      })
      .map((given): Step => ({ kind: 'reply', given })),
    fc.constantFrom<Step>({ kind: 'leave' }, { kind: 'sign-up' }, { kind: 'move' }, { kind: 'edit' }),
  );

  const act = (invitation: Invitation, about: Subject, step: Step): Decided => {
    if (step.kind === 'reply') return reply(invitation, about, step.given, now);
    return step.kind === 'leave' ? leave(invitation, about, now) : signUpAgain(invitation, about, now);
  };

  it('the SEQUENCE of a guest begins with 0, never falls, and rises with every mail of their own', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.boolean(), fc.array(steps, { maxLength: 30 }), (sequence, isOffer, story) => {
        let about = subject({ sequence });
        let invitation = isOffer ? offer(place, about) : invite({ ...place, role: 'guest' }, about);
        let last = isOffer ? -1 : 0;
        expect(wireSequence(invitation, about)).toBe(last);
        for (const step of story) {
          if (step.kind === 'move' || step.kind === 'edit') {
            const time = step.kind === 'move' ? 1 : 0;
            about = {
              ...about,
              moves: about.moves + time,
              sequence: about.sequence + time,
              revision: about.revision + 1,
            };
            expect(wireSequence(invitation, about)).toBe(last + time);
          } else {
            const decision = act(invitation, about, step);
            if (!decision.ok) continue;
            const caused = decision.events.length;
            invitation = decision.state;
            expect(wireSequence(invitation, about)).toBe(last + caused);
          }
          last = wireSequence(invitation, about);
        }
      }),
    );
  });

  it('a calendar holds the entry exactly as long as its guest takes part', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 30 }), (story) => {
        let about = subject();
        let invitation = fresh();
        let holds = true;
        for (const step of story) {
          if (step.kind === 'edit') continue;
          if (step.kind === 'move') {
            about = { ...about, moves: about.moves + 1, sequence: about.sequence + 1 };
            // The move itself goes to everyone who takes part then.
            holds = takesPart(invitation, about);
            continue;
          }
          const decision = act(invitation, about, step);
          if (!decision.ok) continue;
          invitation = decision.state;
          for (const { type } of decision.events) holds = type === 'invitation.request-due';
          expect(holds).toBe(takesPart(invitation, about));
        }
      }),
    );
  });

  it('a seat has one holder, and no acceptance exceeds the limit, however many look at the same seats', () => {
    type Event =
      | { readonly kind: 'accept'; readonly guests: readonly number[] }
      | { readonly kind: 'give-up'; readonly guest: number; readonly answer: 'tentative' | 'declined' }
      | { readonly kind: 'limit'; readonly capacity: number | null }
      | { readonly kind: 'move' };
    const who = fc.nat(11);
    const events: fc.Arbitrary<Event> = fc.oneof(
      fc.array(who, { minLength: 1, maxLength: 6 }).map((guests): Event => ({ kind: 'accept', guests })),
      fc
        .record({ guest: who, answer: fc.constantFrom('tentative' as const, 'declined' as const) })
        .map((given): Event => ({ kind: 'give-up', ...given })),
      fc.option(fc.integer({ min: 1, max: 8 })).map((capacity): Event => ({ kind: 'limit', capacity })),
      fc.constant<Event>({ kind: 'move' }),
    );
    fc.assert(
      fc.property(fc.array(events, { maxLength: 40 }), (story) => {
        let about = subject({ capacity: 4 });
        const guests = Array.from({ length: 12 }, () => fresh());
        const taken = (): number[] => guests.flatMap(({ seat }) => (seat === undefined ? [] : [seat]));
        const unseated = (): number =>
          guests.filter((guest) => guest.seat === undefined && presentAnswer(guest, about) === 'accepted').length;
        for (const event of story) {
          if (event.kind === 'limit') about = { ...about, capacity: event.capacity };
          else if (event.kind === 'move') about = { ...about, moves: about.moves + 1 };
          else if (event.kind === 'give-up') {
            const decided = reply(guests[event.guest] ?? fresh(), about, { answer: event.answer }, now);
            if (decided.ok) guests[event.guest] = decided.state;
          } else {
            // All of them saw the same seats; the unique index lets each seat be taken once.
            const seen = about.capacity === null ? [] : [...openSeats(about.capacity, taken(), unseated())];
            for (const index of event.guests) {
              const before = guests[index] ?? fresh();
              const decided = reply(before, about, accept, now, before.seat ?? seen.shift());
              if (!decided.ok || decided.state === before) continue;
              guests[index] = decided.state;
              const isNew = before.seat === undefined;
              if (about.capacity !== null && isNew) {
                expect(taken().length + unseated()).toBeLessThanOrEqual(about.capacity);
              }
            }
          }
          expect(new Set(taken()).size).toBe(taken().length);
        }
      }),
    );
  });
});
