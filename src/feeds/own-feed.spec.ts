import { describe, expect, it } from '@jest/globals';
import { publication } from '../../libs/calendar/publication.js';
import { DAY, HOUR, plus } from '../../libs/time/clock.js';
import { aSubject, anInvitation } from '../../test/support/deliveries.js';
import type { Invitation } from '../invitations/invitation.js';
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

  it('16, 18 have the UID of the meeting, and a new DTSTAMP after an answer as after a change', () => {
    expect(shown({})).toMatchObject({ uid: subject.id, dtstamp: subject.changedAt, sequence: subject.sequence });
    const dtstamp = plus(subject.changedAt, HOUR);
    const replied = anInvitation({ replied: { sequence: 0, dtstamp } });
    expect(shown({ invitation: replied }).dtstamp).toEqual(dtstamp);
    expect(shown({ invitation: replied, subject: aSubject({ changedAt: plus(dtstamp, HOUR) }) }).dtstamp).toEqual(
      plus(dtstamp, HOUR),
    );
  });

  it('28, 54 are published without guests and alarms', () => {
    const text = publication({ meetings: [shown({ answer: 'accepted' })], feed: { name: 'x', refreshMinutes: 60 } });
    expect(text).not.toMatch(/ATTENDEE|RSVP|PARTSTAT|VALARM/);
  });
});
