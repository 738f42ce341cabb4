import { answerMail, bounceMail, plainMail } from '../support/calendar-client.js';
import { GuestCalendar } from '../support/guest-calendar.js';
import { entryIn } from '../support/invitations.js';
import * as journeys from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import type { Visitor } from '../support/visitor.js';
import { AWA, database, during, JONAS, LEA, mailIn, MARIA, NEIGHBOURS, product, story, TEAM, to } from './stage.js';
import { check, same } from './story.js';

/** A series, and what calendars, servers and people answer to it by mail. */

const BERLIN = 'Europe/Berlin';
const GUESTS = [AWA, JONAS, MARIA];

/** Four Tuesdays at 19:00, whatever clocks do in between. */
const TUESDAYS = tuesdays();
const [FIRST, SECOND, THIRD, FOURTH] = TUESDAYS;
const DAY_AFTER_SECOND = SECOND.add({ days: 1 });
const MOVED = at(DAY_AFTER_SECOND, '20:00');

const calendars = new Map<string, GuestCalendar>();
const invitations = new Map<string, ReadMail>();

export async function everyWeek(coordinator: Visitor): Promise<void> {
  await joinIn();
  const series = await announceSeries(coordinator);
  await bounce();
  await changeDates(coordinator, series);
  await answerByMail();
  await propose(coordinator, series);
  await write(coordinator);
  await changeText(coordinator, series);
}

async function joinIn(): Promise<void> {
  await story.step('Four neighbours of Awa and Lea in Alfter join in', async () => {
    for (const person of [...NEIGHBOURS, LEA]) await journeys.enrol(product, person);
    return undefined;
  });
}

async function announceSeries(coordinator: Visitor): Promise<string> {
  let series = '';
  await story.step('A meeting is announced for four Tuesdays, at seven in the evening in Berlin', async () => {
    const told = await toldDuring(async () => {
      series = await journeys.draftMeeting(coordinator, {
        title: 'Chaque mardi',
        ...{ date: FIRST.toString(), time: '19:00', timeZone: BERLIN },
        ...{ repeats: 'weekly', occurrences: '4', reminders: '' },
      });
      await journeys.announce(coordinator, series);
    });
    for (const { email } of [...GUESTS, LEA]) {
      const [mail, ...more] = told(email);
      check(mail !== undefined && more.length === 0, `${email} got ${String(more.length + 1)} invitations`);
      invitations.set(email, mail);
      check(linesOf(mail).includes('RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=TU'), 'no rule in the invitation');
      const evenings = TUESDAYS.map((day) => at(day, '19:00'));
      same(calendarOf(email).starts, evenings, `the evenings in the calendar of ${email}`);
    }
    return `${TUESDAYS.join(', ')}: one invitation each`;
  });
  return series;
}

async function bounce(): Promise<void> {
  await story.step('A server says that Lea’s mailbox is no more: nothing is sent there again', async () => {
    const path = product.mailbox.box.find(invitationOf(LEA.email).id)?.from ?? '';
    await mailIn('', path, bounceMail(path, LEA.email, ['Action: failed', 'Status: 5.1.1']));
    const suppressed = await database.collection('contacts').countDocuments({ 'state.suppressed': true });
    same(suppressed, 1, 'addresses to which nothing is sent');
    return `${path.replace(/\+.*@/, '+…@')} told which mail came back`;
  });
}

async function changeDates(coordinator: Visitor, series: string): Promise<void> {
  await story.step('The second evening moves to Wednesday at eight: that date alone is asked anew', async () => {
    const told = await toldDuring(() =>
      journeys.change(coordinator, series, 'move', {
        ...{ occurrence: at(SECOND, '19:00'), scope: 'this' },
        ...{ date: DAY_AFTER_SECOND.toString(), time: '20:00' },
      }),
    );
    for (const { email } of GUESTS) {
      same(told(email).map(methodOf), ['REQUEST of one date'], `what ${email} heard`);
      same(calendarOf(email).starts[1], MOVED, `the second evening of ${email}`);
    }
    same(told(LEA.email), [], 'mails to Lea');
    return undefined;
  });
  await story.step('The third is cancelled: the others stay', async () => {
    const told = await toldDuring(() =>
      journeys.change(coordinator, series, 'cancel', {
        ...{ occurrence: at(THIRD, '19:00'), scope: 'this', reason: 'Market day' },
      }),
    );
    for (const { email } of GUESTS) {
      same(told(email).map(methodOf), ['CANCEL of one date'], `what ${email} heard`);
      same(calendarOf(email).starts, [at(FIRST, '19:00'), MOVED, at(FOURTH, '19:00')], `the evenings of ${email}`);
    }
    same(told(LEA.email), [], 'mails to Lea');
    return undefined;
  });
}

async function answerByMail(): Promise<void> {
  await story.step('Awa accepts the whole series in Gmail, which answers by mail', async () => {
    const told = await toldDuring(() => mailIn(AWA.email, TEAM, answerMail('gmail-accepted', answering(AWA.email))));
    same(told(AWA.email), [], 'mails to her, whose calendar knows');
    const [accepted, cancelled] = ['Your reply: accepted', 'Cancelled'];
    same(await answersOf(AWA.email), [accepted, accepted, cancelled, accepted], 'what her page says');
    return undefined;
  });
  await story.step('Jonas declines the last evening alone in Outlook, and adds a note', async () => {
    const occurrence = FOURTH.toString().replaceAll('-', '');
    const told = await toldDuring(() =>
      mailIn(JONAS.email, TEAM, answerMail('exchange-occurrence', { ...answering(JONAS.email), occurrence })),
    );
    same(told(JONAS.email), [], 'mails to him, whose calendar knows');
    const [open, cancelled] = ['No reply yet', 'Cancelled'];
    const dates = [open, open, cancelled, 'Your reply: declined'];
    same(await answersOf(JONAS.email), dates, 'what his page says');
    return undefined;
  });
}

async function propose(coordinator: Visitor, series: string): Promise<void> {
  await story.step(
    'Maria proposes another time: her calendar hears that it stays, the console sees a band',
    async () => {
      const mails = await during(() =>
        mailIn(MARIA.email, TEAM, answerMail('exchange-counter', answering(MARIA.email))),
      );
      const [declined, ...more] = mails.filter(to(MARIA.email));
      check(declined !== undefined && more.length === 0, 'Maria did not get one mail');
      same(entryIn(declined).method, 'DECLINECOUNTER', 'what her calendar heard');
      const wishes = /People who wish for another time\s*(fewer than 5)/.exec((await coordinator.open(series)).text);
      check(wishes !== null, 'the console shows no band of wishes');
      return `people who wish for another time: ${wishes[1] ?? ''}`;
    },
  );
}

async function write(coordinator: Visitor): Promise<void> {
  await story.step('Awa writes back in her own words; the console shows from where, never from whom', async () => {
    const words = 'Est-ce que je peux venir avec une amie ? Nous sommes deux.';
    const signed = `${words}\r\n\r\nBien cordialement,\r\nAwa Dossou\r\n`;
    await mailIn(AWA.email, TEAM, plainMail({ from: AWA.email, to: TEAM, body: signed }));
    const list = await coordinator.open('/console/replies');
    check(list.text.includes('Am Dienstag geht es nicht.'), 'the note of Jonas is not shown');
    await coordinator.follow('A reply from Copargo, in French');
    check(coordinator.page.text.includes(words), 'her words are not shown');
    check(!/Dossou|@/.test(coordinator.page.text), 'the console shows who wrote');
    return coordinator.page.heading;
  });
  await story.step('The coordination answers, and the mailer brings it to her', async () => {
    const isNew = journeys.fromNowOn(product.mailbox);
    await coordinator.submit({ answer: 'Oui, avec plaisir.' }, { form: /\/replies\// });
    const mail = await product.mailbox.waitForMailTo(
      AWA.email,
      (each) => isNew(each) && each.text.includes('Oui, avec plaisir.'),
    );
    check(mail.text.includes('> Est-ce que je peux venir'), 'her own words are not in the mail');
    return mail.subject;
  });
}

async function changeText(coordinator: Visitor, series: string): Promise<void> {
  await story.step(
    'The text changes: one update each, in which every answer and every date stays as it was',
    async () => {
      const told = await toldDuring(() =>
        journeys.change(coordinator, series, 'edit', { description: 'Bring two ideas.' }),
      );
      for (const { email } of GUESTS) same(told(email).map(methodOf), ['REQUEST'], `what ${email} heard`);
      same(told(LEA.email), [], 'mails to Lea');
      const [first, last] = [at(FIRST, '19:00'), at(FOURTH, '19:00')];
      const both = [first, MOVED, last];
      same(calendarOf(MARIA.email).starts, both, 'the evenings of Maria');
      same(calendarOf(JONAS.email).starts, [first, MOVED], 'the evenings of Jonas');
      const awa = calendarOf(AWA.email).entries;
      const accepted = both.map((start) => [start, 'ACCEPTED']);
      same(
        awa.map(({ start, partstat }) => [start, partstat]),
        accepted,
        'the evenings and answers of Awa',
      );
      return undefined;
    },
  );
}

/** What has come to each during an act; calendars take it. */
async function toldDuring(act: () => Promise<unknown>): Promise<(email: string) => readonly ReadMail[]> {
  const mails = await during(act);
  for (const mail of mails) for (const email of mail.to) calendarOf(email).take(mail.calendar ?? '');
  return (email) => mails.filter(to(email));
}

function calendarOf(email: string): GuestCalendar {
  const calendar = calendars.get(email) ?? new GuestCalendar();
  calendars.set(email, calendar);
  return calendar;
}

function invitationOf(email: string): ReadMail {
  const mail = invitations.get(email);
  check(mail !== undefined, `${email} was not invited`);
  return mail;
}

const answering = (email: string) => ({
  entry: entryIn(invitationOf(email)),
  attendee: email,
  to: TEAM,
  dtstamp: new Date(),
});

/** What one's own page says of the answers, date by date. */
async function answersOf(email: string): Promise<readonly string[]> {
  const link = journeys.linkIn(invitationOf(email), 'invitations').replace('/invitations', '/en/invitations');
  const lines = (await product.visitor('en').open(link)).text.split('\n');
  const dates = lines.slice(lines.indexOf('Dates') + 1, lines.indexOf('Will you come?'));
  return dates.filter((_, index) => index % 2 === 1);
}

const linesOf = (mail: ReadMail): readonly string[] => (mail.calendar ?? '').replaceAll('\r\n ', '').split('\r\n');

/** METHOD, and whether it is of one date alone. */
function methodOf(mail: ReadMail): string {
  const lines = linesOf(mail);
  const isWhole =
    lines.some((line) => line.startsWith('RRULE:FREQ=WEEKLY')) || !mail.calendar?.includes('RECURRENCE-ID');
  return `${entryIn(mail).method}${isWhole ? '' : ' of one date'}`;
}

/** The instant of a wall clock in Berlin, as mails of the product have it. */
function at(day: Temporal.PlainDate, time: string): string {
  const there = day.toZonedDateTime({ timeZone: BERLIN, plainTime: Temporal.PlainTime.from(time) });
  return new Date(there.epochMilliseconds).toISOString();
}

/** From the first that is at least twelve days away. */
function tuesdays() {
  let first = Temporal.Now.plainDateISO(BERLIN).add({ days: 12 });
  while (first.dayOfWeek !== 2) first = first.add({ days: 1 });
  return [first, first.add({ weeks: 1 }), first.add({ weeks: 2 }), first.add({ weeks: 3 })] as const;
}
