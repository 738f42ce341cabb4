import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { type CalendarEntry, defectsOf, entryIn } from '../support/invitations.js';
import {
  announcedMeeting,
  change,
  enrol,
  fromNowOn,
  hasLink,
  linkIn,
  reply,
  someEvening,
} from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { Product } from '../support/product.js';
import type { Answer, Visitor } from '../support/visitor.js';

/** One guest for each way to answer. */
const GUESTS = ['silent', 'accepted', 'tentative', 'declined', 'no-time', 'not-for-me', 'left'] as const;
type Guest = (typeof GUESTS)[number];
const addressOf = (guest: Guest): string => `${guest}@guests.example`;

let product: Product;
let database: TestDatabase;
let coordinator: Visitor;
let meeting: string;
const links = new Map<Guest, string>();

beforeAll(async () => {
  product = await Product.start();
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  await Promise.all(GUESTS.map((guest) => enrol(product, { email: addressOf(guest) })));
  ({ coordinator, meeting } = await announcedMeeting(product));
  for (const guest of GUESTS) {
    const mail = await product.mailbox.waitForMailTo(addressOf(guest), hasLink('invitations'));
    links.set(guest, linkIn(mail, 'invitations'));
  }
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

const press = async (guest: Guest, answer: string, why = ''): Promise<Answer> =>
  reply(product.visitor('fr'), links.get(guest) ?? '', answer, why === '' ? {} : { why });

/** What has come to each guest since, once everything was done. */
const mailsDuring = async (act: () => Promise<unknown>): Promise<Map<Guest, readonly ReadMail[]>> => {
  await database.settled();
  const isNew = fromNowOn(product.mailbox);
  await act();
  await database.settled();
  const mails = (await product.mailbox.read()).filter(isNew);
  return new Map(GUESTS.map((guest) => [guest, mails.filter(({ to }) => to.includes(addressOf(guest)))]));
};

const told = (mails: Map<Guest, readonly ReadMail[]>): Record<string, string> =>
  Object.fromEntries(
    [...mails].map(([guest, each]) => [
      guest,
      each
        .map((mail) => entryIn(mail))
        .map(({ method, sequence, attendees }) =>
          method === 'CANCEL'
            ? `CANCEL ${String(sequence)}`
            : `${method} ${String(sequence)} ${attendees[0]?.partstat ?? ''}`,
        )
        .join(', '),
    ]),
  );

const lastEntry = async (guest: Guest): Promise<CalendarEntry> => {
  const mails = await product.mailbox.mailsTo(addressOf(guest));
  return entryIn(mails.filter(({ calendar }) => calendar !== undefined).at(-1) ?? mails[0] ?? fail());
};
const fail = (): never => {
  throw new Error('no mail');
};

describe('answering by a button', () => {
  it('shows the meeting and the buttons, and changes nothing by being opened', async () => {
    const visitor = product.visitor('fr');
    const page = await visitor.open(links.get('silent') ?? '');
    expect(page.language).toBe('fr');
    const offered = page.forms.flatMap(({ buttons }) =>
      buttons.filter(({ name }) => name === 'answer').map(({ value }) => value),
    );
    expect(offered.sort()).toEqual(['accepted', 'declined', 'tentative']);
  });

  it('sends a CANCEL to whom declines or leaves, and nothing to whom accepts', async () => {
    const mails = await mailsDuring(async () => {
      const accepted = await press('accepted', 'accepted');
      expect(accepted.text.replace(/[\u00A0\u202F]/g, ' ')).toContain('Votre agenda peut encore vous demander');
      await press('tentative', 'tentative');
      await press('declined', 'declined');
      await press('no-time', 'declined', 'time');
      await press('not-for-me', 'declined', 'not-for-me');
      const visitor = product.visitor('fr');
      await visitor.open(links.get('left') ?? '');
      const leave = /\/leave$/;
      if (!visitor.page.forms.some((form) => leave.test(visitor.page.targetOf(form)))) await visitor.follow(leave);
      await visitor.submit({}, { form: leave });
    });
    expect(told(mails)).toEqual({
      silent: '',
      accepted: '',
      tentative: '',
      declined: 'CANCEL 1',
      'no-time': 'CANCEL 1',
      'not-for-me': 'CANCEL 1',
      left: 'CANCEL 1',
    });
    for (const mail of [...mails.values()].flat()) expect(defectsOf(mail)).toEqual([]);
  });

  it('takes the same answer twice as one', async () => {
    const mails = await mailsDuring(async () => {
      await Promise.all([press('declined', 'declined'), press('declined', 'declined')]);
      await press('accepted', 'accepted');
    });
    expect(Object.values(told(mails)).join('')).toBe('');
  });

  it('brings back whom changes their mind, with a new REQUEST', async () => {
    const first = await lastEntry('declined');
    const mails = await mailsDuring(() => press('declined', 'accepted'));
    expect(told(mails).declined).toBe('REQUEST 2 ACCEPTED');
    const entry = await lastEntry('declined');
    expect(entry.uid).toBe(first.uid);
    expect(entry.dtstamp.getTime()).toBeGreaterThan(first.dtstamp.getTime());
    expect(told(await mailsDuring(() => press('declined', 'declined'))).declined).toBe('CANCEL 3');
  });
});

describe('a change of the meeting', () => {
  it('of the text goes to those who take part or may, without a new SEQUENCE', async () => {
    const mails = await mailsDuring(() =>
      change(coordinator, meeting, 'edit', { title: 'Nouvelles idées', description: 'Another question.' }),
    );
    expect(told(mails)).toEqual({
      silent: 'REQUEST 0 NEEDS-ACTION',
      accepted: 'REQUEST 0 ACCEPTED',
      tentative: 'REQUEST 0 TENTATIVE',
      declined: '',
      'no-time': '',
      'not-for-me': '',
      left: '',
    });
    for (const mail of [...mails.values()].flat()) {
      expect(defectsOf(mail)).toEqual([]);
      expect(entryIn(mail).summary).toContain('Nouvelles idées');
    }
  });

  it('of the room raises SEQUENCE', async () => {
    const mails = await mailsDuring(() =>
      change(coordinator, meeting, 'edit', { room: 'https://meet.example/room-2' }),
    );
    expect(told(mails)).toMatchObject({ silent: 'REQUEST 1 NEEDS-ACTION', accepted: 'REQUEST 1 ACCEPTED', left: '' });
    for (const mail of [...mails.values()].flat()) expect(mail.raw.toString() + mail.text).not.toContain('room-2');
  });

  it('that changes nothing sends nothing', async () => {
    const mails = await mailsDuring(() => change(coordinator, meeting, 'edit', { title: 'Nouvelles idées' }));
    expect(Object.values(told(mails)).join('')).toBe('');
  });

  it('of the time asks everyone anew, also those who declined because of it', async () => {
    const { date } = someEvening();
    const later = Temporal.PlainDate.from(date).add({ days: 1 }).toString();
    const mails = await mailsDuring(async () => {
      const answer = await change(coordinator, meeting, 'move', { date: later, time: '19:30' });
      expect(answer.status).toBe(200);
    });
    expect(told(mails)).toEqual({
      silent: 'REQUEST 2 NEEDS-ACTION',
      accepted: 'REQUEST 2 NEEDS-ACTION',
      tentative: 'REQUEST 2 NEEDS-ACTION',
      declined: 'REQUEST 5 NEEDS-ACTION',
      'no-time': 'REQUEST 3 NEEDS-ACTION',
      'not-for-me': '',
      left: '',
    });
    for (const mail of [...mails.values()].flat()) {
      expect(defectsOf(mail)).toEqual([]);
      const { start, end } = entryIn(mail);
      expect(
        Temporal.Instant.fromEpochMilliseconds(start.getTime())
          .toZonedDateTimeISO('Europe/Berlin')
          .toPlainDateTime()
          .toString(),
      ).toBe(`${later}T19:30:00`);
      expect(end.getTime() - start.getTime()).toBe(3_600_000);
    }
  });

  it('keeps one entry and one thread for each guest, every mail newer than the one before', async () => {
    for (const guest of GUESTS) {
      const mails = (await product.mailbox.mailsTo(addressOf(guest))).filter(({ calendar }) => calendar !== undefined);
      const entries = mails.map(entryIn);
      expect(new Set(entries.map(({ uid }) => uid)).size).toBe(1);
      const stamps = entries.map(({ dtstamp }) => dtstamp.getTime());
      expect(stamps).toEqual([...new Set(stamps)].sort((a, b) => a - b));
      const sequences = entries.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      const [first, ...others] = mails;
      for (const mail of others) {
        expect(mail.header('In-Reply-To')).toBe(first?.header('Message-ID'));
        expect(mail.header('References')).toContain(first?.header('Message-ID') ?? '-');
      }
    }
  });

  it('that cancels takes it out of every calendar that has it', async () => {
    const mails = await mailsDuring(() => change(coordinator, meeting, 'cancel', { reason: 'The hall is flooded.' }));
    expect(told(mails)).toEqual({
      silent: 'CANCEL 3',
      accepted: 'CANCEL 3',
      tentative: 'CANCEL 3',
      declined: 'CANCEL 6',
      'no-time': 'CANCEL 4',
      'not-for-me': '',
      left: '',
    });
    for (const mail of [...mails.values()].flat()) {
      expect(defectsOf(mail)).toEqual([]);
      expect(entryIn(mail).status).toBe('CANCELLED');
      expect(mail.text).toContain('The hall is flooded.');
    }
  });

  it('is too late after that: pages say so', async () => {
    const late = product.visitor('fr');
    const page = await late.open(links.get('silent') ?? '');
    expect(page.forms.flatMap(({ buttons }) => buttons.filter(({ name }) => name === 'answer'))).toEqual([]);
    const { pathname } = page.url;
    expect((await late.post(pathname, { answer: 'accepted' })).kind).toBe('refused');
    const mails = await mailsDuring(() =>
      change(coordinator, meeting, 'cancel', { reason: 'again' }).catch(() => undefined),
    );
    expect(Object.values(told(mails)).join('')).toBe('');
  });
});
