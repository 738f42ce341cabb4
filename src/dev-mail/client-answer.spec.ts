import { describe, expect, it } from '@jest/globals';
import { readReplies } from '../../libs/calendar/reply.js';
import { readReport } from '../../libs/mail/mail-report.js';
import { contentOf, eachPart, readMail } from '../../libs/mail/received-mail.js';
import { asksForAnswer, clientAnswer, type ClientAct } from './client-answer.js';

const now = new Date('2027-01-11T09:00:00Z');
const calendar = [
  'BEGIN:VCALENDAR',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:AAAAAAAAAAAAAAAAAAAAAQ',
  'SEQUENCE:2',
  'DTSTART:20270112T180000Z',
  'DTEND:20270112T190000Z',
  'ORGANIZER;CN="Come Together":mailto:team@come.example',
  'ATTENDEE:mailto:afi@example.org',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');
const mail = { from: 'bounce+0a@come.example', to: ['afi@example.org'], calendar };
const said = { uid: 'AAAAAAAAAAAAAAAAAAAAAQ', attendee: 'afi@example.org', sequence: 2, dtstamp: now };

function repliesOf(act: ClientAct) {
  const answer = clientAnswer(mail, act, now, 'token');
  if (!answer) throw new Error('no answer');
  expect(answer).toMatchObject({ from: 'afi@example.org', to: 'team@come.example' });
  const part = [...eachPart(readMail(Buffer.from(answer.raw)))].find(({ type }) => type === 'text/calendar');
  return part && readReplies(contentOf(part));
}

describe('an invitation of the local mailbox', () => {
  it.each<[ClientAct, object]>([
    ['accepted', { method: 'REPLY', partstat: 'ACCEPTED' }],
    ['tentative', { method: 'REPLY', partstat: 'TENTATIVE' }],
    ['declined', { method: 'REPLY', partstat: 'DECLINED' }],
    [
      'counter',
      {
        method: 'COUNTER',
        partstat: 'TENTATIVE',
        proposed: { start: new Date('2027-01-12T19:00:00Z'), end: new Date('2027-01-12T20:00:00Z') },
      },
    ],
  ])('is answered as a calendar would: %s', (act, expected) => {
    expect(repliesOf(act)).toEqual({ ok: true, value: [{ ...said, ...expected }] });
  });

  it('comes back as a server would send it', () => {
    const answer = clientAnswer(mail, 'bounce', now, 'token');
    expect(answer).toMatchObject({ from: '', to: mail.from });
    expect(readReport(readMail(Buffer.from(answer?.raw ?? '')), true)).toMatchObject({ outcome: 'no-such-address' });
  });

  it.each([undefined, '', 'BEGIN:VCALENDAR', calendar.replace('REQUEST', 'CANCEL')])('is none: %j', (other) => {
    expect(asksForAnswer({ ...mail, calendar: other })).toBe(false);
    expect(clientAnswer({ ...mail, calendar: other }, 'accepted', now, 'token')).toBeUndefined();
  });
});
