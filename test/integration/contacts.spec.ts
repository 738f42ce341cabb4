import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { readErasures } from '../../libs/privacy/erasure-log.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, HOUR } from '../../libs/time/clock.js';
import { readAddress } from '../../src/contacts/address.js';
import { startStore } from '../support/parts.js';
import {
  ends,
  enrolled,
  enrolment,
  entry,
  processOn,
  SECRET_KEY,
  start,
  withEnds,
} from '../support/contacts-process.js';

withEnds();

describe('leaving an address', () => {
  it('twenty times at once, in as many spellings, makes one contact', async () => {
    const { uri } = await startStore();
    const [one, two] = [await processOn(uri), await processOn(uri)];
    const spellings = ['Ada@Example.org', 'ada@EXAMPLE.ORG', ' ada@example.org', 'ADA@example.org'];
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? one : two).contacts.enrol(enrolment(spellings[i % spellings.length] ?? '')),
      ),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'enrolled')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'waiting')).toHaveLength(19);
    const ids = new Set(outcomes.map((outcome) => ('contact' in outcome ? outcome.contact.id : '')));
    expect(ids.size).toBe(1);
  });

  it('is found again by any spelling, and by no other address', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@bücher.example');
    const find = (email: string) => process.contacts.findByAddress(readAddress(email)?.canonical ?? '');
    expect((await find('ADA@BÜCHER.example'))?.id).toBe(id);
    expect((await find('ada@xn--bcher-kva.example'))?.id).toBe(id);
    expect(await find('ada+x@bücher.example')).toBeUndefined();
    expect(await find('a.da@bücher.example')).toBeUndefined();
  });

  it('adds up what is wished until it is confirmed; after that a form changes nothing', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org', { wants: [], wish: 'first' });
    await process.contacts.enrol(enrolment('ada@example.org', { wants: ['office-hours'], wish: 'second' }));
    expect(await process.contacts.get(id)).toMatchObject({ wants: ['office-hours'], wishes: ['first', 'second'] });

    await process.contacts.confirm(id);
    const confirmed = await process.contacts.get(id);
    const again = await process.contacts.enrol(
      enrolment('ada@example.org', { wants: ['meetings'], wish: 'third', language: 'de', region: 'alfter' }),
    );
    expect(again.outcome).toBe('known');
    expect(await process.contacts.get(id)).toEqual(confirmed);
  });

  it('opens for its owner what was typed', async () => {
    const process = await start();
    const id = await enrolled(process, 'Ada@example.org', { region: null, place: 'Djougou' });
    const contact = await process.contacts.get(id);
    if (!contact) throw new Error('gone');
    expect(process.contacts.held(contact)).toEqual({ address: 'Ada@example.org', place: 'Djougou' });
  });

  it('is found and opened while SECRET_KEY changes', async () => {
    const { uri } = await startStore();
    const before = await processOn(uri);
    const id = await enrolled(before, 'ada@example.org');
    const after = await processOn(uri, randomBytes(32).toString('base64'), SECRET_KEY);
    const contact = await after.contacts.findByAddress('ada@example.org');
    expect(contact?.id).toBe(id);
    expect(contact && after.contacts.held(contact).address).toBe('ada@example.org');
    expect((await after.contacts.enrol(enrolment('ada@example.org'))).outcome).toBe('waiting');
  });

  it('is carried over, so that the old key can go', async () => {
    const { uri } = await startStore();
    const [before, fresh] = [await processOn(uri), randomBytes(32).toString('base64')];
    const id = await enrolled(before, 'ada@example.org', { region: null, place: 'Djougou' });
    const after = await processOn(uri, fresh, SECRET_KEY);
    const added = await enrolled(after, 'bob@example.org');
    expect(await after.contacts.carryOver()).toBe(1);
    expect(await after.contacts.carryOver()).toBe(0);
    const alone = await processOn(uri, fresh);
    const contact = await alone.contacts.findByAddress('ada@example.org');
    expect(contact?.id).toBe(id);
    expect(contact && alone.contacts.held(contact)).toEqual({ address: 'ada@example.org', place: 'Djougou' });
    expect((await alone.contacts.findByAddress('bob@example.org'))?.id).toBe(added);
  });

  it('of someone appointed confirms it, known or not', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org');
    const known = await process.contacts.ensureAppointed(enrolment('ada@example.org', { wants: [] }));
    expect(known).toMatchObject({ id, status: 'confirmed', wants: ['meetings'] });
    const fresh = await process.contacts.ensureAppointed(enrolment('bob@example.org', { wants: [] }));
    expect(fresh).toMatchObject({ status: 'confirmed', wants: [] });
    expect((await process.contacts.ensureAppointed(enrolment('bob@example.org'))).id).toBe(fresh.id);
  });
});

describe('an audience', () => {
  it('is paged through and counted: confirmed, of its regions, each once', async () => {
    const process = await start();
    const { contacts } = process;
    const people = [
      ...Array.from({ length: 5 }, (_, i) => enrolment(`c${String(i)}@example.org`)),
      ...Array.from({ length: 3 }, (_, i) =>
        enrolment(`a${String(i)}@example.org`, { region: 'alfter', country: 'DE' }),
      ),
      enrolment('far@example.org', { region: null, country: 'TG', place: 'Lomé', language: 'de' }),
      enrolment('hours@example.org', { wants: ['office-hours'] }),
      enrolment('out@example.org'),
    ];
    const ids = new Map<string, Id>();
    for (const each of people) {
      const outcome = await contacts.enrol(each);
      if (outcome.outcome !== 'enrolled') throw new Error(outcome.outcome);
      ids.set(each.address, outcome.contact.id);
      await contacts.confirm(outcome.contact.id);
    }
    await enrolled(process, 'unconfirmed@example.org');
    await contacts.unsubscribe(ids.get('out@example.org') ?? '');

    const seen: Id[] = [];
    for (let after: Id | undefined; ;) {
      const page = await contacts.pageOfAudience({}, after, 4);
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id;
      if (page.length < 4) break;
    }
    expect([...seen].sort()).toEqual([...ids.values()].sort());
    expect(seen).toEqual([...seen].sort());
    expect(await contacts.pageOfAudience({ regions: ['alfter'] }, undefined, 100)).toHaveLength(3);

    const counts = await contacts.countAudience({});
    const byRegion = counts.map(({ region, country, language, count }) => [region, country, language, count].join());
    expect(byRegion.sort()).toEqual([',TG,de,1', 'alfter,DE,fr,3', 'copargo,BJ,fr,5']);
    expect(await contacts.countAudience({ regions: ['copargo'] })).toHaveLength(1);
  });
});

describe('retention', () => {
  it('lets go of an unconfirmed address after 48 hours, later when it was left again', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org');
    process.clock.advance(47 * HOUR);
    expect(await process.handlers.lapse(id)).toEqual({ later: new Date('2027-01-13T09:00:00Z') });
    await process.contacts.enrol(enrolment('ada@example.org'));
    process.clock.advance(2 * HOUR);
    expect(await process.handlers.lapse(id)).toEqual({ later: new Date('2027-01-15T08:00:00Z') });
    process.clock.advance(47 * HOUR);
    expect(await process.handlers.lapse(id)).toBeUndefined();
    expect(await process.contacts.get(id)).toMatchObject({ status: 'closing' });
    expect(await process.contacts.enrol(enrolment('ada@example.org'))).toEqual({ outcome: 'silent' });
  });

  it('asks once a year, and erases 30 days after silence but nobody who answered', async () => {
    const process = await start();
    const [silent, answers] = [await enrolled(process, 's@example.org'), await enrolled(process, 'a@example.org')];
    for (const id of [silent, answers]) {
      await process.contacts.confirm(id);
      process.clock.advance(365 * DAY);
      for (let twice = 0; twice < 2; twice++) await process.handlers.askAgain(id, entry(0));
      expect(await process.contacts.get(id)).toMatchObject({ status: 'confirmed', asked: 1 });
    }
    for (let twice = 0; twice < 2; twice++) await process.contacts.stillInterested(answers);
    process.clock.advance(30 * DAY);
    for (const id of [silent, answers]) await process.handlers.endInSilence(id, entry(1));
    expect(await process.contacts.get(silent)).toMatchObject({ status: 'closing' });
    expect(await process.contacts.get(answers)).toMatchObject({ status: 'confirmed', asked: 2 });
  });
});

describe('erasing', () => {
  it('leaves nothing but a random id; the address may come back as someone new', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org');
    await process.contacts.confirm(id);
    await process.contacts.erase(id, { cancelFirst: true, keepBlocked: false });
    for (let twice = 0; twice < 2; twice++) await process.contacts.destroy(id);
    expect(await process.contacts.get(id)).toBeUndefined();
    expect(await process.contacts.findByAddress('ada@example.org')).toBeUndefined();
    expect(await readErasures(process.erased.file)).toEqual([{ id, keepBlocked: false }]);
    expect(await enrolled(process, 'ada@example.org')).not.toBe(id);
  });

  it('takes the timers along: of a year to come nothing is left to do', async () => {
    const { uri } = await startStore();
    const process = await processOn(uri);
    const id = await enrolled(process, 'ada@example.org');
    await process.contacts.confirm(id);
    await process.contacts.destroy(id);
    const connection = await mongoose.createConnection(uri).asPromise();
    ends.push(() => connection.close());
    const left = await connection.collection('contacts').find({}).toArray();
    for (const document of left) {
      expect(Object.keys(document).sort()).toEqual(['_id', 'ended', 'pending', 'version']);
      expect(document['pending']).toEqual([]);
    }
  });

  it('keeps an address blocked when its owner wished so, in every spelling', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org');
    await process.contacts.erase(id, { cancelFirst: false, keepBlocked: true });
    await process.contacts.destroy(id);
    for (const spelling of ['ada@example.org', 'ADA@example.org'])
      expect(await process.contacts.enrol(enrolment(spelling))).toEqual({ outcome: 'silent' });
    expect((await process.contacts.enrol(enrolment('ada.b@example.org'))).outcome).toBe('enrolled');
  });
});
