import { describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { publication } from '../../libs/calendar/publication.js';
import { DAY, HOUR, plus } from '../../libs/time/clock.js';
import type { Recurrence } from '../../libs/time/recurrence.js';
import { aSubject, anInvitation } from '../../test/support/deliveries.js';
import type { Invitation, OwnOccurrence } from '../invitations/invitation.js';
import type { Series } from '../invitations/series.js';
import { loadTexts } from '../texts/index.js';
import { isInOwnFeed, ownMeeting, type OwnPlace } from './own-feed.js';

const subject = aSubject();
const now = plus(subject.start, -DAY);
const place = (more: Partial<OwnPlace> = {}): OwnPlace => ({
  subject,
  invitation: anInvitation(),
  answer: 'needs-action',
  ...more,
});
const links = { invitation: 'https://come.example/invitations/t1', join: 'https://come.example/join/t2' };
const publishing = {
  ...{ language: 'en', t: loadTexts().translator('en'), links },
  organizer: { name: 'Come Together', address: 'team@twins.example' },
};
const shown = (more: Partial<OwnPlace>) => ownMeeting(place(more), publishing);

describe('one’s own meetings', () => {
  const answered = (answer: Invitation['answer'], more: Partial<Invitation> = {}): Invitation =>
    anInvitation({ answer, answeredMoves: subject.moves, ...more });

  it.each([
    ['not yet answered', anInvitation(), subject, true],
    ['accepted', answered('accepted'), subject, true],
    ['declined', answered('declined'), subject, false],
    ['declined before it moved', answered('declined'), aSubject({ moves: 1 }), true],
    ['declined, as it is not for them', answered('declined', { why: 'not-for-me' }), aSubject({ moves: 1 }), false],
    ['left', answered('accepted', { left: true }), subject, false],
    ['cancelled', answered('accepted'), aSubject({ status: 'cancelled' }), true],
    ['over for a month', answered('accepted'), aSubject({ end: plus(now, -30 * DAY) }), false],
  ] as const)('%s', (_, invitation, of, isThere) => {
    expect(isInOwnFeed({ subject: of, invitation }, now)).toBe(isThere);
  });

  it.each([
    ['accepted', 'CONFIRMED', 'Your reply: accepted'],
    ['tentative', 'TENTATIVE', 'Your reply: maybe'],
    ['needs-action', 'TENTATIVE', 'Your reply: no reply yet'],
  ] as const)('that are %s read so', (answer, status, reply) => {
    const meeting = shown({ answer });
    expect(meeting).toMatchObject({ status, summary: subject.title, location: links.join, url: links.invitation });
    expect(meeting.description).toContain(reply);
    for (const link of Object.values(links)) expect(meeting.description).toContain(link);
    // A number to call is for those who join, at its time.
    expect(meeting.description).not.toContain(subject.dialIn);
  });

  it('are marked where one hosts', () => {
    const meeting = shown({ invitation: anInvitation({ role: 'host' }), answer: 'accepted' });
    expect(meeting.summary).toBe(`Host: ${subject.title}`);
    expect(meeting.description).toMatch(/^You host this meeting\./);
  });

  it('say that they are cancelled, and lead nowhere to join', () => {
    const meeting = shown({ subject: aSubject({ status: 'cancelled', cancelReason: 'The hall is flooded.' }) });
    expect(meeting).toMatchObject({ status: 'CANCELLED', summary: `Cancelled: ${subject.title}`, location: '' });
    expect(meeting.description).toContain('The hall is flooded.');
    expect(JSON.stringify(meeting)).not.toContain(links.join);
  });

  it('lead to the one page of a booking', () => {
    const own = 'https://come.example/bookings/t3';
    const booked = { subject: aSubject({ kind: 'booking' }), answer: 'accepted' } as const;
    const { description, status } = ownMeeting(place(booked), { ...publishing, links: { invitation: own, join: own } });
    expect(status).toBe('CONFIRMED');
    expect(description).toContain(`Join, move or cancel: ${own}`);
    expect(description.split(own)).toHaveLength(2);
  });

  it('have the UID of the meeting, and a new DTSTAMP after an answer as after a change', () => {
    expect(shown({})).toMatchObject({ uid: subject.id, dtstamp: subject.changedAt, sequence: subject.sequence });
    const dtstamp = plus(subject.changedAt, HOUR);
    const replied = anInvitation({ replied: { sequence: 0, dtstamp } });
    expect(shown({ invitation: replied }).dtstamp).toEqual(dtstamp);
    expect(shown({ invitation: replied, subject: aSubject({ changedAt: plus(dtstamp, HOUR) }) }).dtstamp).toEqual(
      plus(dtstamp, HOUR),
    );
  });

  describe('that repeat', () => {
    const recurrence: Recurrence = {
      ...{ date: '2027-01-12', time: '19:00', timeZone: 'Europe/Berlin' },
      ...{ repeats: { frequency: 'weekly' }, ends: { count: 4 } },
    };
    const at = { revision: 1, sequence: 0, moves: 0 };
    const dates = [12, 19, 26].map((day) => new Date(`2027-01-${String(day)}T18:00:00Z`));
    const [first = now, second = now, third = now] = dates;
    const fourth = new Date('2027-02-02T18:00:00Z');
    const changes = [{ original: fourth, at, cancelled: 'Snow' }];
    const series: Series = { recurrence, minutes: 60, changes, at, endsBefore: null, endReason: '' };
    const weekly = aSubject({ series, start: first, end: plus(fourth, HOUR) });
    const said = (original: Date, answer: Invitation['answer']): OwnOccurrence => ({
      ...{ original, answer, answeredMoves: 0, why: null, left: false, shift: 0, changes: 1 },
      replied: { sequence: 0, dtstamp: plus(weekly.changedAt, DAY) },
    });
    const readOf = (invitation: Invitation) => {
      const answer = invitation.answer;
      const text = publication({ meetings: [ownMeeting({ subject: weekly, invitation, answer }, publishing)] });
      const events = new ICAL.Component(ICAL.parse(text) as never).getAllSubcomponents('vevent');
      return events.map((event) => new ICAL.Event(event));
    };
    const wholly = (more: Partial<Invitation>): Invitation => anInvitation({ answeredMoves: 0, ...more });

    it('lack what was cancelled or given up, and say where another answer was given', () => {
      const occurrences = [said(second, 'declined'), said(third, 'tentative')];
      const [master, apart, ...others] = readOf(wholly({ answer: 'accepted', occurrences }));
      expect(others).toEqual([]);
      const without = master?.component.getAllProperties('exdate').map((each) => String(each.getFirstValue()));
      expect(without).toEqual(['2027-01-19T19:00:00', '2027-02-02T19:00:00']);
      expect(master?.component.getFirstPropertyValue('status')).toBe('CONFIRMED');
      expect(String(apart?.recurrenceId)).toBe('2027-01-26T19:00:00');
      expect(apart?.component.getFirstPropertyValue('status')).toBe('TENTATIVE');
      expect(apart?.description).toContain('Your reply: maybe');
      expect(String(master?.component.getFirstPropertyValue('dtstamp'))).toBe('2027-01-06T09:00:00Z');
    });

    it('are there for the one date that was accepted, and absent once all were given up', () => {
      const one = wholly({ answer: 'declined', occurrences: [said(second, 'accepted')] });
      expect(isInOwnFeed({ subject: weekly, invitation: one }, now)).toBe(true);
      const [master, apart] = readOf(one);
      expect(master?.component.getAllProperties('exdate')).toHaveLength(3);
      expect(apart?.component.getFirstPropertyValue('status')).toBe('CONFIRMED');
      const none = wholly({ answer: 'accepted', occurrences: dates.map((date) => said(date, 'declined')) });
      expect(isInOwnFeed({ subject: weekly, invitation: none }, now)).toBe(false);
    });
  });

  it('are published without guests and alarms', () => {
    const text = publication({ meetings: [shown({ answer: 'accepted' })], feed: { name: 'x', refreshMinutes: 60 } });
    expect(text).not.toMatch(/ATTENDEE|RSVP|PARTSTAT|VALARM/);
  });
});
