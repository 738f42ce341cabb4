import { Injectable } from '@nestjs/common';
import { Database } from '../../../libs/database/database.js';
import type { Validators } from '../../../libs/outside/safe-fetch.js';
import { openWithRing, sealWithRing, type SealedPlace } from '../../../libs/privacy/envelope.js';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { KeyRing } from '../../../libs/privacy/keys.js';
import { Clock } from '../../../libs/time/clock.js';
import type { Interval } from '../../../libs/time/slots.js';
import * as rules from './host-calendar.js';
import { readBusy, writeBusy, type HostCalendar } from './host-calendar.js';
import { HostCalendarsRepository } from './host-calendars.repository.js';
import { HOST_CALENDARS } from './host-calendars.schema.js';

/** Where a calendar is. It is opened to read it, and never shown again. */
export interface CalendarSource {
  readonly address: string;
  readonly validators: Validators;
}

/** A calendar as its host sees it. */
export interface OwnCalendar {
  readonly calendar: HostCalendar;
  /** All that is shown of the address. */
  readonly hostname: string;
  readonly busy: readonly Interval[];
}

/** The hosts' own calendars: what they gave, and when they are busy by them. */
@Injectable()
export class HostCalendars {
  constructor(
    private readonly calendars: HostCalendarsRepository,
    private readonly database: Database,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Keeps an address, which the worker reads at once. Each host has one calendar. */
  async save(contact: Id, address: string, timeZone: string): Promise<void> {
    const now = this.clock.now();
    const [known] = await this.calendars.ofContacts([contact]);
    if (known) {
      const source = this.sealSource(known.id, { address, validators: {} });
      await this.calendars.store.change(known.id, (calendar) => rules.replace(calendar, { source, timeZone }, now));
      return;
    }
    const id = this.ids.next();
    const source = this.sealSource(id, { address, validators: {} });
    const { state, events } = rules.add({ id, contact, source, timeZone }, now);
    const made = await this.calendars.store.create(id, state, events);
    // Two forms at once: the other one's calendar is there, and gets this address.
    if (!made.ok) await this.save(contact, address, timeZone);
  }

  async readAgain(contact: Id): Promise<void> {
    const [known] = await this.calendars.ofContacts([contact]);
    if (known) await this.calendars.store.change(known.id, rules.readAgain);
  }

  async ownerOf(id: Id): Promise<Id | undefined> {
    return (await this.calendars.get(id))?.contact;
  }

  /** Whose calendar fails, and since when; undefined when all is well. */
  async failing(id: Id): Promise<{ readonly contact: Id; readonly since: Date } | undefined> {
    const calendar = await this.calendars.get(id);
    return calendar?.trouble ? { contact: calendar.contact, since: calendar.trouble.since } : undefined;
  }

  /** Leaves nothing of it, in the journal either. */
  async forget(contact: Id): Promise<void> {
    if (await this.calendars.forgetContact(contact)) await this.database.forgetDeleted();
  }

  async of(contact: Id): Promise<OwnCalendar | undefined> {
    const [calendar] = await this.calendars.ofContacts([contact]);
    if (!calendar) return undefined;
    return { calendar, hostname: new URL(this.sourceOf(calendar).address).hostname, busy: this.openBusy(calendar) };
  }

  /** When these hosts are busy by their own calendars, as far as these are known. */
  async busyOf(contacts: readonly Id[]): Promise<ReadonlyMap<Id, readonly Interval[]>> {
    const calendars = await this.calendars.ofContacts(contacts);
    return new Map(calendars.map((calendar) => [calendar.contact, this.openBusy(calendar)]));
  }

  sourceOf({ id, source }: Pick<HostCalendar, 'id' | 'source'>): CalendarSource {
    return JSON.parse(
      openWithRing(this.ring, PURPOSE, source, placeOf(id, 'source')).toString('utf8'),
    ) as CalendarSource;
  }

  sealSource(id: Id, source: CalendarSource): Uint8Array {
    return sealWithRing(this.ring, PURPOSE, JSON.stringify(source), placeOf(id, 'source'));
  }

  sealBusy(id: Id, busy: readonly Interval[]): Uint8Array {
    return sealWithRing(this.ring, PURPOSE, writeBusy(busy), placeOf(id, 'busy'));
  }

  private openBusy({ id, busy }: HostCalendar): readonly Interval[] {
    return busy === null ? [] : readBusy(openWithRing(this.ring, PURPOSE, busy, placeOf(id, 'busy')));
  }
}

const PURPOSE = 'host-calendar';
const placeOf = (id: Id, field: 'source' | 'busy'): SealedPlace => ({ collection: HOST_CALENDARS, id, field });
