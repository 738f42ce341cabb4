import type { Id } from '../../libs/privacy/ids.js';
import { DAY, plus } from '../../libs/time/clock.js';
import { ERASE_AFTER_SILENCE_DAYS } from '../contacts/contact.js';
import type { Invitation } from '../invitations/invitation.js';
import type { Subject } from '../invitations/subject.js';
import type { Links } from '../links.js';
import type { Fixed } from './delivery.js';
import type { SlotName } from './letter-parts.js';
import type { Writing } from './writing.js';

/** The links of one recipient in one mail, by the key and the generation that it fixed: a repeat has the same. */
export class MailLinks {
  constructor(private readonly links: Links) {}

  /** What a mail about the recipient alone leads to; undefined where it leads nowhere of theirs. */
  personal({ kind, about, notAfter, fixed }: Writing['row'], contact: Id): string | undefined {
    const { keyId, generation } = fixed;
    const self = { id: contact, generation };
    switch (kind) {
      case 'confirmation':
        return this.links.url('confirm', self, { keyId, expires: notAfter });
      case 'me-link':
        return this.links.url('me', self, { keyId, expires: notAfter });
      case 'still-interested':
        // As long as the silence that would end it.
        return this.links.url('me', self, { keyId, expires: plus(fixed.date, ERASE_AFTER_SILENCE_DAYS * DAY) });
      case 'not-invited':
        return this.links.page(about === undefined ? 'office-hours' : `meetings/${about}`);
      case 'sign-in':
        return this.links.url('sign-in', { id: about ?? '', generation: 0 }, { keyId, expires: notAfter });
      default:
        return undefined;
    }
  }

  /** Those of a place in a meeting or booking. */
  ofPlace(
    writing: Writing,
    invitation: Pick<Invitation, 'id' | 'generation' | 'role'>,
    subject: Subject,
  ): Partial<Record<SlotName, string>> {
    const { fixed } = writing.row;
    if (subject.kind === 'booking') {
      // A visitor's links are the booking's own, as it had them before it was confirmed; its host's are the invitation's.
      const own =
        invitation.role === 'host'
          ? this.links.url('booking', invitation, { keyId: fixed.keyId })
          : this.booking(subject.id, fixed);
      return { invitation: own, join: own, unsubscribe: this.unsubscribe(writing) };
    }
    return {
      invitation: this.invitation(invitation, fixed),
      join: this.links.url('join', invitation, { keyId: fixed.keyId }),
      unsubscribe: this.unsubscribe(writing),
    };
  }

  invitation(invitation: Pick<Invitation, 'id' | 'generation'>, { keyId }: Fixed): string {
    return this.links.url('invitation', invitation, { keyId });
  }

  unsubscribe({ contact, row: { fixed } }: Writing): string {
    return this.links.url('unsubscribe', { id: contact.id, generation: fixed.generation }, { keyId: fixed.keyId });
  }

  /** A visitor's, as they had it before their booking was confirmed. */
  booking(id: Id, { keyId }: Pick<Fixed, 'keyId'>): string {
    return this.links.url('booking', { id, generation: 0 }, { keyId });
  }
}
