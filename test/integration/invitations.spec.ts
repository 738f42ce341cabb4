import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { Database } from '../../libs/database/database.js';
import { DatabaseModule } from '../../libs/database/database.module.js';
import type { Entry } from '../../libs/outbox/entry.js';
import { OutboxModule } from '../../libs/outbox/outbox.module.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { Clock, DAY, HOUR, plus } from '../../libs/time/clock.js';
import { readSettings } from '../../src/config.js';
import type { Contact } from '../../src/contacts/contact.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { CoreModule } from '../../src/core.module.js';
import type { Answer } from '../../src/invitations/invitation.js';
import { InvitationsHandlers } from '../../src/invitations/invitations.handlers.js';
import { GuestCounts } from '../../src/invitations/guest-counts.service.js';
import { InvitationsService } from '../../src/invitations/invitations.service.js';
import { Subjects, type Subject } from '../../src/invitations/subject.js';
import { MeetingsHandlers } from '../../src/meetings/meetings.handlers.js';
import { MeetingsModule } from '../../src/meetings/meetings.module.js';
import { MeetingSubjects } from '../../src/meetings/meeting-subjects.service.js';
import { type GivenMeeting, MeetingsService } from '../../src/meetings/meetings.service.js';
import { TestClock } from '../support/clock.js';
import { startRedis, startStore } from '../support/parts.js';

/** What the modules of this test handle; no worker runs, so handlers are called by the test. */
const EVENTS = [
  ...['contact.unconfirmed', 'contact.year-passed', 'contact.silent', 'contact.confirmed', 'contact.closing'],
  ...['meeting.ended', 'meeting.split', 'meeting.forgotten'],
];

const now = new Date('2027-01-11T09:00:00Z');
const start = new Date('2027-01-21T18:00:00Z');

let app: TestingModule;
let meetings: MeetingsService;
let meetingSubjects: MeetingSubjects;
let invitations: InvitationsService;
let counting: GuestCounts;
let contacts: ContactsService;
let ids: Ids;
const clock = new TestClock(now);
const folder = mkdtempSync(join(tmpdir(), 'ct-invitations-'));

beforeAll(async () => {
  const [{ uri }, redis] = await Promise.all([startStore(), startRedis()]);
  const read = readSettings({
    MONGODB_URI: uri,
    REDIS_URL: redis.url,
    SMTP_URL: 'smtp://localhost',
    SECRET_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: folder,
  });
  if (!read.ok) throw new Error(read.problems.join());
  app = await Test.createTestingModule({
    imports: [
      CoreModule.with(read.settings),
      DatabaseModule.connect(uri),
      OutboxModule.connect({ redisUrl: redis.url, events: EVENTS, works: false, prefix: redis.prefix }),
      MeetingsModule,
    ],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  await app.init();
  await app.get(Database).createIndexes();
  meetings = app.get(MeetingsService);
  meetingSubjects = app.get(MeetingSubjects);
  invitations = app.get(InvitationsService);
  counting = app.get(GuestCounts);
  contacts = app.get(ContactsService, { strict: false });
  ids = app.get(Ids);
}, 30_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  clock.set(now);
});

const given = (more: Partial<GivenMeeting> = {}): GivenMeeting => ({
  id: ids.next(),
  title: 'First ideas',
  description: '',
  languages: [],
  room: '',
  dialIn: '+49 228 5550100',
  capacity: null,
  reminders: [60],
  start,
  end: plus(start, HOUR),
  timeZone: 'Europe/Berlin',
  audience: 'everyone',
  host: ids.next(),
  ...more,
});

const ok = <Value>(result: { ok: true; value: Value } | { ok: false; reason: string }): Value => {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};

async function announced(more: Partial<GivenMeeting> = {}): Promise<Subject> {
  const { id } = ok(await meetings.draft(given(more)));
  ok(await meetings.tryOut(id));
  ok(await meetings.announce(id));
  return subject(id);
}

async function subject(id: Id): Promise<Subject> {
  const found = await app.get(Subjects, { strict: false }).load(id);
  if (!found) throw new Error('no such meeting');
  return found;
}

const invited = async (about: Subject, count: number): Promise<readonly Id[]> => {
  const guests = Array.from({ length: count }, () => ({ id: ids.next(), role: 'guest' as const }));
  return (await invitations.inviteAll(about, guests)).map(({ id }) => id);
};

const accept = async (id: Id): Promise<string> => {
  const answered = await invitations.answer(id, { answer: 'accepted' });
  return answered.ok ? 'accepted' : answered.reason;
};
const tally = (outcomes: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(outcomes, (outcome) => outcome)].map(([name, all]) => [name, all.length]));
const accepting = async (about: Subject): Promise<number> => (await counting.answers(about)).accepted;

const entry = (type: string, data: Entry['data'] = {}): Entry => ({
  ...{ id: ids.next(), type, handler: 'called by the test', data, failures: 0 },
});

describe('limited seats', () => {
  it('are never given to more than there are, when all press the button at once', async () => {
    const about = await announced({ capacity: 7 });
    const guests = await invited(about, 40);
    expect(tally(await Promise.all(guests.map(accept)))).toEqual({ accepted: 7, full: 33 });
    expect(await accepting(about)).toBe(7);
    const places = await Promise.all(guests.map((id) => invitations.get(id)));
    const seats = places.flatMap((place) => (place?.seat === undefined ? [] : [place.seat]));
    expect(seats.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await invitations.isFull(about)).toBe(true);
  });

  it('go to others as they become free, one each', async () => {
    const about = await announced({ capacity: 3 });
    const [first = '', second = '', ...others] = await invited(about, 12);
    await Promise.all([first, second].map(accept));
    await Promise.all([
      invitations.answer(first, { answer: 'declined' }),
      invitations.leave(second),
      ...others.map(accept),
    ]);
    expect(await accepting(about)).toBeLessThanOrEqual(3);
    await Promise.all(others.map(accept));
    expect(await accepting(about)).toBe(3);
    expect(await accept(first)).toBe('full');
  });

  it('are kept by those who press the button again', async () => {
    const about = await announced({ capacity: 1 });
    const [guest = ''] = await invited(about, 2);
    expect(tally(await Promise.all(Array.from({ length: 5 }, () => accept(guest))))).toEqual({ accepted: 5 });
    expect((await invitations.get(guest))?.seat).toBe(1);
  });

  it('count those who accepted before there was a limit, and those beyond a lowered one', async () => {
    const about = await announced();
    const guests = await invited(about, 12);
    await Promise.all(guests.slice(0, 4).map(accept));
    const { id } = about;
    const details = { ...given(), room: meetings.roomOf((await meetings.get(id)) ?? { id, room: new Uint8Array() }) };
    ok(await meetings.edit(id, { ...details, capacity: 6 }));
    expect(tally(await Promise.all(guests.slice(4, 10).map(accept)))).toEqual({ accepted: 2, full: 4 });
    ok(await meetings.edit(id, { ...details, capacity: 3 }));
    await invitations.answer(guests[0] ?? '', { answer: 'declined' });
    expect(tally(await Promise.all(guests.slice(10).map(accept)))).toEqual({ full: 2 });
    expect(await accepting(await subject(id))).toBe(5);
  });

  it('stay held when the meeting moves', async () => {
    const about = await announced({ capacity: 1 });
    const [guest = '', other = ''] = await invited(about, 2);
    await accept(guest);
    ok(await meetings.move(about.id, plus(start, DAY)));
    expect(await accept(other)).toBe('full');
    expect(await accept(guest)).toBe('accepted');
  });
});

describe('places', () => {
  it('are one per meeting and contact, however often and in whatever way they are made', async () => {
    const about = await announced();
    const contact = ids.next();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => invitations.signUp(about.id, contact)));
    expect(tally(outcomes)).toEqual({ 'signed-up': 1, 'in-already': 7 });
    await invitations.inviteAll(about, [{ id: contact, role: 'guest' }]);
    await invitations.offerAll([about], contact);
    expect(await invitations.ofContact(contact)).toHaveLength(1);
  });

  it('are counted by the answers to the present time; hosts and those who left are not among them', async () => {
    const about = await announced();
    const [yes = '', maybe = '', no = '', never = '', gone = ''] = await invited(about, 6);
    await invitations.inviteAll(about, [{ id: about.host, role: 'host' }]);
    await accept(yes);
    await invitations.answer(maybe, { answer: 'tentative' });
    await invitations.answer(no, { answer: 'declined', why: 'time' });
    await invitations.answer(never, { answer: 'declined', why: 'not-for-me' });
    await invitations.leave(gone);
    const counts = (accepted: number, tentative: number, declined: number, open: number): Record<Answer, number> => ({
      ...{ accepted, tentative, declined, 'needs-action': open },
    });
    expect(await counting.answers(about)).toEqual(counts(1, 1, 2, 1));
    expect(await counting.toldOfMove(about)).toBe(4);
    ok(await meetings.move(about.id, plus(start, DAY)));
    expect(await counting.answers(await subject(about.id))).toEqual(counts(0, 0, 1, 4));
  });
});

describe('what contacts cause', () => {
  const enrol = async (wishes: readonly Id[]): Promise<Contact> => {
    const address = `${ids.next().toLowerCase()}@copargo.example`;
    const form = {
      address,
      canonical: address,
      language: 'fr',
      timeZone: 'UTC',
      region: null,
      country: null,
      place: null,
    };
    let contact: Contact | undefined;
    for (const wish of wishes) {
      const enrolled = await contacts.enrol({ ...form, wants: [], wish });
      if (enrolled.outcome !== 'silent') contact = enrolled.contact;
    }
    if (!contact) throw new Error('not enrolled');
    return contact;
  };
  const handlers = (): InvitationsHandlers => app.get(InvitationsHandlers, { strict: false });

  it('confirming takes up every wish once, and not again after leaving', async () => {
    const [one, two] = await Promise.all([announced(), announced()]);
    const { id } = await enrol([one.id, two.id]);
    await handlers().takeUpWishes(id);
    expect(await invitations.ofContact(id)).toHaveLength(0);
    ok(await contacts.confirm(id));
    await handlers().takeUpWishes(id);
    const places = await invitations.placesOf(id);
    expect(places.map(({ subject: about }) => about.id).sort()).toEqual([one.id, two.id].sort());
    ok(await invitations.leave(places[0]?.invitation.id ?? ''));
    await handlers().takeUpWishes(id);
    expect((await invitations.ofContact(id)).map(({ left }) => left).sort()).toEqual([false, true]);
  });

  it('closing leaves every place to come', async () => {
    const about = await announced();
    const { id } = await enrol([about.id]);
    ok(await contacts.confirm(id));
    await handlers().takeUpWishes(id);
    expect(await invitations.isLeaving(id, await invitations.placesOf(id))).toBe(true);
    await handlers().leaveAll(id);
    await handlers().leaveAll(id);
    expect((await invitations.ofContact(id)).map(({ left, changes }) => [left, changes])).toEqual([[true, 1]]);
    expect(await invitations.isLeaving(id, await invitations.placesOf(id))).toBe(false);
  });

  it('a month after the end nobody knows who was invited, nor where the room was', async () => {
    const about = await announced();
    const guests = await invited(about, 3);
    const late = entry('meeting.forgotten', { moves: about.moves + 1 });
    await handlers().forget(about.id, late);
    await app.get(MeetingsHandlers).forget(about.id, late);
    expect(await invitations.get(guests[0] ?? '')).toBeDefined();
    expect(meetings.roomOf((await meetings.get(about.id)) ?? { id: '', room: new Uint8Array() })).toMatch(
      /^https:\/\/meet\.jit\.si\/come-together-[\da-f]{32}$/,
    );

    const due = entry('meeting.forgotten', { moves: about.moves });
    for (let again = 0; again < 2; again++) {
      await handlers().forget(about.id, due);
      await app.get(MeetingsHandlers).forget(about.id, due);
    }
    for (const guest of guests) expect(await invitations.get(guest)).toBeUndefined();
    const meeting = await meetings.get(about.id);
    expect(meeting).toMatchObject({ title: 'First ideas', dialIn: '', secret: null });
    expect(meetings.roomOf(meeting ?? { id: '', room: new Uint8Array([1]) })).toBe('');
  });
});

describe('meetings', () => {
  it('sent twice by one form are one', async () => {
    const form = given();
    const made = await Promise.all(Array.from({ length: 4 }, () => meetings.draft(form)));
    expect(tally(made.map((each) => (each.ok ? 'made' : each.reason)))).toEqual({ made: 1, exists: 3 });
  });

  it('are announced once, however many press the button', async () => {
    const { id } = ok(await meetings.draft(given()));
    ok(await meetings.tryOut(id));
    const { version } = (await meetings.withVersion(id)) ?? { version: -1 };
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => meetings.announce(id, version)));
    expect(outcomes.filter((each) => each.ok)).toHaveLength(1);
    expect(outcomes.every((each) => each.ok || ['changed-meanwhile', 'not-a-draft'].includes(each.reason))).toBe(true);
    expect((await meetings.get(id))?.revision).toBe(1);
  });

  it('keep their room where its address stays, and its seal', async () => {
    const about = await announced({ room: 'https://meet.example/ideas' });
    const before = await meetings.get(about.id);
    ok(await meetings.edit(about.id, { ...given({ room: 'https://meet.example/ideas' }), title: 'Other ideas' }));
    const after = await meetings.get(about.id);
    expect(after).toMatchObject({ title: 'Other ideas', sequence: 0, revision: 2 });
    expect(Buffer.from(after?.room ?? []).equals(Buffer.from(before?.room ?? [1]))).toBe(true);
    expect(Buffer.from(after?.room ?? []).includes('meet.example')).toBe(false);
  });

  it('are listed where they belong at each moment', async () => {
    const long = await announced({ start: plus(now, HOUR), end: plus(now, 25 * HOUR), audience: 'alfter' });
    const short = await announced({ start: plus(now, 2 * HOUR), end: plus(now, 3 * HOUR) });
    const idsOf = (all: readonly { id: Id }[]): readonly Id[] =>
      all.map(({ id }) => id).filter((id) => id === long.id || id === short.id);
    const held = await meetings.countHeld();
    expect(idsOf(await meetings.upcoming(100))).toEqual([long.id, short.id]);
    expect(idsOf(await meetingSubjects.upcomingFor('alfter', 100))).toEqual([long.id, short.id]);
    expect(idsOf(await meetingSubjects.upcomingFor('copargo', 100))).toEqual([short.id]);
    expect(idsOf(await meetingSubjects.upcomingFor(null, 100))).toEqual([short.id]);
    clock.set(plus(now, 4 * HOUR));
    expect(idsOf(await meetings.upcoming(100))).toEqual([long.id]);
    expect(idsOf(await meetingSubjects.upcomingFor('alfter', 100))).toEqual([]);
    expect(idsOf(await meetings.past(100))).toEqual([short.id]);
    expect(await meetings.countHeld()).toBe(held + 1);
  });

  it('say whether people are still being told', async () => {
    const { id } = await announced();
    // Nobody handles announcements here, so no entry waits.
    expect(await meetings.tells(id)).toEqual({ going: false, waiting: false });
    expect(await meetings.remindsAt(id, 60)).toBe(true);
    expect(await meetings.remindsAt(id, 1440)).toBe(false);
  });
});
