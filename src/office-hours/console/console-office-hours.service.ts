import { Injectable } from '@nestjs/common';
import type { Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import type { Interval } from '../../../libs/time/slots.js';
import { formatWhen } from '../../../libs/time/when.js';
import { notYourRole, PageProblem } from '../../../libs/web/problem.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import { hostChoices } from '../../people/host-choices.js';
import { PeopleService } from '../../people/people.service.js';
import { may } from '../../people/person.js';
import { BookingsService } from '../bookings/bookings.service.js';
import { isStale, standingOf } from '../calendars/host-calendar.js';
import { HostCalendars } from '../calendars/host-calendars.service.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { OfficeHoursService } from '../hours/office-hours.service.js';
import type { Slot } from '../slots/slot.js';
import { SlotsRepository, type Booked } from '../slots/slots.repository.js';
import { whoOf } from '../pages/who.js';
import type { ShownCalendar } from './host-calendar.page.js';
import type { ShownBooking } from './host-week.page.js';

export interface Opened {
  readonly hours: OfficeHours;
  readonly version: number;
}

/** Office hours as those who lead them see them. */
@Injectable()
export class ConsoleOfficeHours {
  constructor(
    private readonly hours: OfficeHoursService,
    private readonly bookings: BookingsService,
    private readonly slots: SlotsRepository,
    private readonly people: PeopleService,
    private readonly calendars: HostCalendars,
    private readonly clock: Clock,
  ) {}

  /** Ends with a page where there are none, or they are somebody else's and not this person's to lead. */
  async open(id: Id, by: SignedIn): Promise<Opened> {
    const stored = await this.hours.withVersion(id);
    if (!stored) throw new PageProblem(404);
    if (!mayLead(by, stored.state)) throw notYourRole();
    return { hours: stored.state, version: stored.version };
  }

  /** A booking to come of office hours that this person may lead. */
  async booking(id: Id, booking: Id, by: SignedIn): Promise<Booked & Opened> {
    const opened = await this.open(id, by);
    const booked = await this.bookings.get(booking);
    if (booked?.slot.officeHours !== id) throw new PageProblem(404);
    return { ...opened, ...booked };
  }

  async list(by: SignedIn): Promise<readonly OfficeHours[]> {
    const all = (await this.hours.all()).filter((each) => mayLead(by, each));
    return all.sort((a, b) => a.title.localeCompare(b.title));
  }

  /** Confirmed bookings of a window: what was not confirmed may never come. */
  async bookingsOf(reader: Reader, by: SignedIn, hours: OfficeHours, window: Interval): Promise<ShownBooking[]> {
    const [slots, hosts, busy] = await Promise.all([
      this.slots.of(hours.id, window),
      this.hostsFor(reader, by),
      this.calendars.busyOf([by.contact]),
    ]);
    // Nobody else is told what stands in a host's calendar.
    const isElsewhere = ({ host, start, end }: Slot): boolean =>
      host === by.contact &&
      (busy.get(host) ?? []).some(({ from, to }) => from < end.getTime() && start.getTime() < to);
    const now = this.clock.now();
    return slots.flatMap((slot) =>
      slot.bookings
        .filter(({ status }) => status === 'confirmed')
        .map((booking) => ({
          id: booking.id,
          slot,
          who: whoOf(reader, booking),
          note: this.bookings.noteOf(booking),
          host: hosts.find(({ value }) => value === slot.host)?.label ?? reader.t('console.meetings.host.former'),
          isOwn: slot.host === by.contact,
          isToCome: slot.end > now,
          collides: slot.end > now && isElsewhere(slot),
        })),
    );
  }

  /** How one's own calendar stands, in a sentence. */
  async calendarOf({ t, language }: Reader, by: SignedIn): Promise<ShownCalendar> {
    const own = await this.calendars.of(by.contact);
    if (!own) return { text: t('console.calendar.none'), needsCare: false };
    const { calendar, hostname } = own;
    const when = calendar.readAt ? formatWhen(calendar.readAt, calendar.timeZone, language) : '';
    const standing = standingOf(calendar);
    return {
      text: `${hostname}: ${t(`console.calendar.standing.${standing}`, { when })}`,
      needsCare: standing === 'unknown' || isStale(calendar, this.clock.now()),
    };
  }

  async hostsFor(reader: Reader, by: SignedIn): Promise<{ value: Id; label: string }[]> {
    return hostChoices(reader, by.contact, await this.people.hosts());
  }
}

/** A host leads the office hours that they share, coordination and administration all of them. */
const mayLead = ({ role, contact }: SignedIn, hours: OfficeHours): boolean =>
  may(role, 'lead-all-meetings') || (may(role, 'lead-own-meetings') && hours.hosts.includes(contact));
