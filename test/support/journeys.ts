import type { ReadMail, TestMailbox } from './mail.js';
import type { FormButton } from './page.js';
import { COORDINATOR } from './product.js';
import type { Answer, Filled, Visitor } from './visitor.js';

/** The steps that many stories share, each as a person takes it: page by page, from mail to page. */

interface Reached {
  readonly mailbox: TestMailbox;
  visitor(language?: string): Visitor;
}

/** The link of a mail for one purpose, named by the first part of its path. Throws when there is none, or several. */
export function linkIn(mail: ReadMail, purpose: string): string {
  const links = new Set(mail.links.filter((link) => new URL(link).pathname.startsWith(`/${purpose}/`)));
  const [link] = links;
  if (link !== undefined && links.size === 1) return link;
  throw new Error(`${String(links.size)} links to /${purpose} in “${mail.subject}”`);
}

/** True for mails that come from now on. */
export function fromNowOn({ box }: TestMailbox): (mail: ReadMail) => boolean {
  const last = box.mails.at(-1)?.id ?? 0;
  return ({ id }) => id > last;
}

export interface Person {
  readonly email: string;
  readonly language?: 'en' | 'fr' | 'de' | 'es';
  readonly region?: string;
  readonly country?: string;
  readonly timeZone?: string;
}

/** Says by the form that someone is interested, without confirming. */
export async function showInterest(product: Reached, person: Person, more: Filled = {}): Promise<Visitor> {
  const { email, language = 'fr', region = 'Copargo', country = 'BJ', timeZone = 'Africa/Porto-Novo' } = person;
  const visitor = product.visitor(language);
  await visitor.open(`/${language}/get-involved`);
  await visitor.submit({ email, language, region, country, timeZone, wants: ['meetings'], ...more });
  if (visitor.page.status !== 200) throw new Error(`the form was refused: ${visitor.page.seen}\n${visitor.page.text}`);
  return visitor;
}

/** Someone who wants to hear of meetings and has confirmed their address. */
export async function enrol(product: Reached, person: Person): Promise<Visitor> {
  const visitor = await showInterest(product, person);
  const mail = await product.mailbox.waitForMailTo(person.email, hasLink('confirm'));
  await visitor.open(linkIn(mail, 'confirm'));
  await visitor.submit();
  if (visitor.page.status !== 200) throw new Error(`not confirmed: ${visitor.page.seen}`);
  return visitor;
}

export const hasLink =
  (purpose: string) =>
  (mail: ReadMail): boolean =>
    mail.links.some((link) => new URL(link).pathname.startsWith(`/${purpose}/`));

/** Signs in by the mailed link; the visitor then stands on the console's first page. */
export async function signIn(product: Reached, email = COORDINATOR, language = 'en'): Promise<Visitor> {
  const visitor = product.visitor(language);
  const isNew = fromNowOn(product.mailbox);
  await visitor.open('/sign-in');
  await visitor.submit({ email });
  const mail = await product.mailbox.waitForMailTo(email, (each) => isNew(each) && hasLink('sign-in')(each));
  await visitor.open(linkIn(mail, 'sign-in'));
  await visitor.submit();
  if (!visitor.page.url.pathname.startsWith('/console')) throw new Error(`not signed in: ${visitor.page.seen}`);
  return visitor;
}

/** Asks for one's own page by address and opens the link that comes. */
export async function openOwnPage(product: Reached, email: string, language = 'fr'): Promise<Visitor> {
  const visitor = product.visitor(language);
  const isNew = fromNowOn(product.mailbox);
  await visitor.open('/me');
  await visitor.submit({ email });
  const mail = await product.mailbox.waitForMailTo(email, (each) => isNew(each) && hasLink('me')(each));
  await visitor.open(linkIn(mail, 'me'));
  return visitor;
}

/** Erases everything from one's own page, by the page that asks once more. */
export async function erase(ownPage: Visitor, wished: Filled = {}): Promise<Answer> {
  await ownPage.follow(/\/erase$/);
  return ownPage.submit(wished, { form: /\/erase$/ });
}

/** Answers an invitation by the button on its page; the button may stand in a form with the others or in one of its own. */
export async function reply(visitor: Visitor, link: string, answer: string, fields: Filled = {}): Promise<Answer> {
  const page = await visitor.open(link);
  const isButton = ({ name, value }: FormButton): boolean => name === 'answer' && value === answer;
  const form = page.forms.find(({ buttons }) => buttons.some(isButton));
  if (!form) throw new Error(`no button to answer ${answer} on ${page.seen}`);
  return visitor.submit(fields, { form, button: { name: 'answer', value: answer } });
}

/** A wall clock in a zone, as the console's form takes it. */
export function wallClock(instant: Date, timeZone: string): { date: string; time: string; timeZone: string } {
  const there = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  const time = there.toPlainTime().toString({ smallestUnit: 'minute' });
  return { date: there.toPlainDate().toString(), time, timeZone };
}

/** A full minute so many minutes from now. */
export const inMinutes = (minutes: number, from = new Date()): Date =>
  new Date(Math.ceil(from.getTime() / 60_000) * 60_000 + minutes * 60_000);

/** An evening in ten days, which is never a night on which clocks change. */
export function someEvening(): { date: string; time: string; timeZone: string } {
  let day = Temporal.Now.plainDateISO().add({ days: 10 });
  while (day.dayOfWeek === 7) day = day.add({ days: 1 });
  return { date: day.toString(), time: '18:00', timeZone: 'Europe/Berlin' };
}

export const MEETING: Filled = {
  title: 'Premières idées',
  description: 'What could a first step be?\nBring one idea.',
  durationMinutes: '60',
  audience: 'everyone',
  reminders: ['1440', '60'],
};

/** Saves a draft; the coordinator then stands on its page. Gives its path, `/console/meetings/<id>`. */
export async function draftMeeting(coordinator: Visitor, fields: Filled = {}): Promise<string> {
  await coordinator.open('/console/meetings/new');
  await coordinator.submit({ ...MEETING, ...someEvening(), ...fields });
  const { pathname } = coordinator.page.url;
  if (!/^\/console\/meetings\/(?!new)[^/]+$/.test(pathname))
    throw new Error(`the meeting was not saved: ${coordinator.page.seen}\n${coordinator.page.text}`);
  return pathname;
}

/** The page on which a meeting can be changed in this way, whether the form stands on its page or behind a link. */
export async function reach(coordinator: Visitor, meeting: string, act: string): Promise<RegExp> {
  const action = new RegExp(`/${act}$`);
  const page = await coordinator.open(meeting);
  const isThere = page.forms.some((form) => action.test(page.targetOf(form)));
  if (!isThere) await coordinator.follow(action);
  return action;
}

/** Dry run, then announce. */
export async function announce(coordinator: Visitor, meeting: string): Promise<Answer> {
  const form = await reach(coordinator, meeting, 'dry-run');
  if (coordinator.page.forms.some((each) => form.test(coordinator.page.targetOf(each))))
    await coordinator.submit({}, { form });
  return coordinator.submit({}, { form: /\/announce$/ });
}

/** Changes a meeting; moving and cancelling show first who gets what, and are then confirmed. */
export async function change(
  coordinator: Visitor,
  meeting: string,
  act: 'edit' | 'move' | 'cancel',
  fields: Filled,
): Promise<Answer> {
  const form = await reach(coordinator, meeting, act);
  const answer = await coordinator.submit(fields, { form });
  if (act === 'edit' || answer.status >= 400) return answer;
  return coordinator.submit({}, { form });
}

/** The id in a meeting's path. */
export const idOf = (meeting: string): string => meeting.split('/').at(-1) ?? '';

/** A product with its coordinator signed in and a meeting announced to those who were enrolled before. */
export async function announcedMeeting(
  product: Reached,
  fields: Filled = {},
): Promise<{ coordinator: Visitor; meeting: string }> {
  const coordinator = await signIn(product);
  const meeting = await draftMeeting(coordinator, fields);
  await announce(coordinator, meeting);
  return { coordinator, meeting };
}
