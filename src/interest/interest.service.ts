import { Inject, Injectable } from '@nestjs/common';
import { Ids } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { SETTINGS, type Settings } from '../config.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { inSameTime } from '../contacts/same-time.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import type { NewForm } from '../feedback/feedback.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import type { LeftAddress } from './interest.js';

/** Takes the two halves of the form to where they are kept. Nothing of the one is said to the other. */
@Injectable()
export class InterestService {
  constructor(
    private readonly feedback: FeedbackService,
    private readonly contacts: ContactsService,
    private readonly deliveries: DeliveriesService,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  keepAnswers(answers: NewForm): Promise<void> {
    return this.feedback.keep(answers);
  }

  /**
   * The mail differs by what is known of the address, the answer and its time do not: a new one is sent its link by the
   * event, one that waits the same link again, a known one its own links, a blocked one nothing.
   */
  keepAddress(left: LeftAddress): Promise<void> {
    return inSameTime(async () => {
      const enrolment = await this.contacts.enrol(left);
      if (enrolment.outcome === 'waiting') await this.tell(enrolment.contact.id, 'confirmation');
      if (enrolment.outcome === 'known') await this.tell(enrolment.contact.id, 'already-in');
    });
  }

  /** One such mail per address and day. */
  private tell(contact: string, kind: 'confirmation' | 'already-in'): Promise<void> {
    const day = this.clock.now().toISOString().slice(0, 10);
    return this.deliveries.tell(contact, kind, this.settings.RATE_LIMITS ? day : this.ids.next());
  }
}
