import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { TestClock } from '../support/clock.js';
import { GuestCalendar } from '../support/guest-calendar.js';
import {
  announcedMeeting,
  change,
  enrol,
  fromNowOn,
  hasLink,
  idOf,
  linkIn,
  reply,
  signIn,
} from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { COORDINATOR } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Filled, Visitor } from '../support/visitor.js';

/** Tuesdays at 19:00 in Berlin, where clocks go forward on 28 March. */
const SERIES: Filled = {
  ...{ date: '2027-03-16', time: '19:00', timeZone: 'Europe/Berlin', durationMinutes: '60' },
  ...{ repeats: 'weekly', occurrences: '5', reminders: '60' },
};
const [FIRST, SECOND, THIRD, FOURTH, FIFTH] = [
  '2027-03-16T18:00:00.000Z',
  '2027-03-23T18:00:00.000Z',
  '2027-03-30T17:00:00.000Z',
  '2027-04-06T17:00:00.000Z',
  '2027-04-13T17:00:00.000Z',
] as const;
const ALL = [FIRST, SECOND, THIRD, FOURTH, FIFTH];
const [COMES, SILENT, SINGLE, LATE] = ['comes', 'silent', 'single', 'late'].map((name) => `${name}@guests.example`) as [
  string,
  string,
  string,
  string,
];
const EVERYONE = [COORDINATOR, COMES, SILENT, SINGLE, LATE];

let product: TimedProduct;
let coordinator: Visitor;
let meeting: string;
const calendars = new Map<string, GuestCalendar>();
const links = new Map<string, string>();

/** What has come to each during an act; calendars take it. */
const during = async (act: () => Promise<unknown>): Promise<ReadonlyMap<string, readonly ReadMail[]>> => {
  const isNew = fromNowOn(product.mailbox);
  await act();
  await product.settle();
  const mails = (await product.mailbox.read()).filter(isNew);
  for (const mail of mails) {
    const [to = ''] = mail.to;
    if (mail.calendar === undefined) continue;
    const calendar = calendars.get(to) ?? new GuestCalendar();
    calendars.set(to, calendar);
    calendar.take(mail.calendar);
    if (!links.has(to) && hasLink('invitations')(mail)) links.set(to, linkIn(mail, 'invitations'));
  }
  return new Map(EVERYONE.map((email) => [email, mails.filter(({ to }) => to.includes(email))]));
};

const linesOf = (mail: ReadMail): string[] => (mail.calendar ?? '').replaceAll('\r\n ', '').split('\r\n');
/** METHOD, SEQUENCE, PARTSTAT, and the RECURRENCE-ID where there is one, of each mail. */
const told = (mails: readonly ReadMail[] = []): string[] =>
  mails.map((mail) => {
    const lines = linesOf(mail);
    const of = (name: string): string =>
      lines
        .find((line) => line.startsWith(name))
        ?.split(':')
        .slice(1)
        .join(':') ?? '';
    const isWhole = lines.some((line) => line.startsWith('RRULE:FREQ=WEEKLY'));
    const partstat = /PARTSTAT=([A-Z-]+)/.exec(lines.find((line) => line.startsWith('ATTENDEE')) ?? '')?.[1] ?? '';
    const original = isWhole ? '' : of('RECURRENCE-ID');
    const said = [of('METHOD'), of('SEQUENCE'), of('METHOD') === 'CANCEL' ? '' : partstat, original];
    return said.filter((part) => part !== '').join(' ');
  });
const calendarOf = (email: string): GuestCalendar => calendars.get(email) ?? new GuestCalendar();
const answerOf = (email: string, answer: string, fields: Filled = {}) =>
  reply(product.visitor('fr'), links.get(email) ?? '', answer, fields);

beforeAll(async () => {
  product = await TimedProduct.start({}, new TestClock(new Date('2027-03-01T09:00:00Z')));
  await Promise.all([COMES, SILENT].map((email) => enrol(product, { email })));
});
afterAll(() => product.stop());

describe('a series', () => {
  it('44 to 46, 49, 50 goes out on the clocks of its zone, with RRULE and VTIMEZONE', async () => {
    const mails = await during(async () => {
      ({ coordinator, meeting } = await announcedMeeting(product, SERIES));
    });
    expect(told(mails.get(COMES))).toEqual(['REQUEST 0 NEEDS-ACTION']);
    const [mail] = mails.get(COMES) ?? [];
    const lines = mail ? linesOf(mail) : [];
    expect(lines).toContain('DTSTART;TZID=Europe/Berlin:20270316T190000');
    expect(lines).toContain('RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=TU');
    expect(lines.filter((line) => line === 'BEGIN:VTIMEZONE')).toHaveLength(1);
    expect(lines.filter((line) => /^(RDATE|DTSTART:.*Z$|RECURRENCE-ID)/.test(line))).toEqual([]);
  });

  it('keeps its wall clock across the change of clocks, and tells the right hours elsewhere', async () => {
    expect(calendarOf(COMES).starts).toEqual(ALL);
    const [mail] = await product.mailbox.mailsTo(COMES).then((mails) => mails.filter(hasLink('invitations')));
    const text = (mail?.text ?? '').replaceAll(/[\u00A0\u202F]/g, ' ');
    expect(text).toMatch(/mardi 16 mars 2027, 19:00–20:00, Porto-Novo/);
    expect(text).toMatch(/mardi 30 mars 2027, 18:00–19:00, Porto-Novo/);
  });

  it('shows its dates on its page, in JSON and in its file', async () => {
    const page = await product.visitor().open(`/meetings/${idOf(meeting)}`);
    expect(page.text).toContain('Every week, 5 dates to come');
    const json = (await product.visitor().open(`/api/v1/meetings/${idOf(meeting)}`)).json() as {
      start: string;
      repeats: { frequency: string; next: { occurrence: string }[] };
    };
    expect(json).toMatchObject({ start: FIRST, repeats: { frequency: 'weekly' } });
    expect(json.repeats.next.map(({ occurrence }) => occurrence)).toEqual(ALL);
    const file = await product.visitor().open(`/meetings/${idOf(meeting)}.ics`);
    expect(file.body).toContain('RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=TU');
  });

  it('lets someone sign up to single dates, who gets just these', async () => {
    await enrol(product, { email: SINGLE });
    const mails = await during(async () => {
      const visitor = product.visitor('fr');
      await visitor.open(`/meetings/${idOf(meeting)}`);
      await visitor.submit({ email: SINGLE, occurrence: [SECOND, FOURTH] });
      expect(visitor.page.status).toBe(200);
    });
    expect(told(mails.get(SINGLE)?.filter(({ calendar }) => calendar !== undefined)).sort()).toEqual([
      'REQUEST 0 NEEDS-ACTION',
      'REQUEST 0 NEEDS-ACTION',
    ]);
    expect(calendarOf(SINGLE).starts).toEqual([SECOND, FOURTH]);
    expect(new Set(calendarOf(SINGLE).entries.map(({ uid }) => uid)).size).toBe(2);
    for (const mail of mails.get(SINGLE) ?? [])
      expect(mail.calendar ?? '').not.toMatch(/RRULE:FREQ=WEEKLY|RECURRENCE-ID/);
  });

  it('keeps the answer to all, and takes another for one date', async () => {
    expect((await during(() => answerOf(COMES, 'accepted'))).get(COMES)).toEqual([]);
    const mails = await during(() => answerOf(COMES, 'declined', { occurrence: FIFTH, why: 'not-for-me' }));
    expect(told(mails.get(COMES))).toEqual(['CANCEL 1 20270413T190000']);
    expect(calendarOf(COMES).starts).toEqual([FIRST, SECOND, THIRD, FOURTH]);
  });

  it('47, 51 moves one date: REQUEST with RECURRENCE-ID, no answer yet; to others nothing', async () => {
    const preview = await coordinator.open(`${meeting}/move?occurrence=${SECOND}&scope=this`);
    expect(preview.status).toBe(200);
    const mails = await during(async () => {
      const answer = await change(coordinator, meeting, 'move', {
        ...{ occurrence: SECOND, scope: 'this', date: '2027-03-24', time: '20:00' },
      });
      expect(answer.status).toBe(200);
    });
    expect(told(mails.get(SILENT))).toEqual(['REQUEST 1 NEEDS-ACTION 20270323T190000']);
    expect(told(mails.get(COMES))).toEqual(['REQUEST 2 NEEDS-ACTION 20270323T190000']);
    expect(told(mails.get(SINGLE))).toEqual(['REQUEST 1 NEEDS-ACTION']);
    expect(calendarOf(SINGLE).starts).toEqual(['2027-03-24T19:00:00.000Z', FOURTH]);
    expect(calendarOf(SILENT).starts).toEqual([FIRST, '2027-03-24T19:00:00.000Z', THIRD, FOURTH, FIFTH]);
  });

  it('51 cancels one date: CANCEL with RECURRENCE-ID', async () => {
    const mails = await during(() =>
      change(coordinator, meeting, 'cancel', { occurrence: THIRD, scope: 'this', reason: 'Holiday' }),
    );
    expect(told(mails.get(SILENT))).toEqual(['CANCEL 2 20270330T190000']);
    expect(told(mails.get(SINGLE))).toEqual([]);
    expect(mails.get(SILENT)?.[0]?.text).toContain('Holiday');
    expect(calendarOf(SILENT).starts).toEqual([FIRST, '2027-03-24T19:00:00.000Z', FOURTH, FIFTH]);
  });

  it('renames one date', async () => {
    const mails = await during(async () => {
      await coordinator.open(`${meeting}/rename?occurrence=${FOURTH}&scope=this`);
      await coordinator.submit({ title: 'Only this evening' }, { form: /\/rename$/ });
    });
    expect(told(mails.get(COMES))).toEqual(['REQUEST 3 ACCEPTED 20270406T190000']);
    expect(told(mails.get(SINGLE))).toEqual(['REQUEST 2 NEEDS-ACTION']);
    expect(calendarOf(SINGLE).entries.at(-1)?.summary).toBe('Only this evening');
  });

  it('47, 51 gives someone who comes late EXDATE and what was moved and renamed', async () => {
    await enrol(product, { email: LATE });
    const mails = await during(async () => {
      const visitor = product.visitor('fr');
      await visitor.open(`/meetings/${idOf(meeting)}`);
      await visitor.submit({ email: LATE });
    });
    const [mail] = mails.get(LATE)?.filter(({ calendar }) => calendar !== undefined) ?? [];
    expect(mail && linesOf(mail)).toContain('EXDATE;TZID=Europe/Berlin:20270330T190000');
    expect(told(mail && [mail])).toEqual(['REQUEST 0 NEEDS-ACTION']);
    expect(calendarOf(LATE).entries.map(({ start, summary }) => [start, summary])).toEqual([
      [FIRST, 'Premières idées'],
      ['2027-03-24T19:00:00.000Z', 'Premières idées'],
      [FOURTH, 'Only this evening'],
      [FIFTH, 'Premières idées'],
    ]);
  });

  it('has EXDATE in the next REQUEST for all, which keeps every answer', async () => {
    const mails = await during(() => change(coordinator, meeting, 'edit', { description: 'Bring two ideas.' }));
    expect(told(mails.get(COMES))).toEqual(['REQUEST 3 ACCEPTED']);
    const [mail] = mails.get(COMES) ?? [];
    expect((mail ? linesOf(mail) : []).filter((line) => line.startsWith('EXDATE'))).toEqual([
      'EXDATE;TZID=Europe/Berlin:20270330T190000',
      'EXDATE;TZID=Europe/Berlin:20270413T190000',
    ]);
    expect(calendarOf(COMES).entries.map(({ start, partstat }) => [start, partstat])).toEqual([
      [FIRST, 'ACCEPTED'],
      ['2027-03-24T19:00:00.000Z', 'NEEDS-ACTION'],
      [FOURTH, 'ACCEPTED'],
    ]);
    // For those who come to single dates, too.
    expect(told(mails.get(SINGLE))).toHaveLength(2);
  });

  it('reminds of each date those who come to it', async () => {
    const remindedAt = async (start: string): Promise<string[]> => {
      const mails = await during(() => product.at(plus(new Date(start), -HOUR)));
      return [...mails].flatMap(([email, each]) => each.map(() => email)).sort();
    };
    expect(await remindedAt(FIRST)).toEqual([COMES, COORDINATOR, LATE, SILENT].sort());
    expect(await remindedAt('2027-03-24T19:00:00.000Z')).toEqual([COMES, COORDINATOR, LATE, SILENT, SINGLE].sort());
    expect(await remindedAt(THIRD)).toEqual([]);
  });

  it('opens each date a quarter of an hour before, and counts it by itself', async () => {
    const visitor = product.visitor('fr');
    const join = `/meetings/${idOf(meeting)}/join`;
    await product.at(plus(new Date(FOURTH), -16 * MINUTE));
    expect((await visitor.open(join)).forms.filter(({ controls }) => controls.has('withYou'))).toEqual([]);
    await product.at(plus(new Date(FOURTH), -14 * MINUTE));
    expect((await visitor.open(join)).status).toBe(200);
    expect((await visitor.post(join, { withYou: '11' })).status).toBe(200);
    const [invited] = (await product.mailbox.mailsTo(SILENT)).filter(hasLink('join'));
    const own = new URL(invited ? linkIn(invited, 'join') : '').pathname;
    expect((await visitor.open(own)).heading).toBe('Only this evening');
    expect((await visitor.post(own, { withYou: '14' })).status).toBe(200);
    await product.at(plus(new Date(FOURTH), 2 * HOUR));
    const counts = (await visitor.open('/api/v1/counts')).json() as {
      meetingsHeld: number;
      participation: { meeting: string; occurrence: string }[];
    };
    expect(counts.meetingsHeld).toBe(3);
    expect(counts.participation.find(({ occurrence }) => occurrence === FOURTH)).toMatchObject({
      meeting: idOf(meeting),
      signedUp: { total: { kind: 'about', n: 15 } },
      withoutSignUp: { total: { kind: 'about', n: 10 } },
    });
    expect((await visitor.open(`/meetings/${idOf(meeting)}`)).text).toContain('environ 15');
  });

  it('48 splits: the old one ends before, another goes on with a UID of its own, and asks everyone anew', async () => {
    coordinator = await signIn(product);
    const before = new Set(calendarOf(SILENT).entries.map(({ uid }) => uid));
    const mails = await during(() =>
      change(coordinator, meeting, 'move', {
        ...{ occurrence: FIFTH, scope: 'this-and-later', date: '2027-04-14', time: '18:00' },
      }),
    );
    const [ended, goesOn] = mails.get(SILENT) ?? [];
    expect((ended ? linesOf(ended) : []).join()).toContain('RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=TU');
    expect(told(mails.get(SILENT))).toEqual(['REQUEST 3 NEEDS-ACTION', 'REQUEST 0 NEEDS-ACTION']);
    expect((goesOn ? linesOf(goesOn) : []).join()).toContain('RRULE:FREQ=WEEKLY;COUNT=1;BYDAY=WE');
    const entries = calendarOf(SILENT).entries.filter(({ start }) => start > FOURTH);
    expect(entries.map(({ start }) => start)).toEqual(['2027-04-14T16:00:00.000Z']);
    expect(before.has(entries[0]?.uid ?? '')).toBe(false);
    for (const mail of [...mails.values()].flat()) expect(mail.calendar ?? '').not.toContain('THISANDFUTURE');
  });

  it('is forgotten a month after its last date', async () => {
    await product.at(plus(new Date(FOURTH), 30 * DAY + 2 * HOUR));
    const answer = await product.visitor().open(new URL(links.get(SILENT) ?? 'http://x/').pathname);
    expect(answer.status).toBe(404);
  });
});
