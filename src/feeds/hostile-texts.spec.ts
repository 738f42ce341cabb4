import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';
import { publication } from '../../libs/calendar/publication.js';
import { countedId } from '../../test/support/ids.js';
import { aSubject, anInvitation } from '../../test/support/deliveries.js';
import type { Meeting } from '../meetings/meeting.js';
import { publishedMeeting } from '../meetings/published-meeting.js';
import { loadTexts } from '../texts/index.js';
import { ownMeeting } from './own-feed.js';

const { start, end, timeZone, changedAt } = aSubject();
const meeting: Meeting = {
  ...{ id: countedId(1), host: countedId(2), start, end, timeZone, changedAt, audience: 'everyone' },
  ...{ title: '', description: '', languages: [], dialIn: '', capacity: null, reminders: [] },
  ...{ status: 'announced', dryRun: true, revision: 1, sequence: 0, moves: 0, cancelReason: '' },
  ...{ room: new Uint8Array(), secret: null },
};
const organizer = { name: 'Come Together', address: 'team@twins.example' };
const inWords = { language: 'fr', t: loadTexts().translator('fr'), organizer };
const links = { invitation: 'https://come.example/invitations/t1', join: 'https://come.example/join/t2' };

interface Typed {
  readonly title: string;
  readonly description: string;
  readonly cancelReason: string;
  readonly name: string;
}

/** A public meeting, one that is cancelled, and one's own, with the same texts. */
function written({ title, description, cancelReason, name }: Typed): string {
  const page = 'https://come.example/fr/meetings/1';
  const texts = { title, description, cancelReason };
  return publication({
    meetings: [
      publishedMeeting({ ...meeting, ...texts }, { ...inWords, page }),
      publishedMeeting({ ...meeting, ...texts, id: countedId(3), status: 'cancelled' }, { ...inWords, page }),
      ownMeeting(
        { subject: aSubject(texts), invitation: anInvitation(), answer: 'accepted' },
        { ...inWords, organizer: { ...organizer, name: `o${name}` }, links },
      ),
    ],
    feed: { name: `f${name}`, refreshMinutes: 60 },
  });
}

const componentsOf = (calendar: string): readonly ICAL.Component[] => {
  const root = new ICAL.Component(ICAL.parse(calendar) as never);
  return [root, ...root.getAllSubcomponents()];
};
const namesOf = (calendar: string): readonly string[] =>
  componentsOf(calendar).map((each) => [each.name, ...each.getAllProperties().map(({ name }) => name)].join(' '));

describe('feeds of hostile texts', () => {
  const bits = fc.constantFrom(
    ...[
      '\r\n',
      '\n',
      '\r',
      '\u2028',
      '\u0085',
      '\t',
      '\0',
      '\x7f',
      '\ufeff',
      '\ud800',
      '\udc00',
      '😀',
      '\ue000',
      '\ue001',
    ],
    ...['\\', '\\n', ';', ',', ':', '"', '^n', '{title}', "'", '%0D%0A', 'BEGIN:VEVENT', 'END:VCALENDAR', 'X-A:b'],
    ...['METHOD:CANCEL', 'ATTENDEE:mailto:v@example.org', '__proto__', '<script>'],
  );
  const hostile = fc.array(fc.oneof(bits, fc.string({ unit: 'binary' })), { maxLength: 30 }).map((all) => all.join(''));
  const essence = (text: string): string =>
    text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}\s\ufeff\ue000\ue001]/gu, '');
  const benign = { title: 'x', description: 'x', cancelReason: 'x', name: 'x' };

  it('to 12, 16, 20 add no property and no entry, and are read by two readers', () => {
    const names = namesOf(written(benign));
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (title, description, cancelReason, name) => {
        // A letter keeps what would be empty, and so left out.
        const calendar = written({ title: `t${title}`, description, cancelReason, name });
        expect(namesOf(calendar)).toEqual(names);
        for (const line of calendar.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        const [, open, cancelled, own] = componentsOf(calendar);
        const read = (event: ICAL.Component | undefined, property: string): string =>
          essence(String(event?.getFirstPropertyValue(property)));
        expect(read(open, 'summary')).toBe(essence(`t${title}`));
        expect(read(cancelled, 'summary')).toBe(essence(`Annulée:t${title}`));
        expect(read(own, 'summary')).toBe(essence(`t${title}`));
        for (const event of [open, cancelled, own]) expect(read(event, 'description')).toContain(essence(description));
        expect(read(cancelled, 'description')).toContain(essence(cancelReason));
        const entries = Object.values(nodeIcal.sync.parseICS(calendar)).filter((each) => each?.type === 'VEVENT');
        expect(entries.map((each) => each.uid).sort()).toEqual(
          [open, cancelled, own].map((event) => String(event?.getFirstPropertyValue('uid'))).sort(),
        );
      }),
      { numRuns: 200 },
    );
  });
});
