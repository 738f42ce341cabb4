import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import type { Recurrence } from '../../libs/time/recurrence.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { Allowance } from '../../src/deliveries/allowance.service.js';
import { meetingOf, occurrenceId, occurrencesOf } from '../../src/invitations/series.js';
import { InvitationsService } from '../../src/invitations/invitations.service.js';
import { Subjects } from '../../src/invitations/subject.js';
import { Links } from '../../src/links.js';
import { type GivenMeeting, MeetingsService } from '../../src/meetings/meetings.service.js';
import { COUNTS, JOINS } from '../../src/participation/participation.schema.js';
import { ParticipationService } from '../../src/participation/participation.service.js';
import { after, ByHand } from '../support/by-hand.js';
import { TestClock } from '../support/clock.js';
import { startMailbox, type TestMailbox } from '../support/mail.js';
import { startStore } from '../support/parts.js';
import { endStill, startStill } from '../support/still-process.js';

/** What two processes do at the same moment, of which neither has seen the other. */

const ids = new Ids();
let clock: TestClock;
let mailbox: TestMailbox;
let folder: string;
let uri: string;

beforeEach(async () => {
  clock = new TestClock(new Date('2027-01-11T09:00:00Z'));
  folder = mkdtempSync(join(tmpdir(), 'ct-at-once-'));
  mailbox = await startMailbox();
  ({ uri } = await startStore());
});
afterEach(async () => {
  await endStill();
  await mailbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const process = async (env: NodeJS.ProcessEnv = {}): Promise<ByHand> =>
  new ByHand(await startStill(uri, clock, { SMTP_URL: mailbox.url, DATA_DIR: folder, QUIET_HOURS: '0-0', ...env }));

async function visitor(hand: ByHand): Promise<{ id: Id; address: string }> {
  const address = `${randomBytes(6).toString('hex')}@donga.example`;
  const enrolled = await hand.get(ContactsService).enrol({
    ...{ address, canonical: address, language: 'fr', timeZone: 'Africa/Porto-Novo', region: null, country: 'BJ' },
    ...{ place: null, wants: ['meetings'] },
  });
  if (enrolled.outcome === 'silent') throw new Error('silent');
  await hand.get(ContactsService).confirm(enrolled.contact.id);
  return { id: enrolled.contact.id, address };
}

async function announce(hand: ByHand, host: Id, more: Partial<GivenMeeting> = {}): Promise<Id> {
  const id = ids.next();
  const start = new Date('2027-01-14T18:00:00Z');
  const drafted = await hand.get(MeetingsService).draft({
    ...{ id, title: 'Ideas', description: '', languages: ['fr'], room: '', dialIn: '', capacity: null },
    ...{ reminders: [], start, end: plus(start, HOUR), timeZone: 'Europe/Berlin', audience: 'everyone', host },
    ...more,
  });
  if (!drafted.ok) throw new Error(drafted.reason);
  await hand.get(MeetingsService).tryOut(id);
  const announced = await hand.get(MeetingsService).announce(id);
  if (!announced.ok) throw new Error(announced.reason);
  return id;
}

describe('two workers with a mail each to one person who may get one more today', () => {
  it('send one of them, and the other when the day is over', async () => {
    const one = await process({ MAX_MAILS_PER_DAY: '1' });
    const other = await process({ MAX_MAILS_PER_DAY: '1' });
    const [host, guest] = [await visitor(one), await visitor(one)];
    await one.drive();
    clock.advance(25 * HOUR);
    const got = async () => (await mailbox.mailsTo(guest.address)).length;
    const before = await got();
    for (let meeting = 0; meeting < 2; meeting++) await announce(one, host.id);
    while ((await one.handle()) > 0);
    const toGuest = await one.stored('deliveries').find({ contact: guest.id, state: 'open' }).toArray();
    const [first = '', second = ''] = toGuest.map(({ _id }) => _id);
    after(one.get(Allowance), 'from', () => other.send([second]));
    await one.send([first]);
    expect(await got()).toBe(before + 1);
    clock.advance(5 * MINUTE);
    await one.drive();
    expect(await got()).toBe(before + 1);
    clock.advance(25 * HOUR);
    await other.drive();
    expect(await got()).toBe(before + 2);
  });
});

describe('signing up to a series while what is left of it moves', () => {
  const recurrence: Recurrence = {
    ...{ date: '2027-01-14', time: '19:00', timeZone: 'Europe/Berlin' },
    ...{ repeats: { frequency: 'weekly' }, ends: { count: 6 } },
  };

  /** A series of six, of which `split` moves the last three by an hour. */
  async function seriesOfSix() {
    const hand = await process({ RATE_LIMITS: 'off', EDIT_WINDOW_SECONDS: '0' });
    const [host, guest] = [await visitor(hand), await visitor(hand)];
    const series = await announce(hand, host.id, { audience: 'nobody', recurrence });
    await hand.drive();
    const subject = await hand.get(Subjects).load(series);
    const originals = subject?.series ? occurrencesOf(subject.series).map(({ original }) => original) : [];
    const [, second, , fourth, fifth] = originals;
    if (!second || !fourth || !fifth) throw new Error('no series');
    mailbox.box.clear();
    const split = async (): Promise<void> => {
      const part = { occurrence: fourth, scope: 'this-and-later' } as const;
      const moved = await hand.get(MeetingsService).moveOccurrences(series, part, plus(fourth, HOUR));
      expect(moved).toMatchObject({ ok: true });
      await hand.drive();
    };
    /** Of the guest's places that hold, those of other meetings than the first. */
    const elsewhere = async () => {
      const places = await hand.get(InvitationsService).placesOf(guest.id);
      return places.filter(({ invitation, subject: to }) => !invitation.left && meetingOf(to.id) !== series);
    };
    return { hand, guest, series, second, fifth, split, elsewhere };
  }

  it('all of it is all of what goes on with it too', async () => {
    const { hand, guest, series, split, elsewhere } = await seriesOfSix();
    after(hand.get(Subjects), 'load', split);
    expect(await hand.get(InvitationsService).signUp(series, guest.id)).toBe('signed-up');
    await hand.drive();
    const places = await elsewhere();
    expect(places.map(({ subject }) => subject.series && occurrencesOf(subject.series).length)).toEqual([3]);
    expect((await mailbox.mailsTo(guest.address)).map(({ method }) => method)).toEqual(['REQUEST', 'REQUEST']);
  });

  it('one of the moved dates is the same one of what goes on', async () => {
    const { hand, guest, series, fifth, split, elsewhere } = await seriesOfSix();
    after(hand.get(Subjects), 'load', split);
    await hand.get(InvitationsService).signUp(occurrenceId(series, fifth), guest.id);
    await hand.drive();
    expect((await elsewhere()).map(({ subject }) => subject.start)).toEqual([plus(fifth, HOUR)]);
    expect((await mailbox.mailsTo(guest.address)).map(({ method }) => method)).toEqual(['REQUEST']);
  });

  it('one of the moved dates, wished for before, is found where it is now', async () => {
    const { hand, guest, series, fifth, split, elsewhere } = await seriesOfSix();
    await split();
    expect(await hand.get(InvitationsService).signUp(occurrenceId(series, fifth), guest.id)).toBe('signed-up');
    await hand.drive();
    expect((await elsewhere()).map(({ subject }) => subject.start)).toEqual([plus(fifth, HOUR)]);
    expect((await mailbox.mailsTo(guest.address)).map(({ method }) => method)).toEqual(['REQUEST']);
  });

  it('a date that was cancelled by itself is none of those that moved before, which are still found', async () => {
    const { hand, guest, series, second, fifth, split, elsewhere } = await seriesOfSix();
    await split();
    const part = { occurrence: second, scope: 'this-and-later' } as const;
    const cancelled = await hand.get(MeetingsService).cancelOccurrences(series, part, '');
    expect(cancelled).toMatchObject({ ok: true });
    const signUp = (original: Date) => hand.get(InvitationsService).signUp(occurrenceId(series, original), guest.id);
    expect([await signUp(second), await elsewhere()]).toEqual(['cancelled', []]);
    expect(await signUp(fifth)).toBe('signed-up');
    expect((await elsewhere()).map(({ subject }) => subject.start)).toEqual([plus(fifth, HOUR)]);
  });

  it('one of the others stays where it is', async () => {
    const { hand, guest, series, second, split, elsewhere } = await seriesOfSix();
    after(hand.get(Subjects), 'load', split);
    await hand.get(InvitationsService).signUp(occurrenceId(series, second), guest.id);
    await hand.drive();
    expect(await elsewhere()).toEqual([]);
    expect((await mailbox.mailsTo(guest.address)).map(({ method }) => method)).toEqual(['REQUEST']);
  });
});

describe('a join that is held up until the count of its meeting has closed', () => {
  it.each(['by an invitation', 'without sign-up'])('leaves no trace: %s', async (way) => {
    const hand = await process({ RATE_LIMITS: 'off' });
    const [host, guest] = [await visitor(hand), await visitor(hand)];
    const meeting = await announce(hand, host.id);
    await hand.drive();
    clock.set('2027-01-14T18:10:00Z');
    const participation = hand.get(ParticipationService);
    const invitation = await hand.get(InvitationsService).find(meeting, guest.id);
    if (!invitation) throw new Error('nobody invited');
    const token = hand.get(Links).token('join', invitation);
    const entrance =
      way === 'without sign-up' ? await participation.withoutSignUp(meeting) : await participation.byLink(token);
    if (!entrance.ok) throw new Error(entrance.reason);
    await participation.join(entrance.value, 2);
    clock.set('2027-01-14T19:06:00Z');
    // Where the worker was away, the count is not closed yet, and takes what is late along.
    await participation.join(entrance.value, 2);
    await hand.drive();
    const [counted] = await hand.stored(COUNTS).find().toArray();
    const people = way === 'without sign-up' ? { withoutSignUp: [{ people: 6 }] } : { signedUp: [{ people: 3 }] };
    expect(counted).toMatchObject({ _id: meeting, ...people });
    expect(await hand.stored(JOINS).countDocuments()).toBe(0);
    await participation.join(entrance.value, 4);
    expect(await hand.stored(JOINS).find().toArray()).toEqual([]);
    expect(await hand.stored(COUNTS).find().toArray()).toEqual([counted]);
  });
});
