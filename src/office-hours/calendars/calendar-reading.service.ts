import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { busyTimes, readFeed, uidsOf } from '../../../libs/calendar/busy-times.js';
import { fetchOutside, Outside } from '../../../libs/outside/safe-fetch.js';
import { idInUid, type Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import { takesPart } from '../../invitations/invitation.js';
import { InvitationsService } from '../../invitations/invitations.service.js';
import { mayBeUnchanged, take, windowOf, type HostCalendar, type Reading } from './host-calendar.js';
import { HostCalendarsRepository } from './host-calendars.repository.js';
import { HostCalendars } from './host-calendars.service.js';

/** Readings that one worker has under way: slow servers must not keep it from its other work. */
const MOST_AT_ONCE = 2;
/** UIDs of a feed that are looked up; nobody is invited more often. */
const MOST_LOOKED_UP = 1_000;

/** Reads hosts' own calendars; only a worker does. Nothing of them but busy times leaves this place. */
@Injectable()
export class CalendarReading implements OnModuleDestroy {
  private readonly ending = new AbortController();
  private underWay = 0;

  constructor(
    private readonly hostCalendars: HostCalendars,
    private readonly calendars: HostCalendarsRepository,
    private readonly invitations: InvitationsService,
    private readonly outside: Outside,
    private readonly clock: Clock,
  ) {}

  /** A process that ends does not wait for a slow server. */
  onModuleDestroy(): void {
    this.ending.abort();
  }

  /**
   * Reads a calendar and keeps what was found. `busy`: not now, as others are read, or as this process ends.
   * @param reading the number that was asked for
   */
  async read(id: Id, reading: number): Promise<'done' | 'busy'> {
    const calendar = await this.calendars.get(id);
    if (calendar?.reading !== reading) return 'done';
    if (this.underWay >= MOST_AT_ONCE) return 'busy';
    this.underWay += 1;
    try {
      const brought = await this.bring(calendar);
      if (this.ending.signal.aborted) return 'busy';
      await this.calendars.store.change(id, (present) => take(present, reading, brought, this.clock.now()));
      return 'done';
    } finally {
      this.underWay -= 1;
    }
  }

  private async bring(calendar: HostCalendar): Promise<Reading> {
    const now = this.clock.now();
    const { address, validators } = this.hostCalendars.sourceOf(calendar);
    const known = mayBeUnchanged(calendar, now) ? validators : {};
    const fetched = await fetchOutside(address, this.outside, { known, until: this.ending.signal });
    if (!fetched.ok) return { kind: 'failed', trouble: fetched.reason };
    if (fetched.value.kind === 'not-modified') {
      // Only whoever was asked may say so.
      return Object.keys(known).length > 0 ? { kind: 'unchanged' } : { kind: 'failed', trouble: 'server-trouble' };
    }
    const feed = readFeed(fetched.value.bytes);
    if (!feed.ok) return { kind: 'failed', trouble: feed.reason };
    const ours = await this.oursIn(calendar.contact, uidsOf(feed.value));
    const busy = busyTimes(feed.value, {
      window: windowOf(now),
      timeZone: calendar.timeZone,
      isKnown: (uid) => ours.has(idInUid(uid) ?? ''),
    });
    if (!busy.ok) return { kind: 'failed', trouble: busy.reason };
    return {
      kind: 'read',
      busy: this.hostCalendars.sealBusy(calendar.id, busy.value),
      source: this.hostCalendars.sealSource(calendar.id, { address, validators: fetched.value.validators }),
    };
  }

  /**
   * What we sent into this calendar ourselves: what its owner leads is known here, as it is now, and must not keep itself
   * from being moved; what they gave up here is no longer theirs, whatever the calendar still shows.
   */
  private async oursIn(contact: Id, uids: ReadonlySet<string>): Promise<ReadonlySet<Id>> {
    const ids = [...uids].flatMap((uid) => idInUid(uid) ?? []).slice(0, MOST_LOOKED_UP);
    const places = ids.length === 0 ? [] : [...(await this.invitations.places(ids)).values()];
    return new Set(
      places
        .filter(({ invitation }) => invitation.contact === contact)
        .filter(({ invitation, subject }) => invitation.role === 'host' || !takesPart(invitation, subject))
        .map(({ invitation }) => invitation.id),
    );
  }
}
