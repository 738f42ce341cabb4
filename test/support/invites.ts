import ICAL from 'ical.js';
import { fillInvite, inviteTemplate, type CalendarGuest, type CalendarText } from '../../libs/calendar/invite.js';
import { slot } from '../../libs/calendar/slots.js';

export const text: CalendarText = {
  method: 'REQUEST',
  start: new Date('2027-01-12T18:00:00Z'),
  end: new Date('2027-01-12T19:30:00Z'),
  timeZone: 'Europe/Berlin',
  summary: 'Idées; à, \\ partager',
  description: `Bonjour,\n\n${slot('when')}\n\nRejoindre : ${slot('join')}\nVotre place : ${slot('page')}`,
  location: slot('join'),
  status: 'CONFIRMED',
  organizer: { name: 'Come Together, Alfter', address: 'team@example.org' },
  language: 'fr',
  url: slot('page'),
  conference: { uri: slot('join'), label: 'Salle: en ligne' },
  alarms: [15, 1_440],
};
export const slots = ['when', 'join', 'page'];
export const guest: CalendarGuest = {
  uid: 'AAAAAAAAAAAAAAAAAAAAAQ@example.org',
  sequence: 0,
  dtstamp: new Date('2027-01-05T09:00:00.789Z'),
  address: 'afi.dossou+réunions@example.org',
  partstat: 'NEEDS-ACTION',
  replacements: {
    when: 'mardi 12 janvier 2027, 19:00–20:30, Porto-Novo',
    join: 'https://come.example/join/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    page: 'https://come.example/invitations/AAAA?a=1,2;b=3',
  },
};
export const cancel: CalendarText = { ...text, method: 'CANCEL', status: 'CANCELLED' };

export const written = (part: Partial<CalendarText> = {}, whom: Partial<CalendarGuest> = {}): string =>
  fillInvite(inviteTemplate({ ...text, ...part }, slots), { ...guest, ...whom });
export const linesOf = (calendar: string): string[] => calendar.replaceAll('\r\n ', '').split('\r\n').slice(0, -1);
export const namesOf = (calendar: string): string[] => linesOf(calendar).map((line) => line.split(/[;:]/, 1)[0] ?? '');
export const count = (calendar: string, name: string): number =>
  namesOf(calendar).filter((each) => each === name).length;
export const read = (calendar: string): ICAL.Component => new ICAL.Component(ICAL.parse(calendar) as never);
export const eventOf = (calendar: string): ICAL.Component => {
  const event = read(calendar).getFirstSubcomponent('vevent');
  if (!event) throw new Error('no VEVENT');
  return event;
};
export const valueOf = (calendar: string, name: string): string =>
  String(eventOf(calendar).getFirstPropertyValue(name));
