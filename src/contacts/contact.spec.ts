import { describe, expect, it } from '@jest/globals';
import { refuse } from '../../libs/rules/decision.js';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { countedId } from '../../test/support/ids.js';
import {
  appoint,
  askAgain,
  confirm,
  type Contact,
  endInSilence,
  enrol,
  enrolAgain,
  erase,
  feedOf,
  isAsked,
  lapse,
  type NewContact,
  pause,
  prefer,
  renewFeed,
  stillInterested,
  subscribeAgain,
  unsubscribe,
  wantsMail,
} from './contact.js';

const now = new Date('2027-01-11T09:00:00Z');
const meeting = countedId(7);

const given: NewContact = {
  id: countedId(1),
  dataKey: Buffer.from('key'),
  address: Buffer.from('sealed'),
  index: 'index',
  language: 'fr',
  timeZone: 'Africa/Porto-Novo',
  region: 'copargo',
  country: 'BJ',
  place: null,
  wants: ['meetings'],
  wishes: [],
};

const waiting = (more: Partial<Contact> = {}): Contact => ({ ...enrol(given, now).state, ...more });

function confirmed(more: Partial<Contact> = {}): Contact {
  const decision = confirm(enrol(given, now).state, now);
  if (!decision.ok) throw new Error(decision.reason);
  return { ...decision.state, ...more };
}

const closing = (): Contact => confirmed({ status: 'closing', generation: 1 });

describe('an address that was left', () => {
  it('waits for its confirmation, and for 48 hours at most', () => {
    const { state, events } = enrol(given, now);
    expect(state).toMatchObject({ ...given, status: 'unconfirmed', generation: 0, unsubscribed: false, asked: 0 });
    expect(events).toEqual([
      { type: 'contact.enrolled' },
      { type: 'contact.unconfirmed', dueAt: plus(now, 48 * HOUR) },
    ]);
  });

  it('adds wishes up when it is left again, and waits anew', () => {
    const later = plus(now, HOUR);
    const { state, events } = enrolAgain(waiting({ wants: [] }), { wants: ['office-hours'], wish: meeting }, later);
    expect(state.wants).toEqual(['office-hours']);
    expect(state.wishes).toEqual([meeting]);
    expect(state.confirmBy).toEqual(plus(later, 48 * HOUR));
    expect(events).toEqual([]);
    expect(enrolAgain(state, { wants: ['meetings'], wish: meeting }, later).state).toMatchObject({
      wants: ['meetings', 'office-hours'],
      wishes: [meeting],
    });
  });

  it('keeps the latest twenty meetings that it wishes for', () => {
    const many = Array.from({ length: 25 }, (_, i) => countedId(i + 100));
    const contact = many.reduce((state, wish) => enrolAgain(state, { wants: [], wish }, now).state, waiting());
    expect(contact.wishes).toEqual(many.slice(5));
  });

  it.each([
    ['confirmed', confirmed()],
    ['being erased', closing()],
  ])('changes nothing by a form when it is %s', (_, contact) => {
    expect(enrolAgain(contact, { wants: ['office-hours'], wish: meeting }, now)).toEqual({
      ok: true,
      state: contact,
      events: [],
    });
  });

  it('of someone with a role is confirmed from the start, and asked after a year like all', () => {
    const { state, events } = appoint({ ...given, wants: [] }, now);
    expect(state).toMatchObject({ status: 'confirmed', wants: [] });
    expect(events).toEqual([{ type: 'contact.year-passed', data: { asked: 0 }, dueAt: plus(now, 365 * DAY) }]);
  });
});

describe('confirming', () => {
  it('tells the features, and asks again in a year', () => {
    const decision = confirm(waiting({ wishes: [meeting] }), now);
    expect(decision).toMatchObject({ ok: true, state: { status: 'confirmed', wishes: [meeting] } });
    if (decision.ok) {
      expect(decision.state).not.toHaveProperty('confirmBy');
      expect(decision.events).toEqual([
        { type: 'contact.confirmed' },
        { type: 'contact.year-passed', data: { asked: 0 }, dueAt: plus(now, 365 * DAY) },
      ]);
    }
  });

  it.each([
    ['twice does no more than once', confirmed(), 'confirmed-already'],
    ['does not bring back what is being erased', closing(), 'closing'],
  ])('%s', (_, contact, why) => {
    expect(confirm(contact, now)).toEqual(refuse(why));
  });
});

describe('retention: an address that nobody confirms', () => {
  it.each([
    ['stays for 48 hours', waiting(), plus(now, 48 * HOUR - MINUTE), 'unconfirmed'],
    ['goes after them', waiting(), plus(now, 48 * HOUR), 'closing'],
    [
      'stays longer when it was left again',
      waiting({ confirmBy: plus(now, 60 * HOUR) }),
      plus(now, 50 * HOUR),
      'unconfirmed',
    ],
    ['stays when it was confirmed meanwhile', confirmed(), plus(now, 99 * HOUR), 'confirmed'],
  ])('%s', (_, contact, at, status) => {
    const { state, events } = lapse(contact, at);
    expect(state.status).toBe(status);
    expect(events).toEqual(status === 'closing' ? [{ type: 'contact.erasing', data: { until: at } }] : []);
  });
});

describe('retention: the yearly question', () => {
  it('is asked after a year, and leaves 30 days for an answer', () => {
    const { state, events } = askAgain(confirmed(), 0, now);
    expect(isAsked(state)).toBe(true);
    expect(events).toEqual([
      { type: 'contact.asked', data: { asked: 1 } },
      { type: 'contact.silent', data: { asked: 1 }, dueAt: plus(now, 30 * DAY) },
    ]);
  });

  it('is not asked twice, nor of those who are not confirmed', () => {
    const asked = askAgain(confirmed(), 0, now).state;
    for (const contact of [asked, waiting(), closing()]) expect(askAgain(contact, 0, now).events).toEqual([]);
  });

  it('erases without a trace whoever does not answer, and sends nothing', () => {
    const asked = askAgain(confirmed(), 0, now).state;
    const { state, events } = endInSilence(asked, 1, now);
    expect(state).toMatchObject({ status: 'closing', keepBlocked: false, generation: 1 });
    expect(events).toEqual([{ type: 'contact.erasing', data: { until: now } }]);
  });

  it('erases nobody who answered, and asks again in a year', () => {
    const { state, events } = stillInterested(askAgain(confirmed(), 0, now).state, now);
    expect(isAsked(state)).toBe(false);
    expect(events).toEqual([{ type: 'contact.year-passed', data: { asked: 2 }, dueAt: plus(now, 365 * DAY) }]);
    expect(endInSilence(state, 1, now)).toEqual({ ok: true, state, events: [] });
    expect(isAsked(askAgain(state, 2, now).state)).toBe(true);
  });

  it.each([
    ['answered twice', stillInterested(askAgain(confirmed(), 0, now).state, now).state],
    ['never asked', confirmed()],
    ['not confirmed', waiting()],
  ])('answered by someone %s changes nothing', (_, contact) => {
    expect(stillInterested(contact, now)).toEqual({ ok: true, state: contact, events: [] });
  });
});

describe('ways out', () => {
  it('unsubscribing stops mails until they are wished again', () => {
    const out = unsubscribe(confirmed()).state;
    expect(wantsMail(out, now)).toBe(false);
    expect(unsubscribe(out).state).toBe(out);
    expect(wantsMail(subscribeAgain(out).state, now)).toBe(true);
  });

  it('a pause ends by itself, or before when mails are wished again', () => {
    const paused = pause(confirmed(), plus(now, DAY), now);
    expect(paused.ok && wantsMail(paused.state, now)).toBe(false);
    expect(paused.ok && wantsMail(paused.state, plus(now, DAY))).toBe(true);
    expect(paused.ok && wantsMail(subscribeAgain(paused.state).state, now)).toBe(true);
  });

  it.each([
    ['into the past', now, 'in-the-past'],
    ['for more than a year', plus(now, 366 * DAY), 'too-far'],
  ])('nobody pauses %s', (_, until, why) => {
    expect(pause(confirmed(), until, now)).toEqual(refuse(why));
  });

  it.each([
    ['at once', false, ['contact.erasing'], now],
    ['after the CANCELs, an hour later at most', true, ['contact.closing', 'contact.erasing'], plus(now, HOUR)],
  ])('erasing %s makes every link void', (_, cancelFirst, types, until) => {
    const decision = erase(confirmed(), { cancelFirst, keepBlocked: true }, now);
    expect(decision).toMatchObject({ ok: true, state: { status: 'closing', keepBlocked: true, generation: 1 } });
    if (!decision.ok) return;
    expect(decision.events.map(({ type }) => type)).toEqual(types);
    expect(decision.events.at(-1)).toEqual({ type: 'contact.erasing', data: { until } });
  });

  it('whoever is being erased cannot be erased again', () => {
    expect(erase(closing(), { cancelFirst: true, keepBlocked: false }, now)).toEqual(refuse('closing'));
  });
});

describe('whether announcements, notes and reminders may go out', () => {
  it.each([
    ['to someone confirmed', confirmed(), true],
    ['to someone unconfirmed', waiting(), false],
    ['to someone being erased', closing(), false],
    ['to someone unsubscribed', confirmed({ unsubscribed: true }), false],
    ['to an address that mail servers refused', confirmed({ suppressed: true }), false],
    ['in a pause', confirmed({ pausedUntil: plus(now, 1) }), false],
    ['after a pause', confirmed({ pausedUntil: now }), true],
  ])('%s', (_, contact, may) => {
    expect(wantsMail(contact, now)).toBe(may);
  });
});

describe('the address of the private feed', () => {
  it('is void after a new one was made, and after erasing; no other link is void by the first', () => {
    const contact = confirmed();
    const renewed = renewFeed(contact).state;
    const erased = erase(renewed, { cancelFirst: false, keepBlocked: false }, now);
    if (!erased.ok) throw new Error(erased.reason);
    const generations = [contact, renewed, renewFeed(renewed).state, renewFeed(erased.state).state].map(
      (each) => feedOf(each).generation,
    );
    expect(generations).toEqual([0, 1, 2, 3]);
    expect(feedOf(erased.state).generation).toBe(2);
    expect(renewed.generation).toBe(contact.generation);
  });
});

describe('what the owner may change', () => {
  it('is how and about what they are written to, and nothing else', () => {
    const contact = confirmed();
    const wished = { language: 'de', timeZone: 'Europe/Berlin', wants: [], status: 'closing', index: 'x' } as const;
    expect(prefer(contact, wished).state).toEqual({
      ...contact,
      language: 'de',
      timeZone: 'Europe/Berlin',
      wants: [],
    });
  });
});
