import { Injectable } from '@nestjs/common';
import { blindIndex, blindIndexes } from '../../libs/privacy/blind-index.js';
import type { Id } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { canonicalOf, type Address } from './address.js';
import type { Contact } from './contact.js';
import { ContactsRepository } from './contacts.repository.js';
import { Vault } from './vault.js';

/** What is kept of someone who wrote to us and is no contact, to answer them: as little, and as closed, as of a contact. */
export interface StandIn extends Pick<Contact, 'id' | 'dataKey' | 'address' | 'index'> {
  readonly language: string;
}

/** Lets mails answer people who left no address on any form. */
@Injectable()
export class StandIns {
  constructor(
    private readonly contacts: ContactsRepository,
    private readonly vault: Vault,
    private readonly ring: KeyRing,
  ) {}

  make(id: Id, { address, canonical }: Address, language: string): StandIn {
    const { dataKey, address: sealed } = this.vault.seal(id, address, null);
    return { id, dataKey, address: sealed, index: blindIndex(this.ring, FIELD, canonical), language };
  }

  /** What `index` may be for an address, under each key that may have written. */
  indexes({ canonical }: Address): readonly string[] {
    return blindIndexes(this.ring, FIELD, canonical);
  }

  /** The same of a contact, while it can still be opened. */
  indexesOf(contact: Contact): readonly string[] {
    return blindIndexes(this.ring, FIELD, canonicalOf(this.vault.address(contact)));
  }

  /** Whether the owner of an address wished to hear nothing ever again. */
  isBlocked({ canonical }: Address): Promise<boolean> {
    return this.contacts.isBlocked(blindIndexes(this.ring, 'blocked', canonical));
  }

  asContact(standIn: StandIn): Contact {
    return {
      ...standIn,
      status: 'confirmed',
      timeZone: 'UTC',
      region: null,
      country: null,
      place: null,
      wants: [],
      wishes: [],
      unsubscribed: false,
      pausedUntil: null,
      suppressed: false,
      generation: 0,
      asked: 0,
      keepBlocked: false,
    };
  }
}

/** Keyed apart from that of contacts: nothing joins someone who wrote once to someone who signs up later. */
const FIELD = 'correspondent';
