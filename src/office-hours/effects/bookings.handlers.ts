import { Injectable } from '@nestjs/common';
import type { Entry } from '../../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../../libs/outbox/handlers.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { Clock, plus } from '../../../libs/time/clock.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { DeliveriesService } from '../../deliveries/deliveries.service.js';
import { guestKey, FIRST, notAfter, reminderKey, reminderRow, revisionKey } from '../../deliveries/delivery.js';
import { takesPart } from '../../invitations/invitation.js';
import { InvitationsService } from '../../invitations/invitations.service.js';
import { Subjects, type Subject } from '../../invitations/subject.js';
import { whatGoesOut } from '../../invitations/what-goes-out.js';
import { BookingsService } from '../bookings/bookings.service.js';
import { Conversations } from '../letters/conversations.service.js';
import { isLive } from '../slots/slot.js';

/** More than visitor, host and all who were host before. */
const MOST_INVITED = 100;
/** Milliseconds until a contact that is being erased is looked for again. */
const LOOK_AGAIN = 5_000;

/**
 * What bookings cause. The aggregate is the slot, the entry names the booking. Each acts on the present state and may run
 * twice.
 */
@Injectable()
export class BookingsHandlers {
  constructor(
    private readonly bookings: BookingsService,
    private readonly conversations: Conversations,
    private readonly invitations: InvitationsService,
    private readonly contacts: ContactsService,
    private readonly deliveries: DeliveriesService,
    private readonly subjects: Subjects,
    private readonly clock: Clock,
  ) {}

  @Handles('office-hours.ask', 'booking.held')
  async ask(_slot: Id, entry: Entry): Promise<NextPage> {
    const id = bookingIn(entry);
    const booking = (await this.bookings.get(id))?.booking;
    if (booking?.status !== 'held' || (await this.isErased(booking.contact))) return undefined;
    await this.deliveries.tell(booking.contact, 'booking', id, { about: id, until: booking.heldUntil });
    return undefined;
  }

  @Handles('office-hours.expire', 'booking.unconfirmed')
  async expire(slot: Id, entry: Entry): Promise<NextPage> {
    const later = await this.bookings.expire(slot, bookingIn(entry));
    return later && { later };
  }

  /** Visitor and host get the entry for their calendars. Whoever booked has accepted by doing so. */
  @Handles('office-hours.invite', 'booking.confirmed')
  async invite(_slot: Id, entry: Entry): Promise<NextPage> {
    const id = bookingIn(entry);
    const [subject, booked] = await Promise.all([this.subjects.load(id), this.bookings.get(id)]);
    if (subject?.status !== 'announced' || !booked) return undefined;
    const { contact } = booked.booking;
    if (await this.isErased(contact)) return undefined;
    const invited = await this.invitations.inviteAll(subject, [
      { id: contact, role: 'guest' },
      { id: subject.host, role: 'host' },
    ]);
    for (const { id: place, role, answer, changes } of invited) {
      if (role === 'guest' && answer === 'needs-action' && changes === FIRST)
        await this.invitations.answer(place, { answer: 'accepted' });
    }
    await this.deliveries.add(
      invited
        .filter((invitation) => invitation.changes === FIRST && takesPart(invitation, subject))
        .map((invitation) =>
          this.deliveries.calendarRow('request', invitation, subject, { key: guestKey(invitation.id, FIRST) }),
        ),
    );
    return undefined;
  }

  /** A new time, a new host or the end. Reads the present state alone. */
  @Handles('office-hours.tell-change', 'booking.changed', 'booking.cancelled')
  async tellChange(_slot: Id, entry: Entry): Promise<NextPage> {
    const subject = await this.subjects.load(bookingIn(entry));
    if (!subject) return undefined;
    const toldEnd = await this.deliveries.toldEnd(subject);
    if (toldEnd <= this.clock.now()) return undefined;
    if (subject.status === 'announced') await this.changeHost(subject);
    const invited = await this.invitations.page(subject.id, undefined, MOST_INVITED);
    await this.deliveries.add(
      invited.flatMap((invitation) => {
        const mail = whatGoesOut(subject, invitation);
        if (!mail) return [];
        const key = revisionKey(invitation.id, subject.revision);
        const kind = mail.method === 'CANCEL' ? 'cancel' : 'request';
        return [this.deliveries.calendarRow(kind, invitation, subject, { key, toldEnd })];
      }),
    );
    return undefined;
  }

  @Handles('office-hours.leave-old', 'booking.joined')
  async leaveOld(_slot: Id, entry: Entry): Promise<NextPage> {
    await this.bookings.leaveOld(String(entry.data['from']), bookingIn(entry));
    return undefined;
  }

  @Handles('office-hours.remind', 'booking.reminder-due')
  async remind(_slot: Id, entry: Entry): Promise<NextPage> {
    const subject = await this.subjects.load(bookingIn(entry));
    if (subject?.status !== 'announced' || subject.moves !== entry.data['moves']) return undefined;
    const minutes = Number(entry.data['minutes']);
    const until = notAfter('reminder', this.clock.now(), subject);
    if (until <= this.clock.now()) return undefined;
    const invited = await this.invitations.page(subject.id, undefined, MOST_INVITED);
    await this.deliveries.add(
      invited
        .filter((invitation) => takesPart(invitation, subject))
        .map((invitation) =>
          reminderRow(invitation, subject, {
            key: reminderKey(invitation.id, subject.moves, minutes),
            minutes,
            until,
          }),
        ),
    );
    return undefined;
  }

  @Handles('office-hours.release', 'booking.over')
  async release(slot: Id, entry: Entry): Promise<NextPage> {
    const later = await this.bookings.release(slot, bookingIn(entry), Number(entry.data['moves']));
    return later && { later };
  }

  /** Retention: a month after its end, or when its visitor deletes it. A timer of an earlier time does nothing. */
  @Handles('office-hours.forget', 'booking.forgotten', 'booking.deleted')
  async forget(slot: Id, entry: Entry): Promise<NextPage> {
    const id = bookingIn(entry);
    const moves = Number(entry.data['moves']);
    const present = await this.bookings.get(id);
    if (present && present.booking.moves !== moves) return undefined;
    // The booking before what was made for it: what is made meanwhile then finds it gone.
    await this.bookings.forget(slot, id, moves);
    await this.invitations.forgetSubject(id);
    await this.deliveries.forgetSubject(id);
    await this.conversations.forget(id);
    return undefined;
  }

  /**
   * A visitor who declines or leaves frees the slot; one who did so in a calendar, where nothing says what that means, is
   * told by mail before, with the way back. A host who does gives it to another who is free at the time; where
   * nobody is, it cannot take place.
   */
  @Handles('office-hours.free', 'invitation.declined', 'invitation.cancel-due')
  async free(invitation: Id, entry: Entry): Promise<NextPage> {
    const place = await this.invitations.place(invitation);
    if (!place) return undefined;
    const { subject, invitation: present } = place;
    if (subject.kind !== 'booking' || subject.status !== 'announced' || takesPart(present, subject)) return undefined;
    const booked = await this.bookings.get(subject.id);
    if (!booked || !isLive(booked.booking)) return undefined;
    if (present.role === 'host') {
      if (present.contact !== booked.slot.host) return undefined;
      const taken = await this.bookings.takeOver(booked.slot.id);
      if (taken.ok) return undefined;
    }
    const byCalendar = present.role === 'guest' && entry.type === 'invitation.declined';
    if (byCalendar)
      await this.deliveries.tell(present.contact, 'booking-freed', subject.id, { about: booked.slot.officeHours });
    await this.bookings.cancel(subject.id);
    return undefined;
  }

  /** Erasing: after the contact itself, whose CANCELs go first where they were wished. The host hears of it. */
  @Handles('office-hours.erase', 'contact.erasing')
  async erase(contact: Id, entry: Entry): Promise<NextPage> {
    const now = this.clock.now();
    const until = entry.data['until'];
    if (until instanceof Date && until > now && (await this.contacts.get(contact))) {
      const next = plus(now, LOOK_AGAIN);
      return { later: next < until ? next : until };
    }
    await this.invitations.forgetContact(contact);
    const ids = await this.bookings.idsOf(contact);
    for (const id of ids) await this.conversations.forget(id);
    await this.bookings.eraseContact(contact);
    // What was written before nothing led to them any more.
    for (const id of ids) await this.conversations.forget(id);
    return undefined;
  }

  /** A booking whose visitor was erased while they made it goes as well. */
  private async isErased(contact: Id): Promise<boolean> {
    if (await this.contacts.get(contact)) return false;
    await this.bookings.eraseContact(contact);
    return true;
  }

  /** Who was host lets the entry go, who is host gets it. */
  private async changeHost(subject: Subject): Promise<void> {
    const invited = await this.invitations.page(subject.id, undefined, MOST_INVITED);
    for (const { id, role, contact, left } of invited) {
      if (role === 'host' && contact !== subject.host && !left) await this.invitations.leave(id);
    }
    const [host] = await this.invitations.inviteAll(subject, [{ id: subject.host, role: 'host' }]);
    if (host?.left === true) await this.invitations.signUpById(host.id);
  }
}

const bookingIn = (entry: Entry): Id => String(entry.data['booking']);
