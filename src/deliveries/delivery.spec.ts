import { describe, expect, it } from '@jest/globals';
import { bearsCalendar, isCalendarMail, nextTry, notAfter, type DeliveryKind } from './delivery.js';

const now = new Date('2027-01-11T10:00:00Z');
const at = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
const time = { start: at(24), end: at(26) };

describe('the last instant of a mail', () => {
  it.each([
    ['confirmation', undefined, at(48)],
    ['sign-in', undefined, at(0.5)],
    ['me-link', undefined, at(1)],
    ['booking', undefined, at(0.25)],
    ['request', undefined, at(72)],
    ['request', time, at(26)],
    ['cancel', time, at(26)],
    ['request', { ...time, earlierEnd: at(50) }, at(50)],
    ['cancel', { ...time, earlierEnd: at(2) }, at(26)],
    ['reminder', time, new Date('2027-01-12T09:59:00Z')],
    ['meetings-note', time, at(24)],
    ['already-in', undefined, at(72)],
  ] as const)('%s', (kind, about, until) => {
    expect(notAfter(kind, now, about)).toEqual(until);
  });
});

it.each<[DeliveryKind, boolean, boolean]>([
  ['request', true, true],
  ['cancel', true, true],
  ['decline-counter', false, true],
  ['reminder', false, false],
])('a %s changes the entry: %s, and has a calendar part: %s', (kind, changes, bears) => {
  expect([isCalendarMail(kind), bearsCalendar(kind)]).toEqual([changes, bears]);
});

describe('a mail that was put off', () => {
  const row = (attempts: number, until = at(200)) => ({ attempts, notAfter: until });

  it('is tried again after growing delays, sooner where no server was there', () => {
    const minutes = (attempts: number, answered: boolean): number =>
      ((nextTry(row(attempts), now, now, answered)?.getTime() ?? 0) - now.getTime()) / 60_000;
    expect([1, 2, 3, 4, 5, 6, 20].map((attempts) => minutes(attempts, true))).toEqual([1, 5, 15, 45, 120, 240, 240]);
    expect([1, 2, 3, 4, 5, 20].map((attempts) => minutes(attempts, false))).toEqual([0.25, 0.5, 1, 2, 5, 5]);
  });

  it('has failed three days after its first try', () => {
    expect(nextTry(row(30), at(-71), now, true)).toEqual(at(4));
    expect(nextTry(row(30), at(-72), now, true)).toBeUndefined();
  });

  it('gets a last try before it would be too late', () => {
    expect(nextTry(row(6, at(1)), now, now, true)).toEqual(new Date('2027-01-11T10:59:30Z'));
    expect(nextTry(row(6, new Date('2027-01-11T10:00:40Z')), now, now, true)).toEqual(new Date('2027-01-11T10:00:30Z'));
  });
});
