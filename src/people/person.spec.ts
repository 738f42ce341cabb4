import { describe, expect, it } from '@jest/globals';
import { countedId } from '../../test/support/ids.js';
import {
  appoint,
  appointFirst,
  forget,
  lastDayOf,
  may,
  mayAppoint,
  needsFirst,
  revoke,
  type Right,
  ROLES,
  type Role,
  sessionEnds,
  strongest,
  termBetween,
  termOf,
  type Appointment,
  type Person,
} from './person.js';

const now = new Date('2027-01-11T09:00:00Z');
const year = termBetween('2027-01-01', '2027-12-31');

const given = (more: Partial<Appointment> = {}): Appointment => ({
  id: countedId(1),
  contact: countedId(9),
  role: 'host',
  region: 'copargo',
  mandate: 'Leads the meetings in French',
  resolution: 'GA 2026/7',
  ...year,
  ...more,
});
const person = (more: Partial<Person> = {}): Person => ({ ...given(), revoked: null, generation: 0, ...more });

describe('the table of rights', () => {
  it.each<[Right, string]>([
    ['read-answers', 'administrator coordinator host'],
    ['download-answers', 'administrator coordinator'],
    ['lead-own-meetings', 'administrator coordinator host'],
    ['lead-all-meetings', 'administrator coordinator'],
    ['see-outbox', 'administrator coordinator'],
    ['see-people', 'administrator coordinator'],
    ['appoint-administrators', 'administrator'],
  ])('%s is for %s', (right, roles) => {
    expect(ROLES.filter((role) => may(role, right)).join(' ')).toBe(roles);
  });

  it.each<[Role, string]>([
    ['administrator', 'administrator coordinator host'],
    ['coordinator', 'coordinator host'],
    ['host', ''],
  ])('%s may appoint and revoke: %s', (by, roles) => {
    expect(ROLES.filter((role) => mayAppoint(by, role)).join(' ')).toBe(roles);
  });
});

describe('a term', () => {
  it('runs from the first moment of its first day to the last of its last', () => {
    expect(year).toEqual({ from: new Date('2027-01-01T00:00:00Z'), until: new Date('2028-01-01T00:00:00Z') });
    expect(lastDayOf(year.until).toISOString().slice(0, 10)).toBe('2027-12-31');
  });

  it.each([
    ['has not come yet', '2026-12-31T23:59:59Z', {}, 'coming'],
    ['begins', '2027-01-01T00:00:00Z', {}, 'running'],
    ['still runs on its last day', '2027-12-31T23:59:59Z', {}, 'running'],
    ['is over after it', '2028-01-01T00:00:00Z', {}, 'over'],
    ['without an end runs on', '2060-01-01T00:00:00Z', { until: null }, 'running'],
    ['was revoked, whatever the day', '2027-05-01T00:00:00Z', { revoked: now }, 'revoked'],
  ])('%s', (_, at, more, term) => {
    expect(termOf(person(more), new Date(at))).toBe(term);
  });
});

describe('appointing', () => {
  it('tells the person, and sets the end of the term as a timer', () => {
    expect(appoint(given(), 'coordinator', now)).toEqual({
      ok: true,
      state: person(),
      events: [{ type: 'person.appointed' }, { type: 'person.term-ended', dueAt: year.until }],
    });
  });

  it.each([
    ['a coordinator appoints no administrator', { role: 'administrator' as const }, 'coordinator', 'not-yours'],
    ['a host appoints nobody', {}, 'host', 'not-yours'],
    [
      'a term does not end before it begins',
      termBetween('2027-03-02', '2027-03-01'),
      'coordinator',
      'ends-before-it-begins',
    ],
    ['a term that is over helps nobody', termBetween('2026-01-01', '2027-01-10'), 'coordinator', 'over'],
  ] as const)('%s', (_, more, by, reason) => {
    expect(appoint(given(more), by, now)).toEqual({ ok: false, reason });
  });

  it('may be for today alone', () => {
    expect(appoint(given(termBetween('2027-01-11', '2027-01-11')), 'administrator', now).ok).toBe(true);
  });
});

describe('the first administrator', () => {
  const contact = countedId(9);
  const admin = (more: Partial<Person> = {}): Person => ({ ...appointFirst(countedId(2), contact, now), ...more });
  const other = admin({ id: countedId(3), contact: countedId(8) });

  it.each([
    ['is appointed where there is none', [], true],
    ['is not appointed twice', [admin()], false],
    ['is appointed beside others, when ADMIN_EMAIL is new', [other], true],
    ['does not come back by a restart after being revoked', [admin({ revoked: now }), other], false],
    ['comes back when nobody else is left', [admin({ revoked: now }), { ...other, revoked: now }], true],
  ])('%s', (_, administrators, needed) => {
    expect(needsFirst(contact, administrators, now)).toBe(needed);
  });
});

describe('revoking', () => {
  it('raises the generation, so that sessions are void at once', () => {
    expect(revoke(person(), 'coordinator', 0, now)).toEqual({
      ok: true,
      state: person({ revoked: now, generation: 1 }),
      events: [{ type: 'person.revoked' }],
    });
  });

  it('again changes nothing', () => {
    const revoked = person({ revoked: now, generation: 1 });
    expect(revoke(revoked, 'coordinator', 0, now)).toEqual({ ok: true, state: revoked, events: [] });
  });

  it.each([
    ['an administrator is not a coordinator’s to revoke', 'coordinator', 3, 'not-yours'],
    ['the last administrator stays', 'administrator', 0, 'last-administrator'],
  ] as const)('%s', (_, by, others, reason) => {
    expect(revoke(person({ role: 'administrator' }), by, others, now)).toEqual({ ok: false, reason });
  });

  it('leaves nothing behind when the contact is erased', () => {
    expect(forget()).toEqual({ ok: true, state: undefined, events: [{ type: 'person.revoked' }] });
  });
});

describe('signing in', () => {
  it('is in the name of the strongest role that runs', () => {
    const host = person();
    const coordinator = person({ id: countedId(2), role: 'coordinator' });
    const past = person({ id: countedId(3), role: 'administrator', until: now });
    expect(strongest([host, coordinator, past], now)?.id).toBe(coordinator.id);
    expect(strongest([past], now)).toBeUndefined();
    expect(strongest([], now)).toBeUndefined();
  });

  it.each([
    ['ends after 12 hours', { until: null }, '2027-01-11T21:00:00Z'],
    ['ends with the term if that is sooner', { until: new Date('2027-01-11T12:00:00Z') }, '2027-01-11T12:00:00Z'],
  ])('%s', (_, more, end) => {
    expect(sessionEnds(person(more), now)).toEqual(new Date(end));
  });
});
