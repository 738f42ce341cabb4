import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import type { Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { plus } from '../../libs/time/clock.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { whatGoesOut } from '../invitations/what-goes-out.js';
import { Correspondents } from './correspondents.js';
import { DeliveriesService } from './deliveries.service.js';

/** How often an erasure looks whether its CANCELs have gone out, in milliseconds. */
const LOOK_AGAIN = 5_000;

/** Erasing: after the last CANCEL, or when its hour is over, everything about a contact goes. */
@Injectable()
export class ErasuresHandlers {
  constructor(
    private readonly contacts: ContactsService,
    private readonly invitations: InvitationsService,
    private readonly deliveries: DeliveriesService,
    private readonly correspondents: Correspondents,
    private readonly clock: DatabaseClock,
  ) {}

  @Handles('deliveries.erase', 'contact.erasing')
  async erase(contact: Id, entry: Entry): Promise<NextPage> {
    const now = this.clock.now();
    const until = entry.data['until'];
    if (until instanceof Date && until > now && (await this.isSaying(contact))) {
      // A place may have been made since all were given up, by an announcement that had looked before.
      await this.invitations.leaveAll(contact);
      const next = plus(now, LOOK_AGAIN);
      return { later: next < until ? next : until };
    }
    // Here and not beside it, as it takes the address to find what was written before it was left.
    const going = await this.contacts.get(contact);
    if (going) await this.correspondents.forget(going);
    // The contact before what was made for it: what is made meanwhile is then forgotten here, or by the mailer.
    await this.contacts.destroy(contact);
    await this.invitations.forgetContact(contact);
    await this.deliveries.forgetContact(contact);
    await this.contacts.removeDestroyed(contact, entry.id);
    return undefined;
  }

  /**
   * True while a place is still to be given up, or a mail that takes it out of a calendar is still to be made or sent. Looks
   * down the stream, so that what passes from one to the next meanwhile is seen at one of them.
   */
  private async isSaying(contact: Id): Promise<boolean> {
    const places = await this.invitations.placesOf(contact);
    if (await this.invitations.isLeaving(contact, places)) return true;
    for (const { invitation, subject } of places) {
      const isOff = subject.status === 'cancelled' && subject.end > this.clock.now();
      if (isOff && whatGoesOut(subject, invitation) && !(await this.deliveries.isTold(invitation, subject)))
        return true;
    }
    return this.deliveries.hasOpen(contact);
  }
}
