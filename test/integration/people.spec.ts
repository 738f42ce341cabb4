import { afterEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import mongoose from 'mongoose';
import { DAY, HOUR, MINUTE } from '../../libs/time/clock.js';
import { readAddress, type Address } from '../../src/contacts/address.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { ExampleDataService } from '../../src/example-data/example-data.service.js';
import { MeetingsService } from '../../src/meetings/meetings.service.js';
import { PeopleHandlers } from '../../src/people/people.handlers.js';
import { PeopleService, type Invited } from '../../src/people/people.service.js';
import { termBetween } from '../../src/people/person.js';
import { SignInService } from '../../src/people/sign-in.service.js';
import { TestClock } from '../support/clock.js';
import { startStore } from '../support/parts.js';
import { ADMIN, endStill, startStill as start } from '../support/still-process.js';

afterEach(endStill);

const address = (text: string): Address => {
  const read = readAddress(text);
  if (!read) throw new Error(`${text} is no address`);
  return read;
};
const invited = (email: string, more: Partial<Invited> = {}): Invited => ({
  email: address(email),
  role: 'host',
  region: 'Copargo',
  mandate: 'Leads the meetings',
  resolution: 'GA 2027/1',
  language: 'en',
  ...termBetween('2027-01-11', '2027-01-20'),
  ...more,
});
const tokenOf = (link: string | undefined): string => new URL(link ?? '').pathname.split('/').at(-1) ?? '';
const cookieOf = (setCookie: string): string => setCookie.split(';')[0] ?? '';

async function signedIn(process: TestingModule, contact: string): Promise<string> {
  const signIns = process.get(SignInService);
  const outcome = await signIns.signIn(tokenOf(await signIns.linkFor(contact)));
  if (!outcome.ok) throw new Error(outcome.reason);
  return cookieOf(outcome.value.setCookie);
}

async function rows(uri: string, collection: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await mongoose.createConnection(uri).asPromise();
  const found = await connection.collection(collection).find({}).toArray();
  await connection.close();
  return found;
}

describe('the first administrator', () => {
  it('is one, however many processes start at once', async () => {
    const { uri } = await startStore();
    const clock = new TestClock();
    const processes = await Promise.all([start(uri, clock), start(uri, clock), start(uri, clock)]);
    const [first] = processes;
    const people = await first.get(PeopleService).list();
    expect(people.map(({ role, until }) => [role, until])).toEqual([['administrator', null]]);
    expect(await rows(uri, 'contacts')).toHaveLength(1);
  });

  it('signs in by the link that a start prints, once', async () => {
    const { uri } = await startStore();
    const process = await start(uri, new TestClock());
    const signIns = process.get(SignInService);
    const token = tokenOf(await process.get(PeopleService).signInLink());
    expect(await signIns.open(token)).toMatchObject({ ok: true, value: { role: 'administrator' } });
    const [one, two] = await Promise.all([signIns.signIn(token), signIns.signIn(token)]);
    expect([one.ok, two.ok].sort()).toEqual([false, true]);
    expect(await signIns.open(token)).toEqual({ ok: false, reason: 'used' });
    expect(await signIns.signIn(token)).toEqual({ ok: false, reason: 'used' });
  });
});

describe('a link to sign in', () => {
  it('is mailed to those whose term runs, and to nobody else', async () => {
    const { uri } = await startStore();
    const clock = new TestClock();
    const process = await start(uri, clock);
    const [people, signIns] = [process.get(PeopleService), process.get(SignInService)];
    await people.appoint(invited('coming@twins.example', termBetween('2027-02-01', '2027-03-01')), 'coordinator');
    await people.appoint(invited('host@twins.example'), 'coordinator');
    for (const email of ['stranger@twins.example', 'coming@twins.example', 'HOST@twins.example'])
      await signIns.ask(address(email));
    const mails = (await rows(uri, 'deliveries')).filter(({ kind }) => kind === 'sign-in');
    const host = await process.get(ContactsService).findByAddress('host@twins.example');
    expect(mails.map(({ contact }) => contact)).toEqual([host?.id]);
    expect(mails[0]?.['notAfter']).toEqual(new Date(clock.now().getTime() + 30 * MINUTE));
  });

  it('does not flood a mailbox: five may be open at a time', async () => {
    const { uri } = await startStore();
    const clock = new TestClock();
    const process = await start(uri, clock);
    const asked = async () => {
      for (let times = 0; times < 7; times++) await process.get(SignInService).ask(address(ADMIN));
      return (await rows(uri, 'deliveries')).length;
    };
    expect(await asked()).toBe(5);
    clock.advance(31 * MINUTE);
    expect(await asked()).toBe(10);
  });

  it('ends after 30 minutes, and says nothing of another purpose', async () => {
    const { uri } = await startStore();
    const clock = new TestClock();
    const process = await start(uri, clock);
    const token = tokenOf(await process.get(PeopleService).signInLink());
    clock.advance(29 * MINUTE);
    expect((await process.get(SignInService).open(token)).ok).toBe(true);
    clock.advance(2 * MINUTE);
    expect(await process.get(SignInService).signIn(token)).toEqual({ ok: false, reason: 'broken' });
    for (const mangled of ['', 'x', token.slice(1), `${token}A`])
      expect(await process.get(SignInService).open(mangled)).toEqual({ ok: false, reason: 'broken' });
  });
});

describe('a session', () => {
  it('ends after 12 hours, by signing out, with the term, or when the role is revoked', async () => {
    const { uri } = await startStore();
    const clock = new TestClock();
    const process = await start(uri, clock);
    const [people, signIns] = [process.get(PeopleService), process.get(SignInService)];
    const appointed = await people.appoint(invited('host@twins.example'), 'coordinator');
    if (!appointed.ok) throw new Error(appointed.reason);
    const { id, contact } = appointed.value;

    const first = await signedIn(process, contact);
    expect(await signIns.signedIn(first)).toMatchObject({ person: id, contact, role: 'host' });
    clock.advance(12 * HOUR);
    expect(await signIns.signedIn(first)).toBeUndefined();

    const second = await signedIn(process, contact);
    await signIns.signOut(second);
    expect(await signIns.signedIn(second)).toBeUndefined();

    clock.set('2027-01-20T23:00:00Z');
    const third = await signedIn(process, contact);
    clock.advance(HOUR - 1);
    expect(await signIns.signedIn(third)).toBeDefined();
    clock.advance(1);
    expect(await signIns.signedIn(third)).toBeUndefined();
    expect(await signIns.linkFor(contact)).toBeUndefined();

    clock.set('2027-01-15T09:00:00Z');
    const fourth = await signedIn(process, contact);
    expect((await people.revoke(id, 'host')).ok).toBe(false);
    expect((await people.revoke(id, 'coordinator')).ok).toBe(true);
    expect(await signIns.signedIn(fourth)).toBeUndefined();
    await process.get(PeopleHandlers).endSessions(id);
    expect(await rows(uri, 'sessions')).toEqual([]);
  });

  it('lies in the database as a hash alone, and its forms carry a token of their own', async () => {
    const { uri } = await startStore();
    const process = await start(uri, new TestClock());
    const signIns = process.get(SignInService);
    const contact = (await process.get(PeopleService).ensureAdministrator()) ?? '';
    const [mine, other] = [await signedIn(process, contact), await signedIn(process, contact)];
    const secret = mine.split('=')[1] ?? '';
    expect(secret).toHaveLength(43);
    expect(JSON.stringify(await rows(uri, 'sessions'))).not.toContain(secret);
    const csrf = (await signIns.signedIn(mine))?.csrf;
    expect(signIns.isOwnForm(mine, csrf)).toBe(true);
    expect(signIns.isOwnForm(other, csrf)).toBe(false);
    expect(signIns.isOwnForm(undefined, csrf)).toBe(false);
  });

  it('ends, and its role with it, when the contact is erased', async () => {
    const { uri } = await startStore();
    const process = await start(uri, new TestClock());
    const people = process.get(PeopleService);
    const appointed = await people.appoint(invited('host@twins.example'), 'coordinator');
    if (!appointed.ok) throw new Error(appointed.reason);
    const { contact } = appointed.value;
    const cookie = await signedIn(process, contact);
    await process.get(PeopleHandlers).revokeErased(contact);
    expect(await process.get(SignInService).signedIn(cookie)).toBeUndefined();
    expect(await people.ofContact(contact)).toEqual([]);
    expect((await people.list()).map(({ role }) => role)).toEqual(['administrator']);
  });
});

describe('hosts', () => {
  it('are those whose term runs, each once, by place, mandate and resolution', async () => {
    const { uri } = await startStore();
    const process = await start(uri, new TestClock());
    const people = process.get(PeopleService);
    await people.appoint(invited('host@twins.example'), 'coordinator');
    await people.appoint(
      invited('host@twins.example', { role: 'coordinator', mandate: 'Too', region: 'Djougou' }),
      'administrator',
    );
    await people.appoint(invited('later@twins.example', termBetween('2027-02-01', '2027-03-01')), 'coordinator');
    const hosts = await people.hosts();
    expect(hosts.map(({ role, label }) => `${role}: ${label}`)).toEqual([
      'administrator: ',
      'coordinator: Djougou · Too · GA 2027/1',
    ]);
  });
});

describe('the example meeting', () => {
  it('is one, announced, however many processes start; a past one is followed by a fresh one', async () => {
    const { uri } = await startStore();
    const clock = new TestClock();
    const env = { EXAMPLE_DATA: 'on' };
    const [process] = await Promise.all([start(uri, clock, env), start(uri, clock, env), start(uri, clock, env)]);
    const meetings = process.get(MeetingsService);
    const [only, ...others] = await meetings.all(10);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      status: 'announced',
      reminders: [15],
      audience: 'copargo-alfter',
      start: new Date(clock.now().getTime() + 20 * MINUTE),
    });
    await process.get(ExampleDataService).ensure();
    expect(await meetings.all(10)).toHaveLength(1);
    clock.advance(DAY);
    await Promise.all([start(uri, clock, env), start(uri, clock, env)]);
    const all = await meetings.all(10);
    expect(all.map(({ status }) => status)).toEqual(['announced', 'announced']);
    expect(await meetings.upcoming(10)).toHaveLength(1);
  });

  it('stays away where people have meetings of their own', async () => {
    const { uri } = await startStore();
    const clock = new TestClock();
    const process = await start(uri, clock);
    const meetings = process.get(MeetingsService);
    const host = (await process.get(PeopleService).ensureAdministrator()) ?? '';
    const [begins, ends] = [DAY, DAY + HOUR].map((ahead) => new Date(clock.now().getTime() + ahead));
    await meetings.draft({
      id: 'AAAAAAAAAAAAAAAAAAAAAQ',
      title: 'Ours',
      description: '',
      languages: ['en'],
      room: '',
      dialIn: '',
      capacity: null,
      reminders: [],
      audience: 'everyone',
      host,
      start: begins ?? clock.now(),
      end: ends ?? clock.now(),
      timeZone: 'UTC',
    });
    await process.get(ExampleDataService).ensure();
    expect((await meetings.all(10)).map(({ title }) => title)).toEqual(['Ours']);
  });
});
