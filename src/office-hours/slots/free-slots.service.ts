import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '../../../libs/privacy/ids.js';
import { Clock, DAY } from '../../../libs/time/clock.js';
import type { FreeSlot, Interval } from '../../../libs/time/slots.js';
import { takingPlace } from '../../invitations/series.js';
import { HostTimes } from '../../meetings/host-times.service.js';
import { MeetingsService } from '../../meetings/meetings.service.js';
import { PeopleService } from '../../people/people.service.js';
import { HostCalendars } from '../calendars/host-calendars.service.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { freeTimes, type Offer } from './free-times.js';
import type { Slot } from './slot.js';
import { SlotsRepository } from './slots.repository.js';

/** For whom slots are looked for; `only`: one host's alone. */
type Asking = Omit<Offer, 'hosts'> & { readonly only?: Id };

/** More meetings than are announced at one time. */
const MOST_MEETINGS = 200;
/** How far the search for the next free slot looks at one time, in days. */
const STRIDE = 14;

/** Which slots of office hours are free, by all that their hosts have agreed to. */
@Injectable()
export class FreeSlots implements OnModuleInit {
  constructor(
    private readonly slots: SlotsRepository,
    private readonly people: PeopleService,
    private readonly meetings: MeetingsService,
    private readonly hostTimes: HostTimes,
    private readonly calendars: HostCalendars,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.hostTimes.register({ booked: (host, span) => this.isBooked(host, span) });
  }

  /** Of those who share office hours, the ones whose term runs. */
  async hostsOf(hours: Pick<OfficeHours, 'hosts'>): Promise<readonly Id[]> {
    const known = new Set((await this.people.hosts()).map(({ contact }) => contact));
    return hours.hosts.filter((host) => known.has(host));
  }

  /** The free slots of a window, as they are at this moment. */
  async within(hours: OfficeHours, window: Interval, { only, ...offer }: Asking = {}) {
    const hosts = await this.hostsAsked(hours, only);
    const [taken, busy] = await Promise.all([this.takenAround(hosts, window), this.busyOf(hosts)]);
    return { free: freeTimes(hours, window, taken, this.clock.now(), { ...offer, hosts, busy }), taken };
  }

  /** When these hosts cannot take a booking: they lead a meeting, or are busy by their own calendar. */
  async busyOf(hosts: readonly Id[]): Promise<ReadonlyMap<Id, readonly Interval[]>> {
    const [meetings, calendars] = await Promise.all([this.meetingsOf(hosts), this.calendars.busyOf(hosts)]);
    return new Map(hosts.map((host) => [host, [...(meetings.get(host) ?? []), ...(calendars.get(host) ?? [])]]));
  }

  /** When each of these hosts leads a meeting to come; of one that repeats, every occurrence. */
  async meetingsOf(hosts: readonly Id[]): Promise<ReadonlyMap<Id, readonly Interval[]>> {
    const led = (await this.meetings.upcoming(MOST_MEETINGS)).filter(({ host }) => hosts.includes(host));
    return new Map(
      [...Map.groupBy(led, ({ host }) => host)].map(([host, meetings]) => [
        host,
        meetings
          .flatMap((meeting): readonly { start: Date; end: Date }[] =>
            meeting.series ? takingPlace(meeting.series) : [meeting],
          )
          .map(({ start, end }) => ({ from: start.getTime(), to: end.getTime() })),
      ]),
    );
  }

  /** When these hosts are in talks that were booked and confirmed, or lead meetings. */
  async engaged(hosts: readonly Id[], window: Interval): Promise<ReadonlyMap<Id, readonly Interval[]>> {
    const [taken, meetings] = await Promise.all([this.slots.taken(hosts, window), this.meetingsOf(hosts)]);
    const talks = taken.filter(({ bookings }) => bookings.some(({ status }) => status === 'confirmed'));
    return new Map(
      hosts.map((host) => [
        host,
        [
          ...talks
            .filter((slot) => slot.host === host)
            .map(({ start, end }) => ({ from: start.getTime(), to: end.getTime() })),
          ...(meetings.get(host) ?? []),
        ],
      ]),
    );
  }

  /** Whether someone has booked and confirmed part of this time with a host. */
  private async isBooked(host: Id, { start, end }: { readonly start: Date; readonly end: Date }): Promise<boolean> {
    const taken = await this.slots.taken([host], { from: start.getTime(), to: end.getTime() });
    return taken.some((slot) => slot.end > start && slot.bookings.some(({ status }) => status === 'confirmed'));
  }

  /** The first free slot from an instant on. */
  async next(hours: OfficeHours, from: number, offer: Asking = {}): Promise<FreeSlot | undefined> {
    return (await this.lookAhead(hours, from, offer))?.free[0];
  }

  /** What is free from an instant on, up to another: as far as one must look to find something. */
  async lookAhead(
    hours: OfficeHours,
    from: number,
    offer: Asking = {},
  ): Promise<{ readonly free: readonly FreeSlot[]; readonly to: number } | undefined> {
    const { only, ...rest } = offer;
    const now = this.clock.now();
    const hosts = await this.hostsAsked(hours, only);
    const busy = await this.busyOf(hosts);
    const horizon = now.getTime() + hours.horizonDays * DAY;
    for (let at = from; at < horizon; at += STRIDE * DAY) {
      const window = { from: at, to: at + STRIDE * DAY };
      const free = freeTimes(hours, window, await this.takenAround(hosts, window), now, { ...rest, hosts, busy });
      if (free.length > 0) return { free, to: window.to };
    }
    return undefined;
  }

  private async hostsAsked(hours: OfficeHours, only: Id | undefined): Promise<readonly Id[]> {
    const present = await this.hostsOf(hours);
    return only === undefined ? present : present.filter((host) => host === only);
  }

  /** A slot of the day before may reach into a window, and what begins the day after may claim its buffer. */
  private takenAround(hosts: readonly Id[], { from, to }: Interval): Promise<Slot[]> {
    return this.slots.taken(hosts, { from: from - DAY, to: to + DAY });
  }
}
