import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import type { Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { latest } from '../../libs/time/clock.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { isOffered, takesPart, type Invitation } from '../invitations/invitation.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { invitationAt, placeAt } from '../invitations/occurrence.js';
import { occurrenceId } from '../invitations/series.js';
import { Subjects, type Subject } from '../invitations/subject.js';
import { whatGoesOutInSeries } from '../invitations/what-goes-out.js';
import { MeetingSubjects } from '../meetings/meeting-subjects.service.js';
import { MeetingsService } from '../meetings/meetings.service.js';
import { DeliveriesService } from './deliveries.service.js';
import { FIRST, guestKey, notAfter, reminderKey, reminderRow, revisionKey, type NewDelivery } from './delivery.js';

/** Guests per page of a fan-out: one page is one bulk insert and one bulk add. */
const PAGE = 500;
/** Meetings that a note of meetings to come lists. */
const NOTE_LIMIT = 10;

/** What meetings, invitations and contacts cause to be sent. Each acts on the present state and may run twice. */
@Injectable()
export class DeliveriesHandlers {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly invitations: InvitationsService,
    private readonly contacts: ContactsService,
    private readonly meetings: MeetingsService,
    private readonly meetingSubjects: MeetingSubjects,
    private readonly subjects: Subjects,
    private readonly clock: DatabaseClock,
  ) {}

  @Handles('deliveries.announce', 'meeting.announced')
  async announce(meeting: Id, entry: Entry): Promise<NextPage> {
    const subject = await this.subjects.load(meeting);
    if (subject?.status !== 'announced') return undefined;
    if (entry.cursor === undefined) await this.inviteHost(subject);
    const page = await this.contacts.pageOfAudience(this.meetingSubjects.audienceOf(subject), entry.cursor, PAGE);
    const guests = page.filter((contact) => contact.id !== subject.host && this.contacts.hearsOfMeetings(contact));
    const invited = await this.invitations.inviteAll(
      subject,
      guests.map(({ id }) => ({ id, role: 'guest' })),
    );
    await this.deliveries.add(
      invited
        .filter((invitation) => invitation.changes === FIRST && takesPart(invitation, subject))
        .map((invitation) =>
          this.deliveries.calendarRow('request', invitation, subject, {
            key: guestKey(invitation.id, FIRST),
            canWait: true,
          }),
        ),
    );
    const last = page.at(-1);
    return page.length < PAGE || !last ? undefined : { cursor: last.id };
  }

  /**
   * Reads the present state alone: a cancellation swallows a move that still waits, several edits go out as one, and their
   * later entries find that it was told.
   */
  @Handles('deliveries.tell-change', 'meeting.changed', 'meeting.cancelled')
  async tellChange(meeting: Id, entry: Entry): Promise<NextPage> {
    const subject = await this.subjects.load(meeting);
    if (!subject) return undefined;
    const ends = new Map<Id, Promise<Date>>();
    const endOf = async (of: Subject): Promise<Date> => {
      const end = ends.get(of.id) ?? this.deliveries.toldEnd(of);
      ends.set(of.id, end);
      return end;
    };
    if ((await endOf(subject)) <= this.clock.now()) return undefined;
    return this.eachGuest(subject, entry, async (guest) => {
      const goes = whatGoesOutInSeries(subject, guest, occurrenceIn(entry));
      if (!goes) return undefined;
      const { mail, invitation, subject: of, occurrence } = goes;
      const toldEnd = await endOf(of);
      if (toldEnd <= this.clock.now()) return undefined;
      const key = revisionKey(invitation.id, of.revision, occurrence);
      const kind = mail.method === 'CANCEL' ? 'cancel' : 'request';
      return this.deliveries.calendarRow(kind, invitation, of, { key, toldEnd, ...(occurrence && { occurrence }) });
    });
  }

  /** Whoever was invited to what another meeting has left is invited to the one that goes on with it. */
  @Handles('deliveries.go-on', 'meeting.continued')
  async goOn(meeting: Id, entry: Entry): Promise<NextPage> {
    const { of, from } = entry.data;
    const [subject, old] = await Promise.all([this.subjects.load(meeting), this.subjects.load(String(of))]);
    if (!subject || !old || !(from instanceof Date)) return undefined;
    return this.eachGuest(old, entry, async (guest) => {
      const place = await this.invitations.goOn(guest, old, subject, from);
      if (place?.invitation.changes !== FIRST || !takesPart(place.invitation, place.subject)) return undefined;
      const key = guestKey(place.invitation.id, FIRST);
      return this.deliveries.calendarRow('request', place.invitation, place.subject, { key });
    });
  }

  @Handles('deliveries.remind', 'meeting.reminder-due')
  async remind(meeting: Id, entry: Entry): Promise<NextPage> {
    const original = occurrenceIn(entry);
    const whole = await this.subjects.load(meeting);
    const subject = original && whole ? await this.subjects.load(occurrenceId(meeting, original)) : whole;
    const minutes = Number(entry.data['minutes']);
    const until = subject && notAfter('reminder', this.clock.now(), subject);
    if (!whole || subject?.status !== 'announced' || subject.moves !== entry.data['moves']) return undefined;
    if (!until || until <= this.clock.now() || !(await this.meetings.remindsAt(meeting, minutes))) return undefined;
    return this.eachGuest(whole, entry, (guest) => {
      const single = guest.subject !== whole.id;
      if (single && guest.subject !== subject.id) return Promise.resolve(undefined);
      const invitation = single || !original ? guest : invitationAt(guest, original);
      if (!takesPart(invitation, subject)) return Promise.resolve(undefined);
      const key = reminderKey(invitation.id, subject.moves, minutes, original);
      const occurrence = !single && original ? { occurrence: original } : {};
      return Promise.resolve(reminderRow(invitation, subject, { key, minutes, until, ...occurrence }));
    });
  }

  @Handles('deliveries.tell-guest', 'invitation.made', 'invitation.request-due', 'invitation.cancel-due')
  async tellGuest(id: Id, entry: Entry): Promise<NextPage> {
    const place = await this.invitations.place(id);
    const occurrence = occurrenceIn(entry);
    const seen = place && occurrence ? placeAt(place.invitation, place.subject, occurrence) : place;
    // A newer change of this guest brings its own entry.
    if (!seen || seen.invitation.changes !== entry.data['changes']) return undefined;
    const kind = entry.type === 'invitation.cancel-due' ? 'cancel' : 'request';
    await this.deliveries.add([
      this.deliveries.calendarRow(kind, seen.invitation, seen.subject, occurrence ? { occurrence } : {}),
    ]);
    return undefined;
  }

  @Handles('deliveries.confirm', 'contact.enrolled')
  async confirm(contact: Id): Promise<NextPage> {
    await this.deliveries.tell(contact, 'confirmation', dayOf(this.clock.now()));
    return undefined;
  }

  @Handles('deliveries.ask-again', 'contact.asked')
  async askAgain(contact: Id, entry: Entry): Promise<NextPage> {
    await this.deliveries.tell(contact, 'still-interested', String(entry.data['asked']), { canWait: true });
    return undefined;
  }

  /** Whoever confirms late hears of the meetings to come, by links: a calendar entry comes with signing up. */
  @Handles('deliveries.note', 'contact.confirmed')
  async note(id: Id): Promise<NextPage> {
    const contact = await this.contacts.get(id);
    if (!contact || !this.contacts.hearsOfMeetings(contact)) return undefined;
    const offered = await this.meetingSubjects.upcomingFor(contact.region, NOTE_LIMIT);
    const fresh = offered.filter((subject) => !contact.wishes.includes(subject.id) && subject.host !== id);
    const places = await this.invitations.offerAll(fresh, id);
    const open = places.filter(({ invitation }) => isOffered(invitation));
    if (open.length === 0) return undefined;
    const [first, ...others] = open.map(({ subject }) => subject.start);
    if (!first) return undefined;
    await this.deliveries.tell(id, 'meetings-note', id, { until: latest(first, ...others), canWait: true });
    return undefined;
  }

  /** Retention: a timer of an earlier time does nothing, as the meeting has one of its present time. */
  @Handles('deliveries.forget', 'meeting.forgotten')
  async forget(meeting: Id, entry: Entry): Promise<NextPage> {
    const present = await this.meetings.get(meeting);
    if (!present || present.moves === entry.data['moves']) await this.deliveries.forgetSubject(meeting);
    return undefined;
  }

  private async inviteHost(subject: Subject): Promise<void> {
    const [invitation] = await this.invitations.inviteAll(subject, [{ id: subject.host, role: 'host' }]);
    if (!invitation) return;
    await this.deliveries.add([
      this.deliveries.calendarRow('request', invitation, subject, { key: guestKey(invitation.id, FIRST) }),
    ]);
  }

  private async eachGuest(
    subject: Subject,
    entry: Entry,
    row: (invitation: Invitation) => Promise<NewDelivery | undefined>,
  ): Promise<NextPage> {
    const page = await this.invitations.page(subject.id, entry.cursor, PAGE, subject.series !== undefined);
    const rows = await Promise.all(page.map(row));
    await this.deliveries.add(rows.filter((each) => each !== undefined));
    const last = page.at(-1);
    return page.length < PAGE || !last ? undefined : { cursor: last.id };
  }
}

/** The day in UTC, as the request of mails of which one a day is enough. */
export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);

/** The original start of the one occurrence of a series that an entry is about. */
function occurrenceIn({ data }: Entry): Date | undefined {
  const { occurrence } = data;
  return occurrence instanceof Date ? occurrence : undefined;
}
