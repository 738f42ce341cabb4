import { Injectable } from '@nestjs/common';
import type { Entry } from '../../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../../libs/outbox/handlers.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { Clock, plus } from '../../../libs/time/clock.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { DeliveriesService } from '../../deliveries/deliveries.service.js';
import { PeopleService } from '../../people/people.service.js';
import { CalendarReading } from './calendar-reading.service.js';
import { HostCalendars } from './host-calendars.service.js';

/** Milliseconds until a reading that had to wait is tried again. */
const WAIT = 5_000;

/** What hosts' own calendars cause, and what ends them. Each acts on the present state and may run twice. */
@Injectable()
export class HostCalendarsHandlers {
  constructor(
    private readonly reading: CalendarReading,
    private readonly calendars: HostCalendars,
    private readonly people: PeopleService,
    private readonly contacts: ContactsService,
    private readonly deliveries: DeliveriesService,
    private readonly clock: Clock,
  ) {}

  /** Fetching happens here alone. The reading that is kept makes the timer of the next one. */
  @Handles('office-hours.read-calendar', 'host-calendar.read-due')
  async read(calendar: Id, entry: Entry): Promise<NextPage> {
    const contact = await this.calendars.ownerOf(calendar);
    if (contact === undefined) return undefined;
    if (!(await this.mayHave(contact))) {
      await this.calendars.forget(contact);
      return undefined;
    }
    const outcome = await this.reading.read(calendar, Number(entry.data['reading']));
    return outcome === 'busy' ? { later: plus(this.clock.now(), WAIT) } : undefined;
  }

  /** One mail, unless it was read meanwhile, or has another address. */
  @Handles('office-hours.tell-calendar', 'host-calendar.fails')
  async tell(calendar: Id, entry: Entry): Promise<NextPage> {
    const since = entry.data['since'];
    const failing = await this.calendars.failing(calendar);
    if (!failing || !(since instanceof Date) || failing.since.getTime() !== since.getTime()) return undefined;
    await this.deliveries.tell(failing.contact, 'calendar-fails', `${calendar}.${String(since.getTime())}`);
    return undefined;
  }

  /** Erasing does not wait for CANCELs here: nothing needs these times any more. */
  @Handles('office-hours.erase-calendar', 'contact.erasing')
  async erase(contact: Id): Promise<NextPage> {
    await this.calendars.forget(contact);
    return undefined;
  }

  /** Whoever hosts no longer is not asked for their times any more. */
  @Handles('office-hours.end-calendar', 'person.revoked', 'person.term-ended')
  async end(id: Id): Promise<NextPage> {
    const contact = (await this.people.get(id))?.contact;
    if (contact === undefined) return undefined;
    if (!(await this.mayHave(contact))) await this.calendars.forget(contact);
    return undefined;
  }

  /** Looked up at each reading as well: one may be given just as its host is erased, or hosts no longer. */
  private async mayHave(contact: Id): Promise<boolean> {
    if (!(await this.contacts.stays(contact))) return false;
    return (await this.people.hosts()).some((host) => host.contact === contact);
  }
}
