import { describe, expect, it } from '@jest/globals';
import { countedId } from '../../test/support/ids.js';
import { appointFirst, type Person } from '../people/person.js';
import { attention, type Found } from './attention.js';

const now = new Date('2027-01-11T09:00:00Z');
const nothing: Found = { self: undefined, meetings: [], people: [], mailsInTrouble: false, entriesSetAside: false };
const meeting = (title: string, start: string, status: 'draft' | 'announced' = 'draft') => ({
  id: countedId(1),
  title,
  status,
  start: new Date(start),
});
const person = (until: string | null, revoked: Date | null = null): Person => ({
  ...appointFirst(countedId(2), countedId(3), new Date('2026-01-01T00:00:00Z')),
  until: until === null ? null : new Date(until),
  revoked,
});

describe('what needs attention', () => {
  it.each<[string, Partial<Found>, string[]]>([
    ['nothing, most of the time', {}, []],
    ['mails that failed', { mailsInTrouble: true }, ['mails']],
    ['entries that were set aside', { entriesSetAside: true }, ['entries']],
    [
      'drafts to come, soonest first',
      {
        meetings: [
          meeting('later', '2027-03-01T18:00:00Z'),
          meeting('sooner', '2027-02-01T18:00:00Z'),
          meeting('past', '2027-01-10T18:00:00Z'),
          meeting('announced', '2027-02-01T18:00:00Z', 'announced'),
        ],
      },
      ['draft sooner', 'draft later'],
    ],
    ['one’s own term that ends within a month', { self: person('2027-02-10T09:00:00Z') }, ['own-term']],
    ['not one that ends after it', { self: person('2027-02-10T09:00:01Z') }, []],
    ['not one without an end', { self: person(null) }, []],
    ['somebody’s term', { people: [person('2027-02-01T00:00:00Z')] }, ['terms']],
    [
      'no term that is over or revoked',
      { people: [person('2027-01-01T00:00:00Z'), person('2027-02-01T00:00:00Z', now)] },
      [],
    ],
  ])('%s', (_, found, kinds) => {
    const shown = attention({ ...nothing, ...found }, now);
    expect(shown.map((each) => (each.kind === 'draft' ? `draft ${each.meeting.title}` : each.kind))).toEqual(kinds);
  });
});
