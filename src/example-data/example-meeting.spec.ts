import { describe, expect, it } from '@jest/globals';
import { countedId } from '../../test/support/ids.js';
import { exampleMeeting, nextStep } from './example-meeting.js';

const now = new Date('2027-01-11T09:00:12.345Z');
const example = { _id: 'meeting', round: 0, meeting: countedId(1) } as const;
const meeting = (end: string, status: 'draft' | 'announced' | 'cancelled' = 'announced') => ({
  status,
  end: new Date(end),
});

describe('what a start does about the example', () => {
  it.each([
    ['begins in an empty database', undefined, undefined, false, 'begin'],
    ['does nothing where people have meetings of their own', undefined, undefined, true, 'nothing'],
    ['makes what another process, or a killed one, agreed on', example, undefined, true, 'make'],
    ['announces what is made', example, meeting('2027-01-11T10:30:00Z', 'draft'), true, 'announce'],
    ['leaves the one to come alone', example, meeting('2027-01-11T10:30:00Z'), true, 'nothing'],
    ['leaves one alone that is under way', example, meeting('2027-01-11T09:00:13Z'), true, 'nothing'],
    ['replaces a past one', example, meeting('2027-01-11T09:00:12Z'), true, 'replace'],
    ['respects that it was cancelled', example, meeting('2027-01-11T10:30:00Z', 'cancelled'), true, 'nothing'],
    ['replaces a draft whose time is over', example, meeting('2027-01-10T10:30:00Z', 'draft'), true, 'replace'],
  ] as const)('%s', (_, known, present, hasMeetings, step) => {
    expect(nextStep(known, present, hasMeetings, now)).toBe(step);
  });
});

describe('the example meeting', () => {
  it('starts 20 minutes from now on a whole minute, on the clock of the first region, with a reminder 15 minutes before', () => {
    const host = { id: countedId(2), language: 'fr', timeZone: 'UTC' };
    const made = exampleMeeting(countedId(1), host, { title: 'T', description: 'D' }, now);
    expect(made).toMatchObject({
      start: new Date('2027-01-11T09:21:00Z'),
      end: new Date('2027-01-11T10:21:00Z'),
      timeZone: 'Africa/Porto-Novo',
      languages: ['fr'],
      reminders: [15],
      audience: 'copargo-alfter',
      host: host.id,
      capacity: null,
    });
  });
});
