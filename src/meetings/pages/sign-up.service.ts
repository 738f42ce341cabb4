import { Inject, Injectable } from '@nestjs/common';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import { SETTINGS, type Settings } from '../../config.js';
import type { Contact } from '../../contacts/contact.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { inSameTime } from '../../contacts/same-time.js';
import { DeliveriesService } from '../../deliveries/deliveries.service.js';
import { InvitationsService } from '../../invitations/invitations.service.js';
import type { SigningUp } from './sign-up.js';

/** Signing up on the page of a meeting. Only the mail tells what is known of an address, neither the page nor its time. */
@Injectable()
export class SignUpService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly invitations: InvitationsService,
    private readonly deliveries: DeliveriesService,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Signs up to a meeting, or to each of the occurrences of one.
   *
   * A new address is asked to confirm (by the event of its enrolment) and keeps this meeting as a wish; one that waits is
   * sent its link again; a confirmed one gets its invitation, or hears that it is in already; others hear nothing.
   */
  signUp(meetings: readonly Id[], given: SigningUp): Promise<void> {
    return inSameTime(async () => {
      for (const [index, meeting] of meetings.entries()) {
        const enrolment = await this.contacts.enrol({ ...given, wants: [], wish: meeting });
        if (enrolment.outcome === 'waiting' && index === 0) await this.tell(enrolment.contact.id, 'confirmation');
        if (enrolment.outcome === 'known') await this.known(meeting, enrolment.contact);
      }
    }, meetings.length);
  }

  private async known(meeting: Id, contact: Contact): Promise<void> {
    // What mail servers refuse for good is not tried again because someone typed it.
    if (contact.suppressed) return;
    const outcome = await this.invitations.signUp(meeting, contact.id);
    if (outcome === 'in-already') await this.tell(contact.id, 'already-in', meeting);
  }

  /** One such mail per address and day, and per meeting that it is about. */
  private tell(contact: Id, kind: 'confirmation' | 'already-in', about?: Id): Promise<void> {
    const day = this.clock.now().toISOString().slice(0, 10);
    const request = about === undefined ? day : `${day}.${about}`;
    return this.deliveries.tell(
      contact,
      kind,
      this.settings.RATE_LIMITS ? request : this.ids.next(),
      about === undefined ? {} : { about },
    );
  }
}
