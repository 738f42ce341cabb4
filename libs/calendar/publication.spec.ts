import { describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { addToCalendarLinks } from './add-links.js';
import { publication, type PublishedMeeting, type PublishedSeries } from './publication.js';

const meeting: PublishedMeeting = {
  ...{ uid: 'meeting-1@example.org', sequence: 3, dtstamp: new Date('2027-01-05T09:00:00Z') },
  ...{ start: new Date('2027-01-12T18:00:00Z'), end: new Date('2027-01-12T19:00:00Z') },
  ...{ summary: 'Ideas; first, second', description: 'What comes next', location: 'Online', status: 'CONFIRMED' },
  ...{ organizer: { name: 'Come Together', address: 'team@example.org' }, language: 'en' },
};
const series: PublishedSeries = {
  ...{ uid: 'series-1@example.org', sequence: 0, dtstamp: meeting.dtstamp, durationMinutes: 60 },
  recurrence: {
    ...{ date: '2027-03-16', time: '19:00', timeZone: 'Europe/Berlin' },
    ...{ repeats: { frequency: 'weekly' }, ends: { count: 6 } },
  },
  ...{ without: [new Date('2027-03-23T18:00:00Z')], changed: [], summary: 'Every week', description: '', location: '' },
  ...{ status: 'CONFIRMED', organizer: meeting.organizer, language: 'en' },
};
const read = (text: string): ICAL.Component => new ICAL.Component(ICAL.parse(text) as never);

describe('a publication', () => {
  const feed = { name: 'Meetings, all "of" them\r\nX-A:b', refreshMinutes: 360 };

  it('has no guests and one organizer', () => {
    const text = publication({ meetings: [meeting] });
    expect(read(text).getFirstPropertyValue('method')).toBe('PUBLISH');
    expect(text).not.toMatch(/ATTENDEE|RSVP|VALARM/);
    expect(text.match(/^ORGANIZER/gm)).toHaveLength(1);
  });

  it('is bytes as an invitation is', () => {
    const text = publication({ meetings: [{ ...meeting, description: '🌱é\n'.repeat(200) }], feed });
    expect(text).toMatch(/END:VCALENDAR\r\n$/);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  it('has a name and an interval as a feed, and neither as a file', () => {
    const names = publication({ meetings: [meeting], feed })
      .split('\r\n')
      .slice(5, 9);
    expect(names).toEqual([
      'NAME:Meetings\\, all "of" them X-A:b',
      'X-WR-CALNAME:Meetings\\, all "of" them X-A:b',
      'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
      'X-PUBLISHED-TTL:PT6H',
    ]);
    expect(publication({ meetings: [meeting] })).not.toMatch(/^(NAME|X-|REFRESH)/m);
  });

  it('keeps the UID of each, and refuses what is none', () => {
    const text = publication({ meetings: [meeting, { ...meeting, uid: 'b' }], feed });
    expect(
      read(text)
        .getAllSubcomponents('vevent')
        .map((event) => event.getFirstPropertyValue('uid')),
    ).toEqual([meeting.uid, 'b']);
    expect(() => publication({ meetings: [{ ...meeting, uid: 'a\r\nb' }] })).toThrow(RangeError);
    expect(() => publication({ meetings: [{ ...meeting, sequence: -1 }] })).toThrow(RangeError);
    expect(() => publication({ meetings: [], feed: { ...feed, refreshMinutes: 0 } })).toThrow(RangeError);
  });

  it('has each zone once for the whole time it is used', () => {
    const later = { ...series, uid: 'b', without: [], recurrence: { ...series.recurrence, date: '2028-03-14' } };
    const kolkata = { ...series, uid: 'c', recurrence: { ...series.recurrence, timeZone: 'Asia/Kolkata' } };
    const text = publication({
      meetings: [meeting, later, series, { ...kolkata, without: [] }],
      feed,
    });
    expect([...text.matchAll(/^TZID:(.*)\r$/gm)].map(([, name]) => name)).toEqual(['Europe/Berlin', 'Asia/Kolkata']);
    expect(text).toMatch(/DTSTART:20251026T030000/);
  });

  it('has a component when nothing is planned', () => {
    expect(read(publication({ meetings: [], feed })).getAllSubcomponents()).toHaveLength(1);
  });

  it('says that a meeting is cancelled', () => {
    expect(publication({ meetings: [{ ...meeting, status: 'CANCELLED' }] })).toContain('STATUS:CANCELLED\r\n');
  });
});

describe('links to web calendars', () => {
  const links = addToCalendarLinks({ ...meeting, title: 'Ideas & more + #1', location: 'https://come.example/?a=b' });

  it('fill in the meeting', () => {
    const google = new URL(links.google);
    expect([google.origin, Object.fromEntries(google.searchParams)]).toEqual([
      'https://calendar.google.com',
      {
        ...{ action: 'TEMPLATE', text: 'Ideas & more + #1', dates: '20270112T180000Z/20270112T190000Z' },
        ...{ details: 'What comes next', location: 'https://come.example/?a=b' },
      },
    ]);
    for (const link of [links.outlook, links.office365]) {
      expect(Object.fromEntries(new URL(link).searchParams)).toEqual({
        ...{ path: '/calendar/action/compose', rru: 'addevent', subject: 'Ideas & more + #1', body: 'What comes next' },
        ...{ location: 'https://come.example/?a=b', startdt: '2027-01-12T18:00:00.000Z' },
        enddt: '2027-01-12T19:00:00.000Z',
      });
      expect(link).not.toContain('+');
    }
  });

  it('stay short, and whole, whatever the text', () => {
    for (const description of ['word '.repeat(2_000), '😀'.repeat(2_000), '\ud800'.repeat(5), '\0\r\n']) {
      const { google } = addToCalendarLinks({ ...meeting, title: 'x', description });
      expect(google.length).toBeLessThan(8_000);
      expect(new URL(google).searchParams.get('details') ?? '').not.toContain('\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd');
    }
  });
});
