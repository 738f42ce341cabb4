import type { Contact } from '../contacts/contact.js';
import type { Invitation } from '../invitations/invitation.js';
import type { Subject } from '../invitations/subject.js';
import type { BookingMatter } from './booking-matters.service.js';
import type { Delivery, Fixed } from './delivery.js';

/** A row whose circumstances are fixed, and for whom it is. */
export interface Writing {
  readonly row: Delivery & { readonly fixed: Fixed };
  readonly contact: Pick<Contact, 'id'>;
  readonly invitation?: Pick<Invitation, 'id' | 'role' | 'generation'> | undefined;
  /** The places that the row names, with the texts of the revisions that it names. */
  readonly places?: readonly {
    readonly subject: Subject;
    readonly invitation: Pick<Invitation, 'id' | 'generation'>;
  }[];
  /** What a mail about a booking tells that is no calendar mail. */
  readonly matter?: BookingMatter | undefined;
  readonly address: string;
}
