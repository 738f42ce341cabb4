/**
 * `npm run bench:calendar -- [--rounds 9] [--only invites,mails,series,slots,pipeline] [--mails 2000]`: calendars and time
 * beside what people use for them and beside what can be written by hand.
 */
import { parseArgs } from 'node:util';
import ical, { ICalAttendeeRole, ICalAttendeeStatus, ICalCalendarMethod } from 'ical-generator';
import { DateTime } from 'luxon';
import { createTransport } from 'nodemailer';
import { RRuleTemporal } from 'rrule-temporal';
import { fillInvite, inviteTemplate, type CalendarGuest, type CalendarText } from '../libs/calendar/invite.js';
import { slot } from '../libs/calendar/slots.js';
import { fillMail, mailTemplate } from '../libs/mail/mail-template.js';
import { occurrenceInstants, occurrences, type Recurrence } from '../libs/time/recurrence.js';
import { TIME_ZONES } from '../libs/time/zones.js';
import { slots } from './free-slots.js';
import { comparePipelines } from './pipelines.js';
import { compare, type Comparison } from './turns.js';

const start = new Date('2027-01-12T18:00:00Z');
const end = new Date('2027-01-12T19:30:00Z');
const organizer = { name: 'Come Together', address: 'team@come-together.example' };
const description = (when: string, join: string, page: string): string =>
  `What could a first step be? Bring one idea.\n\n${when}\n\nJoin: ${join}\nYour place: ${page}\n\nThis is only an expression of interest and not a commitment.`;

interface Guest {
  readonly address: string;
  readonly uid: string;
  readonly when: string;
  readonly join: string;
  readonly page: string;
}

const guestOf = (number: number): Guest => {
  const token = String(number).padStart(48, 'A');
  return {
    address: `guest-${String(number)}@donga.example`,
    uid: String(number).padStart(22, 'A'),
    when: 'Tuesday 12 January 2027, 19:00–20:30, Porto-Novo',
    join: `https://come-together.example/join/${token}`,
    page: `https://come-together.example/invitations/${token}`,
  };
};

function ours(): (number: number) => string {
  const text: CalendarText = {
    ...{ method: 'REQUEST', start, end, timeZone: 'Europe/Berlin', summary: 'First ideas', status: 'CONFIRMED' },
    ...{ organizer, language: 'en', location: slot('join'), url: slot('page') },
    description: description(slot('when'), slot('join'), slot('page')),
  };
  const template = inviteTemplate(text, ['when', 'join', 'page']);
  return (number) => {
    const { address, uid, ...replacements } = guestOf(number);
    const guest: CalendarGuest = { uid, sequence: 0, dtstamp: start, address, partstat: 'NEEDS-ACTION', replacements };
    return fillInvite(template, guest);
  };
}

function byIcalGenerator(number: number): string {
  const { address, uid, when, join, page } = guestOf(number);
  const calendar = ical({ prodId: '-//Come Together//Calendar//EN', method: ICalCalendarMethod.REQUEST });
  const event = calendar.createEvent({
    ...{ id: uid, sequence: 0, stamp: start, start, end, summary: 'First ideas', location: join, url: page },
    description: description(when, join, page),
    organizer: { name: organizer.name, email: organizer.address },
  });
  const { REQ: role } = ICalAttendeeRole;
  event.createAttendee({ email: address, name: address, rsvp: true, role, status: ICalAttendeeStatus.NEEDSACTION });
  return calendar.toString();
}

function invites(): Comparison {
  return {
    name: 'A calendar for each recipient',
    unit: 'recipient',
    contenders: [
      { name: 'a template, filled in', work: ours() },
      { name: 'ical-generator', work: byIcalGenerator, target: '5x' },
    ],
  };
}

function mails(): Comparison {
  const invite = ours();
  const text = (when: string, join: string, page: string): string => `Hello,\n\n${description(when, join, page)}\n`;
  const html = (when: string, join: string, page: string): string =>
    `<!doctype html><html lang="en"><body><p>Hello,</p><p>${when}</p><p><a href="${join}">Join</a></p><p><a href="${page}">Your place</a></p></body></html>`;
  const marks = [slot('when'), slot('join'), slot('page')] as const;
  const template = mailTemplate({
    ...{ from: organizer, subject: 'Invitation: First ideas', method: 'REQUEST' },
    ...{ text: text(...marks), html: html(...marks) },
  });
  const transport = createTransport({ streamTransport: true, buffer: true });
  return {
    name: 'A whole mail with its calendar for each recipient',
    unit: 'mail',
    contenders: [
      {
        name: 'templates, filled in',
        work: (number) => {
          const { address, uid, ...slots } = guestOf(number);
          const messageId = `<${uid}@come-together.example>`;
          return Buffer.from(
            fillMail(template, { to: address, messageId, date: start, slots, calendar: invite(number) }),
          );
        },
      },
      {
        name: 'ical-generator and nodemailer’s icalEvent',
        target: '20x',
        work: (number) => {
          const { address, when, join, page } = guestOf(number);
          return transport.sendMail({
            ...{ from: organizer, to: address, subject: 'Invitation: First ideas', date: start },
            ...{ text: text(when, join, page), html: html(when, join, page) },
            icalEvent: { method: 'REQUEST', filename: 'invite.ics', content: byIcalGenerator(number) },
          });
        },
      },
    ],
  };
}

const OCCURRENCES = 208;

function series(): Comparison {
  const zoneOf = (number: number): string => TIME_ZONES[(number * 31) % TIME_ZONES.length] ?? 'UTC';
  const byTemporal = (number: number): number[] => {
    const first = Temporal.PlainDateTime.from('2027-01-12T19:00');
    return Array.from(
      { length: OCCURRENCES },
      (_, week) => first.add({ days: 7 * week }).toZonedDateTime(zoneOf(number)).epochMilliseconds,
    );
  };
  const recurrenceOf = (number: number): Recurrence => ({
    ...{ date: '2027-01-12', time: '19:00', timeZone: zoneOf(number) },
    ...{ repeats: { frequency: 'weekly' }, ends: { count: OCCURRENCES } },
  });
  for (let number = 0; number < TIME_ZONES.length; number += 1) {
    if (occurrenceInstants(recurrenceOf(number)).join() !== byTemporal(number).join()) {
      throw new Error(`the series differs from Temporal’s in ${zoneOf(number)}`);
    }
  }
  return {
    name: `A weekly series of ${String(OCCURRENCES)}, in all zones in turn`,
    unit: 'series',
    contenders: [
      { name: 'libs/time, as milliseconds', work: (number) => occurrenceInstants(recurrenceOf(number)) },
      { name: 'libs/time, as dates', work: (number) => occurrences(recurrenceOf(number)) },
      {
        name: 'rrule-temporal',
        target: '10x',
        work: (number) => {
          const dtstart = Temporal.PlainDateTime.from('2027-01-12T19:00').toZonedDateTime(zoneOf(number));
          return new RRuleTemporal({ freq: 'WEEKLY', count: OCCURRENCES, dtstart, cache: false }).all();
        },
      },
      {
        name: 'luxon',
        work: (number) => {
          const first = DateTime.fromISO('2027-01-12T19:00', { zone: zoneOf(number) });
          return Array.from({ length: OCCURRENCES }, (_, week) => first.plus({ weeks: week }).toMillis());
        },
      },
      { name: 'native Temporal', work: byTemporal },
    ],
  };
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    only: { type: 'string', default: 'invites,mails,series,slots,pipeline' },
    mails: { type: 'string', default: '2000' },
  },
});
const wanted = new Set(values.only.split(','));
for (const [name, comparison] of Object.entries({ invites, mails, series, slots })) {
  if (wanted.has(name)) await compare(comparison(), Number(values.rounds));
}
if (wanted.has('pipeline')) await comparePipelines(Number(values.mails), Math.ceil(Number(values.rounds) / 3));
