import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, plus } from '../../libs/time/clock.js';
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
  MEETING,
  openOwnPage,
  reply,
} from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Filled, Visitor } from '../support/visitor.js';

const SERIES: Filled = {
  ...{ date: '2027-05-04', time: '19:00', timeZone: 'Europe/Berlin', durationMinutes: '60' },
  ...{ repeats: 'weekly', occurrences: '4', reminders: '' },
};
const [FIRST, SECOND, THIRD, FOURTH] = [
  '2027-05-04T17:00:00.000Z',
  '2027-05-11T17:00:00.000Z',
  '2027-05-18T17:00:00.000Z',
  '2027-05-25T17:00:00.000Z',
] as const;
const [WHOLE, SINGLE] = ['whole@guests.example', 'single@guests.example'] as const;

let product: TimedProduct;
let coordinator: Visitor;

/** What has come to each during an act, and a quarter of an hour after it, when edits have been told. */
const during = async (act: () => Promise<unknown>): Promise<(email: string) => readonly ReadMail[]> => {
  const isNew = fromNowOn(product.mailbox);
  await act();
  await product.at(plus(product.clock.now(), 15 * MINUTE));
  const mails = (await product.mailbox.read()).filter(isNew);
  return (email) => mails.filter(({ to, calendar }) => to.includes(email) && calendar !== undefined);
};
const calendarOf = (mails: readonly ReadMail[]): GuestCalendar => {
  const calendar = new GuestCalendar();
  for (const mail of mails) calendar.take(mail.calendar ?? '');
  return calendar;
};
const hasRule = ({ calendar = '' }: ReadMail): boolean => calendar.includes('RRULE:FREQ=WEEKLY');
const isSingle = ({ calendar = '' }: ReadMail): boolean => calendar.includes('RECURRENCE-ID');

interface Announced {
  readonly meeting: string;
  readonly invitation: (email: string) => string;
}

/** A series to which one guest is invited, and another signs up for its third and fourth date. */
const announcedSeries = async (fields: Filled = {}): Promise<Announced> => {
  let meeting = '';
  const mails = await during(async () => {
    ({ coordinator, meeting } = await announcedMeeting(product, { ...SERIES, ...fields }));
    await product.settle();
    const visitor = product.visitor('fr');
    await visitor.open(`/meetings/${idOf(meeting)}`);
    await visitor.submit({ email: SINGLE, occurrence: [THIRD, FOURTH] });
  });
  return {
    meeting,
    invitation: (email) => {
      const mail = mails(email).find(hasLink('invitations'));
      if (!mail) throw new Error(`no invitation to ${email}`);
      return linkIn(mail, 'invitations');
    },
  };
};

const confirm = async (visitor: Visitor, email: string): Promise<void> => {
  const mail = await product.mailbox.waitForMailTo(email, hasLink('confirm'));
  await visitor.open(linkIn(mail, 'confirm'));
  await visitor.submit();
  expect(visitor.page.status).toBe(200);
};

beforeAll(async () => {
  product = await TimedProduct.start({ EDIT_WINDOW_SECONDS: '120' }, new TestClock(new Date('2027-04-20T09:00:00Z')));
  await enrol(product, { email: WHOLE });
  await enrol(product, { email: SINGLE });
  // Hears of nothing that they did not ask for, so is not invited to all of it.
  const own = await openOwnPage(product, SINGLE);
  expect((await own.submit({}, { form: /\/unsubscribe$/ })).status).toBe(200);
});
afterAll(() => product.stop());

describe('the form of a series', () => {
  const sent = (fields: Filled): Promise<Visitor> =>
    announcedMeeting(product, { ...SERIES, ...fields }).then(({ coordinator: by }) => by);

  it.each<[string, Filled, string]>([
    ['neither a number nor a last day', { occurrences: '' }, 'either how many times'],
    ['both', { lastDate: '2027-06-01' }, 'either how many times'],
    ['a last day before the first', { occurrences: '', lastDate: '2027-05-01' }, 'a day after the first one'],
    ['a start that clocks skip', { date: '2028-03-26', time: '02:30' }, 'does not exist that day'],
  ])('is refused with %s, beside the field', async (_, fields, sentence) => {
    await expect(sent(fields)).rejects.toThrow(sentence);
  });

  it('takes a last day as well as a number, and lists the dates on its page', async () => {
    const { coordinator: by, meeting } = await announcedMeeting(product, {
      ...{ ...MEETING, ...SERIES, occurrences: '', lastDate: '2027-05-18' },
    });
    const page = await by.open(meeting);
    expect(page.text).toContain('3 dates are still to come.');
    const acts = page.links.map(({ href }) => new URL(href, page.url)).filter(({ search }) => search !== '');
    const of = (act: string): string[] =>
      acts
        .filter(({ pathname }) => pathname.endsWith(`/${act}`))
        .map(({ searchParams }) => searchParams.get('occurrence') ?? '');
    for (const act of ['move', 'rename', 'cancel']) expect(of(act)).toEqual([FIRST, SECOND, THIRD]);
    await change(by, meeting, 'cancel', { scope: 'all', reason: '' });
    await product.settle();
  });
});

describe('several edits within the window', () => {
  it('go out as one: of one date, and of a date and all', async () => {
    const { meeting } = await announcedSeries();
    const twice = await during(async () => {
      for (const time of ['20:00', '21:00'])
        await change(coordinator, meeting, 'move', { occurrence: SECOND, scope: 'this', date: '2027-05-11', time });
    });
    expect(twice(WHOLE).map(isSingle)).toEqual([true]);
    expect(twice(SINGLE)).toHaveLength(0);
    const both = await during(async () => {
      await change(coordinator, meeting, 'move', {
        occurrence: SECOND,
        scope: 'this',
        date: '2027-05-12',
        time: '19:00',
      });
      await change(coordinator, meeting, 'edit', { title: 'Nouvelles idées' });
    });
    expect(both(WHOLE).map(hasRule)).toEqual([true]);
    expect(calendarOf(both(WHOLE)).starts).toEqual([FIRST, '2027-05-12T17:00:00.000Z', THIRD, FOURTH]);
    await change(coordinator, meeting, 'cancel', { scope: 'all', reason: '' });
    await product.settle();
  });
});

describe('this and all later ones', () => {
  it('moved takes those of single dates with it, to the same ones', async () => {
    const { meeting } = await announcedSeries();
    const mails = await during(() =>
      change(coordinator, meeting, 'move', {
        occurrence: THIRD,
        scope: 'this-and-later',
        date: '2027-05-20',
        time: '18:00',
      }),
    );
    expect(calendarOf(mails(SINGLE).filter(({ method }) => method === 'REQUEST')).starts).toEqual([
      '2027-05-20T16:00:00.000Z',
      '2027-05-27T16:00:00.000Z',
    ]);
    expect(mails(SINGLE).filter(({ method }) => method === 'CANCEL')).toHaveLength(2);
    expect(calendarOf(mails(WHOLE)).starts).toEqual([
      FIRST,
      SECOND,
      '2027-05-20T16:00:00.000Z',
      '2027-05-27T16:00:00.000Z',
    ]);
    const ended = await during(() => change(coordinator, meeting, 'cancel', { scope: 'all', reason: '' }));
    expect(ended(WHOLE).map(({ method }) => method)).toEqual(['CANCEL']);
    expect(ended(SINGLE)).toHaveLength(0);
  });

  it('cancelled ends the series before', async () => {
    const { meeting } = await announcedSeries();
    const mails = await during(() =>
      change(coordinator, meeting, 'cancel', { occurrence: FOURTH, scope: 'this-and-later', reason: 'Summer' }),
    );
    expect(calendarOf(mails(WHOLE)).starts).toEqual([FIRST, SECOND, THIRD]);
    expect(mails(SINGLE).map(({ method }) => method)).toEqual(['CANCEL']);
    expect(mails(SINGLE)[0]?.text).toContain('Summer');
    await change(coordinator, meeting, 'cancel', { scope: 'all', reason: '' });
    await product.settle();
  });
});

describe('seats and leaving', () => {
  it('are counted by date: a seat in all of it is one in each', async () => {
    const { meeting, invitation } = await announcedSeries({ capacity: '1' });
    const answer = (email: string, given: string, fields: Filled = {}) =>
      reply(product.visitor('fr'), invitation(email), given, fields);
    expect((await answer(WHOLE, 'accepted')).status).toBe(200);
    // The mail that was found first is for one of both dates; in each the only seat is taken.
    expect((await answer(SINGLE, 'accepted')).status).toBe(409);
    for (const occurrence of [THIRD, FOURTH])
      expect((await answer(WHOLE, 'declined', { occurrence })).status).toBe(200);
    expect((await answer(SINGLE, 'accepted')).status).toBe(200);
    await change(coordinator, meeting, 'cancel', { scope: 'all', reason: '' });
    await product.settle();
  });

  it('gives up one date, or all of it', async () => {
    const { meeting, invitation } = await announcedSeries();
    const leave = async (fields: Filled): Promise<void> => {
      const visitor = product.visitor('fr');
      await visitor.open(invitation(WHOLE));
      await visitor.submit(fields, { form: /\/leave$/ });
      expect(visitor.page.status).toBe(200);
    };
    const one = await during(() => leave({ occurrence: SECOND }));
    expect(one(WHOLE).map(({ method, calendar = '' }) => [method, calendar.includes('RECURRENCE-ID')])).toEqual([
      ['CANCEL', true],
    ]);
    const all = await during(() => leave({}));
    expect(all(WHOLE).map(({ method, calendar = '' }) => [method, calendar.includes('RRULE:FREQ=WEEKLY')])).toEqual([
      ['CANCEL', true],
    ]);
    await change(coordinator, meeting, 'cancel', { scope: 'all', reason: '' });
    await product.settle();
  });
});

describe('single dates', () => {
  it('are kept as wishes of an address that is not confirmed yet', async () => {
    const { meeting } = await announcedSeries();
    const fresh = 'fresh@guests.example';
    const visitor = product.visitor('fr');
    await visitor.open(`/meetings/${idOf(meeting)}`);
    await visitor.submit({ email: fresh, occurrence: [SECOND, FOURTH] });
    await product.settle();
    expect((await product.mailbox.mailsTo(fresh)).filter(hasLink('confirm'))).toHaveLength(1);
    const mails = await during(() => confirm(visitor, fresh));
    expect(calendarOf(mails(fresh)).starts).toEqual([SECOND, FOURTH]);
    await change(coordinator, meeting, 'cancel', { scope: 'all', reason: '' });
    await product.settle();
  });

  it('that are none are refused', async () => {
    const { meeting } = await announcedSeries();
    const visitor = product.visitor();
    const path = `/meetings/${idOf(meeting)}`;
    for (const occurrence of ['2027-05-05T17:00:00.000Z', 'x', '__proto__'])
      expect((await visitor.post(path, { email: SINGLE, occurrence })).status).toBe(422);
    await change(coordinator, meeting, 'cancel', { scope: 'all', reason: '' });
    await product.settle();
  });
});

describe('a long series', () => {
  it('stays on pages that slow phones load', async () => {
    const { coordinator: by, meeting } = await announcedMeeting(product, { ...SERIES, occurrences: '520' });
    for (const path of [meeting, `${meeting}/move`, `/meetings/${idOf(meeting)}`]) {
      const page = await by.open(path);
      expect([path, page.status, page.bytes.length < 30_000]).toEqual([path, 200, true]);
    }
    await change(by, meeting, 'cancel', { scope: 'all', reason: '' });
    await product.settle();
  });
});

describe('one’s own page', () => {
  it('lists single dates by their own day', async () => {
    const { meeting } = await announcedSeries();
    const own = await openOwnPage(product, SINGLE);
    expect(own.page.text.replaceAll(/[\u00A0\u202F]/g, ' ')).toContain('18 mai 2027');
    await product.at(plus(new Date(FOURTH), 2 * HOUR));
    const page = await product.visitor().open(`/meetings/${idOf(meeting)}`);
    expect(page.text).toContain('4 May 2027');
  });
});
