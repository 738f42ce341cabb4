import { Injectable } from '@nestjs/common';
import type { LinkPurpose } from '../../libs/privacy/links.js';
import { brokenLink, type WayOn } from '../../libs/web/problem.js';
import { Links } from '../links.js';
import { type Contact, feedOf } from './contact.js';
import { ContactsService } from './contacts.service.js';

/** An address that was not confirmed in time is forgotten: no link can be asked for under it. */
const SIGN_UP_AGAIN: WayOn = { path: '/get-involved', label: 'site.home.get-involved' };

/** Finds whose link it is. */
@Injectable()
export class ContactLinks {
  constructor(
    private readonly links: Links,
    private readonly contacts: ContactsService,
  ) {}

  /** Ends with a kind page for any link that does not lead to a contact, an erased one's among them. */
  async open(purpose: LinkPurpose, token: string): Promise<Contact> {
    const opened = await this.links.open(purpose, token, (id) => this.contacts.get(id));
    if (!opened.ok) throw purpose === 'confirm' ? brokenLink(SIGN_UP_AGAIN) : brokenLink();
    return opened.value.found;
  }

  /** The absolute address of the contact's private feed. */
  feed(contact: Contact): string {
    return `${this.links.url('feed', feedOf(contact))}.ics`;
  }
}
