import { Redis } from 'ioredis';
import { type CalendarEntry, defectsOf, entryIn } from '../support/invitations.js';
import * as journeys from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { COORDINATOR } from '../support/product.js';
import type { Visitor } from '../support/visitor.js';
import { AWA, database, EVERYONE, JONAS, MARIA, product, story } from './stage.js';
import { check, same } from './story.js';

/** From the first page to a meeting that everyone answered, that moves, and whose mails come through when parts break. */

export async function interest(): Promise<void> {
  await story.step('Awa in Copargo reads the basics in French, on a phone without JavaScript', async () => {
    const awa = product.visitor('fr-BJ,fr;q=0.9');
    await awa.open('/');
    const basics = await awa.follow(/^\/basics$/);
    same(basics.language, 'fr', 'the language of the page');
    check(!awa.hasCookies, 'she was given a cookie');
    return basics.heading;
  });
  await story.step('She answers what she likes, and leaves no address: nobody is kept', async () => {
    const awa = product.visitor('fr');
    await awa.open('/get-involved');
    await awa.submit({
      howToStart: 'Planter des arbres avec les écoles.',
      contributions: ['pilots'],
      region: 'Copargo',
      country: 'BJ',
    });
    same(awa.page.status, 200, 'the answer');
    same(await database.collection('contacts').countDocuments({ 'state.status': 'unconfirmed' }), 0, 'contacts');
    return awa.page.heading;
  });
  await story.step(
    'Awa, Jonas in Alfter and Maria in Quito leave their addresses, each in their language',
    async () => {
      const subjects = [];
      for (const person of EVERYONE) {
        await journeys.showInterest(product, person);
        const mail = await product.mailbox.waitForMailTo(person.email, journeys.hasLink('confirm'));
        subjects.push(`${person.email}  ←  ${mail.subject}`);
      }
      return subjects.join('\n');
    },
  );
  await story.step(
    'A mail scanner follows Awa’s link and changes nothing; then all three press the button',
    async () => {
      for (const { email, language } of EVERYONE) {
        const visitor = product.visitor(language);
        const link = journeys.linkIn(
          await product.mailbox.waitForMailTo(email, journeys.hasLink('confirm')),
          'confirm',
        );
        await product.visitor().open(link);
        await visitor.open(link);
        same(visitor.page.forms.length, 1, 'buttons on the page');
        await visitor.submit();
        same(visitor.page.status, 200, 'confirming');
      }
      await database.settled();
      same(
        await database.collection('contacts').countDocuments({ 'state.status': 'confirmed' }),
        4,
        'confirmed contacts, with the coordination',
      );
      return undefined;
    },
  );
}

export async function signIn(): Promise<Visitor> {
  let coordinator: Visitor | undefined;
  await story.step('The coordination signs in by a mailed link', async () => {
    coordinator = await journeys.signIn(product);
    return coordinator.page.heading;
  });
  check(coordinator !== undefined, 'nobody is signed in');
  return coordinator;
}

/** A meeting whose reminder and room are due in less than a minute and a half: it waits while the story goes on. */
export async function announceSoon(coordinator: Visitor): Promise<string> {
  let meeting = '';
  await story.step('A short meeting is announced that starts in a quarter of an hour', async () => {
    const when = journeys.wallClock(journeys.inMinutes(15), 'Africa/Porto-Novo');
    const fields = { ...when, title: 'Salut !', reminders: '15', room: 'https://meet.example/come-together' };
    meeting = await journeys.draftMeeting(coordinator, fields);
    await journeys.announce(coordinator, meeting);
    await product.mailbox.waitForMailTo(AWA.email, ({ subject }) => subject.includes('Salut'));
    // The next step counts mails.
    await database.settled();
    return `${when.date} ${when.time}, ${when.timeZone}`;
  });
  return meeting;
}

export async function announceEvening(coordinator: Visitor): Promise<string> {
  let meeting = '';
  await story.step(
    'Another is drafted for an evening; a dry run shows it in four languages and sends nothing',
    async () => {
      meeting = await journeys.draftMeeting(coordinator, { title: 'Premières idées' });
      const mails = product.mailbox.box.mails.length;
      const form = await journeys.reach(coordinator, meeting, 'dry-run');
      await coordinator.submit({}, { form });
      check(coordinator.page.text.includes('fewer than 5'), 'the dry run shows no bands');
      same(product.mailbox.box.mails.length, mails, 'mails');
      return 'people it would reach: fewer than 5';
    },
  );
  await story.step(
    'It is announced: one invitation each, that Gmail, Outlook, Apple and Thunderbird understand',
    async () => {
      await journeys.announce(coordinator, meeting);
      const lines = [];
      for (const { email, timeZone } of EVERYONE) {
        const mail = await invitationTo(email);
        same(defectsOf(mail), [], `the invitation to ${email}`);
        const { attendees, start } = entryIn(mail);
        same(attendees, [{ address: `mailto:${email}`, partstat: 'NEEDS-ACTION' }], 'who stands in it');
        const there = Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO(timeZone);
        lines.push(`${mail.subject}  (${there.toPlainTime().toString({ smallestUnit: 'minute' })} in ${timeZone})`);
      }
      same(entryIn(await invitationTo(COORDINATOR)).attendees[0]?.partstat, 'ACCEPTED', 'the host’s own answer');
      await database.settled();
      return lines.join('\n');
    },
  );
  return meeting;
}

function invitationTo(email: string): Promise<ReadMail> {
  return product.mailbox.waitForMailTo(email, (mail) => mail.calendar?.includes('Premières idées') === true);
}

async function answer(email: string, given: string, fields = {}): Promise<Visitor> {
  const visitor = product.visitor(EVERYONE.find((person) => person.email === email)?.language);
  await journeys.reply(visitor, journeys.linkIn(await invitationTo(email), 'invitations'), given, fields);
  return visitor;
}

export async function lastEntry(email: string): Promise<CalendarEntry | undefined> {
  await database.settled();
  const last = (await product.mailbox.mailsTo(email)).findLast((mail) => mail.calendar?.includes('Premières idées'));
  return last && entryIn(last);
}

export async function answers(): Promise<void> {
  await story.step('Awa accepts by a button; her calendar knows already, so nothing is sent', async () => {
    const awa = await answer(AWA.email, 'accepted');
    same((await lastEntry(AWA.email))?.sequence, 0, 'the last SEQUENCE in her calendar');
    return awa.page.heading;
  });
  await story.step('Maria says maybe; the time does not suit Jonas, and the entry leaves his calendar', async () => {
    await answer(MARIA.email, 'tentative');
    await answer(JONAS.email, 'declined', { why: 'time' });
    const entry = await lastEntry(JONAS.email);
    same([entry?.method, entry?.sequence], ['CANCEL', 1], 'what his calendar heard');
    return undefined;
  });
}

export async function changes(coordinator: Visitor, meeting: string): Promise<void> {
  await story.step('The meeting moves to half past seven: everyone is asked anew, Jonas too', async () => {
    const { date } = journeys.someEvening();
    await journeys.change(coordinator, meeting, 'move', { date, time: '19:30' });
    const heard = [];
    for (const { email } of EVERYONE) {
      const entry = await lastEntry(email);
      same([entry?.method, entry?.attendees[0]?.partstat], ['REQUEST', 'NEEDS-ACTION'], `what ${email} heard`);
      heard.push(`${email}  SEQUENCE ${String(entry?.sequence)}`);
    }
    return heard.join('\n');
  });
}

export async function breakages(coordinator: Visitor): Promise<void> {
  await story.step(
    'Redis forgets everything and the worker is killed, just as a text changes: nobody misses it',
    async () => {
      await product.worker.kill();
      await journeys.change(coordinator, await meetingNamed(coordinator, 'Premières idées'), 'edit', {
        title: 'Premières idées, ensemble',
      });
      const redis = new Redis(product.env['REDIS_URL'] ?? '');
      await redis.flushall();
      await redis.quit();
      await product.worker.start();
      for (const { email } of EVERYONE)
        await product.mailbox.waitForMailTo(email, (mail) => mail.calendar?.includes('ensemble') === true, 60_000);
      return 'three changed invitations after the restart, one each';
    },
  );
}

async function meetingNamed(coordinator: Visitor, title: string): Promise<string> {
  const page = await coordinator.open('/console/meetings');
  const link = page.links.find(({ text, href }) => text.includes(title) && href.includes('/console/meetings/'));
  check(link !== undefined, `the console does not list ${title}`);
  return link.href;
}
