import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import mongoose from 'mongoose';
import { DAY, HOUR, MINUTE } from '../../libs/time/clock.js';
import { readAddress } from '../../src/contacts/address.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { InvitationsService } from '../../src/invitations/invitations.service.js';
import type { Invitation } from '../../src/invitations/invitation.js';
import { Links } from '../../src/links.js';
import { subjectOf } from '../../src/meetings/meeting-subject.js';
import type { Meeting } from '../../src/meetings/meeting.js';
import { MeetingsService } from '../../src/meetings/meetings.service.js';
import { ParticipationApi } from '../../src/participation/participation.api.js';
import { ParticipationHandlers } from '../../src/participation/participation.handlers.js';
import { ParticipationService, type Entrance } from '../../src/participation/participation.service.js';
import { RegionsService } from '../../src/regions/regions.service.js';
import { TestClock } from '../support/clock.js';
import { countedId } from '../support/ids.js';
import { startStore } from '../support/parts.js';
import { endStill, startStill } from '../support/still-process.js';

const begins = new Date('2027-01-12T18:00:00Z');
const ends = new Date('2027-01-12T19:00:00Z');
const meetingId = countedId(7);
const ROOM = 'https://meet.example/a-room';

let uri: string;
let clock: TestClock;
let one: TestingModule;
/** Another process on the same database. */
let two: TestingModule;
let meeting: Meeting;

beforeEach(async () => {
  ({ uri } = await startStore());
  clock = new TestClock();
  [one, two] = await Promise.all([startStill(uri, clock), startStill(uri, clock)]);
  meeting = await announced();
});
afterEach(endStill);

async function announced(more: { capacity?: number } = {}, id = meetingId): Promise<Meeting> {
  const meetings = one.get(MeetingsService);
  const host = await contact('host@twins.example', 'alfter');
  await meetings.draft({
    id,
    title: 'First ideas',
    description: '',
    languages: ['en'],
    room: ROOM,
    dialIn: '',
    capacity: more.capacity ?? null,
    reminders: [],
    audience: 'everyone',
    host,
    start: begins,
    end: ends,
    timeZone: 'Europe/Berlin',
  });
  await meetings.tryOut(id);
  const outcome = await meetings.announce(id);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

async function contact(email: string, place: string): Promise<string> {
  const region = one.get(RegionsService).get(place);
  const read = readAddress(email);
  if (!read) throw new Error(`${email} is no address`);
  const made = await one.get(ContactsService).ensureAppointed({
    ...read,
    language: 'fr',
    timeZone: region?.timeZone ?? 'UTC',
    region: region?.id ?? null,
    country: region?.country ?? 'FR',
    place: null,
    wants: ['meetings'],
  });
  return made.id;
}

async function guests(count: number, place: string, role: 'guest' | 'host' = 'guest'): Promise<readonly Invitation[]> {
  const contacts = await Promise.all(
    Array.from({ length: count }, (_, i) => contact(`${role}-${place}-${String(i)}@twins.example`, place)),
  );
  const roles = contacts.map((id) => ({ id, role }));
  const all = await one.get(InvitationsService).inviteAll(subjectOf(meeting), roles);
  return all.filter((invitation) => contacts.includes(invitation.contact));
}

const tokenOf = (invitation: Invitation): string => one.get(Links).token('join', invitation);

async function enter(process: TestingModule, invitation: Invitation): Promise<Entrance> {
  const entrance = await process.get(ParticipationService).byLink(tokenOf(invitation));
  if (!entrance.ok) throw new Error(entrance.reason);
  return entrance.value;
}

async function join(process: TestingModule, invitation: Invitation, withYou: number): Promise<string> {
  return process.get(ParticipationService).join(await enter(process, invitation), withYou);
}

async function joinWithoutSignUp(process: TestingModule, withYou: number, region = ''): Promise<string> {
  const entrance = await process.get(ParticipationService).withoutSignUp(meeting.id, region);
  if (!entrance.ok) throw new Error(entrance.reason);
  return process.get(ParticipationService).join(entrance.value, withYou);
}

async function rows(collection: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await mongoose.createConnection(uri).asPromise();
  const found = await connection.collection(collection).find({}).toArray();
  await connection.close();
  return found;
}

const people = async (): Promise<number> =>
  (await rows('joins')).reduce((sum, { people: some }) => sum + Number(some), 0);

const close = (process: TestingModule, moves = 0) =>
  process.get(ParticipationHandlers).close(meeting.id, {
    id: countedId(1),
    type: 'meeting.ended',
    handler: 'participation.close',
    data: { moves },
    failures: 0,
  });

describe('the way in', () => {
  it.each([
    ['is closed 16 minutes before', -16 * MINUTE, 'before'],
    ['opens 15 minutes before', -15 * MINUTE, 'open'],
    ['is open until the end', HOUR - 1, 'open'],
    ['takes ideas from then on', HOUR, 'ideas'],
    ['for seven days', HOUR + 7 * DAY - 1, 'ideas'],
    ['and is closed then', HOUR + 7 * DAY, 'closed'],
  ])('%s', async (_, after, phase) => {
    const [guest] = await guests(1, 'copargo');
    clock.set(new Date(begins.getTime() + after));
    expect(guest && (await enter(one, guest)).phase).toBe(phase);
    expect(await one.get(ParticipationService).withoutSignUp(meeting.id)).toMatchObject({ ok: true, value: { phase } });
  });

  it('is not there for those without an address when seats are limited, nor for what does not exist', async () => {
    const limited = await announced({ capacity: 5 }, countedId(8));
    for (const id of [limited.id, countedId(9), 'x', ''])
      expect(await one.get(ParticipationService).withoutSignUp(id)).toEqual({ ok: false, reason: 'unknown' });
  });

  it('takes no link of another purpose', async () => {
    const [guest] = await guests(1, 'copargo');
    if (!guest) throw new Error('no guest');
    const token = one.get(Links).token('invitation', guest);
    expect(await one.get(ParticipationService).byLink(token)).toEqual({ ok: false, reason: 'broken' });
  });
});

describe('counting', () => {
  beforeEach(() => {
    clock.set(begins);
  });

  it('counts one invitation once: a repeat replaces the number', async () => {
    const [guest] = await guests(1, 'copargo');
    if (!guest) throw new Error('no guest');
    expect(await join(one, guest, 3)).toBe(ROOM);
    expect(await people()).toBe(4);
    expect(await join(two, guest, 0)).toBe(ROOM);
    expect(await people()).toBe(1);
  });

  it('loses none of many who join at once, on several processes', async () => {
    const all = await guests(40, 'copargo');
    await Promise.all(all.flatMap((guest, i) => [join(one, guest, i % 3), join(two, guest, i % 3)]));
    expect(await people()).toBe(all.reduce((sum, _, i) => sum + 1 + (i % 3), 0));
    expect(await rows('joins')).toHaveLength(40);
  });

  it('adds up those without sign-up, also when they come at once', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, i) => joinWithoutSignUp(i % 2 ? one : two, 1, 'Copargo')));
    await joinWithoutSignUp(one, 0, 'A place nobody knows');
    expect(await people()).toBe(61);
    const found = await rows('joins');
    expect(found.map(({ region }) => region).sort()).toEqual(['copargo', null].sort());
    expect(JSON.stringify(found)).not.toContain('nobody knows');
  });

  it('lets the host in without counting', async () => {
    const [host] = await guests(1, 'alfter', 'host');
    if (!host) throw new Error('no host');
    expect(await join(one, host, 5)).toBe(ROOM);
    expect(await people()).toBe(0);
  });

  it('keeps neither invitation nor contact nor time beside a count', async () => {
    const [guest] = await guests(1, 'copargo');
    if (!guest) throw new Error('no guest');
    await join(one, guest, 2);
    const [row] = await rows('joins');
    expect(Object.keys(row ?? {}).sort()).toEqual(['_id', 'country', 'meeting', 'people', 'region', 'withoutSignUp']);
    expect(JSON.stringify(row)).not.toContain(guest.id);
    expect(JSON.stringify(row)).not.toContain(guest.contact);
  });
});

describe('after the end', () => {
  async function met(): Promise<readonly Invitation[]> {
    const all = [...(await guests(12, 'copargo')), ...(await guests(3, 'alfter'))];
    clock.set(begins);
    for (const guest of all) await join(one, guest, 1);
    await joinWithoutSignUp(one, 0);
    return all;
  }
  const shown = async () => (await two.get(ParticipationService).forMeeting(meeting)).counts;
  const expected = {
    signedUp: { total: { kind: 'about', n: 30 } },
    withoutSignUp: { total: { kind: 'fewer-than', n: 10 } },
  };

  it('the public sees bands, the same before and after the count is closed; nothing before the end', async () => {
    await met();
    expect(await shown()).toBeUndefined();
    clock.set(ends);
    const open = await shown();
    expect(open).toMatchObject(expected);
    expect(open?.signedUp.cells).toEqual([{ partial: false, count: { kind: 'about', n: 30 } }]);
    clock.advance(10 * MINUTE);
    await close(one);
    expect(await shown()).toEqual(open);
    const { participation, meetingsHeld } = await two.get(ParticipationApi).all();
    expect(meetingsHeld).toBe(1);
    expect(participation).toMatchObject([{ meeting: meeting.id, ...expected }]);
  });

  it('closing waits a little, then publishes once and destroys markers and secret', async () => {
    const [guest] = await met();
    clock.set(ends);
    expect(await close(one)).toEqual({ later: new Date(ends.getTime() + 5 * MINUTE) });
    expect(await people()).toBe(31);
    clock.advance(5 * MINUTE);
    await Promise.all([close(one), close(two)]);
    expect(await close(one)).toBeUndefined();
    expect(await rows('joins')).toEqual([]);
    expect((await one.get(MeetingsService).get(meeting.id))?.secret).toBeNull();
    const published = await rows('participation');
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({
      withoutSignUp: [{ region: null, country: null, people: 1 }],
      signedUp: expect.arrayContaining([
        { region: 'copargo', country: 'BJ', people: 24 },
        { region: 'alfter', country: 'DE', people: 6 },
      ]) as unknown,
    });
    // A clock that runs late on some machine counts nobody any more.
    clock.set(begins);
    if (guest) await join(one, guest, 50);
    expect(await rows('joins')).toEqual([]);
  });

  it('a kill between publishing and destroying loses nothing: the next try goes on', async () => {
    await met();
    clock.set(new Date(ends.getTime() + HOUR));
    const meetings = one.get(MeetingsService);
    const closeCount = meetings.closeCount.bind(meetings);
    meetings.closeCount = () => Promise.reject(new Error('killed'));
    await expect(close(one)).rejects.toThrow('killed');
    meetings.closeCount = closeCount;
    await close(one);
    expect((await shown())?.signedUp.total).toEqual({ kind: 'about', n: 30 });
    expect((await one.get(MeetingsService).get(meeting.id))?.secret).toBeNull();
  });

  it('a timer of an earlier time does nothing; a cancelled meeting publishes nothing', async () => {
    await met();
    clock.set(new Date(ends.getTime() + HOUR));
    await close(one, 5);
    expect(await people()).toBe(31);
    clock.set(begins);
    await one.get(MeetingsService).cancel(meeting.id, 'The line broke');
    clock.set(new Date(ends.getTime() + HOUR));
    await close(one);
    expect(await rows('joins')).toEqual([]);
    expect(await rows('participation')).toEqual([]);
  });
});

describe('an idea', () => {
  it('goes among the others of this meeting, with the place and language of whoever left it, and is not shown before 5', async () => {
    const [guest] = await guests(1, 'copargo');
    if (!guest) throw new Error('no guest');
    clock.set(ends);
    await one.get(ParticipationService).keepIdea(await enter(one, guest), 'A garden for both schools', 'en');
    expect((await one.get(ParticipationService).forMeeting(meeting)).ideas).toEqual([]);
    expect(await rows('feedback_waiting')).toHaveLength(1);
    expect(JSON.stringify(await rows('feedback_waiting'))).not.toContain('garden');
  });
});
