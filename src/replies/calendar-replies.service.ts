import { Injectable } from '@nestjs/common';
import { occurrenceMeant, staleness, type Reply } from '../../libs/calendar/reply.js';
import { ownWords } from '../../libs/mail/own-words.js';
import { idInUid, type Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { DEFAULT_LANGUAGE } from '../../libs/web/i18n.js';
import { readAddress, type Address } from '../contacts/address.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { StandIns } from '../contacts/stand-ins.service.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { answerableFrom } from '../invitations/invitation.js';
import { InvitationsService, type Place } from '../invitations/invitations.service.js';
import { placeAt } from '../invitations/occurrence.js';
import { occurrencesOf, type Series } from '../invitations/series.js';
import { RepliesRepository } from './replies.repository.js';
import { RepliesService } from './replies.service.js';

/** The mail that an answer came in. */
export interface Envelope {
  /** Keyed hash that names it. */
  readonly key: string;
  readonly from: Address | undefined;
}

/** A place, and the one occurrence of a series that is answered, by its original start. */
type Answered = Place & { readonly occurrence?: Date };

const startsOf = (series: Series): readonly Date[] => occurrencesOf(series).map(({ original }) => original);

const ANSWERS = { ACCEPTED: 'accepted', TENTATIVE: 'tentative', DECLINED: 'declined' } as const;
/** Days for which whoever answered someone else's invitation is kept, to be told so. */
const STRANGER_DAYS = 3;
/** To whom an invitation was forwarded, and who answers it. */
const MOST_NOTES_OF_A_DAY = 20;

/** What calendars answer to invitations (RFC 5546 3.2.3, 3.2.6, 3.2.7). Each answer may come twice and in any order. */
@Injectable()
export class CalendarReplies {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly contacts: ContactsService,
    private readonly standIns: StandIns,
    private readonly deliveries: DeliveriesService,
    private readonly written: RepliesService,
    private readonly replies: RepliesRepository,
    private readonly clock: Clock,
  ) {}

  async take(replies: readonly Reply[], envelope: Envelope): Promise<void> {
    const comments = new Set<string>();
    for (const reply of replies) {
      const place = await this.placeOf(reply);
      if (!place) continue;
      if (!(await this.isGuest(place, reply, envelope))) {
        await this.tellStranger(place, envelope);
        continue;
      }
      await this.answer(place, reply);
      const comment = ownWords(reply.comment ?? '');
      if (comment === '' || comments.has(comment)) continue;
      comments.add(comment);
      const key = `${envelope.key}|comment${String(comments.size)}`;
      await this.written.keep(key, 'comment', place.invitation.contact, comment);
    }
  }

  /**
   * By UID, which is the invitation's own. A single meeting has one occurrence, as has the place of someone who comes to
   * one of a series.
   */
  private async placeOf({ uid, recurrenceId }: Reply): Promise<Answered | undefined> {
    const id = idInUid(uid);
    const place = id === undefined ? undefined : await this.invitations.place(id);
    if (!place || !recurrenceId) return place;
    const { series, start } = place.subject;
    const original = occurrenceMeant(recurrenceId, series ? startsOf(series) : [start]);
    return original && { ...place, ...(series && { occurrence: original }) };
  }

  /** Invitations get forwarded: only an answer in the name or from the address of the one who was invited counts. */
  private async isGuest({ invitation }: Place, { attendee }: Reply, { from }: Envelope): Promise<boolean> {
    for (const address of [readAddress(attendee), from]) {
      const contact = address && (await this.contacts.findByAddress(address.canonical));
      if (contact?.id === invitation.contact) return true;
    }
    return false;
  }

  private async answer(place: Answered, reply: Reply): Promise<void> {
    const { invitation, occurrence } = place;
    if (reply.method === 'COUNTER') return this.wish(place, reply);
    if (reply.method === 'REFRESH') return this.sendAgain(invitation.id);
    if (reply.partstat === 'DELEGATED') return this.tellGuest(place, 'no-delegation');
    if (reply.partstat === 'NEEDS-ACTION') return;
    const { sequence, dtstamp } = reply;
    const given = {
      answer: ANSWERS[reply.partstat],
      calendar: {
        requested: await this.requested(invitation.id, occurrence),
        ...(sequence === undefined ? {} : { sequence }),
        ...(dtstamp && { dtstamp }),
      },
    };
    const answered = await this.invitations.answer(invitation.id, given, occurrence);
    if (!answered.ok && answered.reason === 'full') await this.tellGuest(place, 'seats-taken');
  }

  /** At most once an hour: whoever knows an invitation that was forwarded can answer in the name of its guest. */
  private async tellGuest({ invitation, subject }: Place, kind: 'no-delegation' | 'seats-taken'): Promise<void> {
    await this.deliveries.tell(invitation.contact, kind, `${subject.id}|${hourOf(this.clock.now())}`, {
      about: subject.id,
    });
  }

  /** Another time is noted as a wish, and declined for now; the answer given before stays. */
  private async wish(place: Answered, reply: Reply): Promise<void> {
    const { occurrence } = place;
    const seen = occurrence ? placeAt(place.invitation, place.subject, occurrence) : place;
    if (!seen) return;
    const { invitation, subject } = seen;
    if (subject.status === 'cancelled' || subject.start <= this.clock.now()) return;
    const requested = await this.requested(invitation.id, occurrence);
    const known = { sequence: answerableFrom(invitation, subject), requested };
    if (staleness(reply, known) === 'stale') return;
    const { id, contact } = invitation;
    await this.replies.keepWish({ _id: id, subject: place.subject.id, contact, moves: place.subject.moves });
    await this.deliveries.declineCounter(invitation, subject, occurrence);
  }

  /** At most once an hour, so that nobody can fill a guest's mailbox with what they were invited to. */
  private async sendAgain(invitation: Id): Promise<void> {
    const now = this.clock.now();
    if (await this.replies.markHandled(`refresh|${invitation}|${hourOf(now)}`, now))
      await this.invitations.sendAgain(invitation);
  }

  private async requested(invitation: Id, occurrence?: Date): Promise<Date> {
    return (await this.deliveries.lastRequested(invitation, occurrence)) ?? new Date(0);
  }

  /** One kind note a day, with the public page and without a calendar; nothing is changed and nobody is added. */
  private async tellStranger({ invitation, subject }: Place, { from }: Envelope): Promise<void> {
    const now = this.clock.now();
    if (!from || subject.status === 'cancelled' || subject.end <= now) return;
    if (await this.standIns.isBlocked(from)) return;
    if (!(await this.mayTellStranger(invitation.id, now))) return;
    const sender = await this.written.senderAt(from, DEFAULT_LANGUAGE, STRANGER_DAYS);
    const about = subject.kind === 'booking' ? {} : { about: subject.id };
    await this.deliveries.tell(sender, 'not-invited', dayOf(now), about);
  }

  /** The sender of a mail can be forged: nobody can have a mail sent to everyone by one invitation of their own. */
  private async mayTellStranger(invitation: Id, now: Date): Promise<boolean> {
    for (let note = 1; note <= MOST_NOTES_OF_A_DAY; note += 1)
      if (await this.replies.markHandled(`stranger|${invitation}|${dayOf(now)}|${String(note)}`, now)) return true;
    return false;
  }
}

const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);
const hourOf = (instant: Date): string => instant.toISOString().slice(0, 13);
