import { Injectable } from '@nestjs/common';
import {
  keyIdIn,
  newDataKey,
  openText,
  seal,
  unwrapKey,
  wrapKey,
  type SealedPlace,
} from '../../libs/privacy/envelope.js';
import type { Id } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import type { Contact } from './contact.js';
import { CONTACTS } from './contacts.schema.js';

type Sealed = Pick<Contact, 'id' | 'dataKey' | 'address' | 'place'>;

/**
 * The only code that opens an address. Its callers are deliveries, at the moment of sending, and the owner's own page:
 * an architecture test holds them to that.
 */
@Injectable()
export class Vault {
  constructor(private readonly ring: KeyRing) {}

  /** Seals an address (and a typed place) under a key of its own. */
  seal(id: Id, address: string, place: string | null): Pick<Contact, 'dataKey' | 'address' | 'place'> {
    const { key, wrapped } = newDataKey(this.ring, at(id, 'dataKey'));
    return {
      dataKey: wrapped,
      address: seal(key, address, at(id, 'address')),
      place: place === null ? null : seal(key, place, at(id, 'place')),
    };
  }

  /** Whether the key that wraps this contact's own is the one that writes now. */
  isCurrent({ dataKey }: Pick<Contact, 'dataKey'>): boolean {
    return keyIdIn(dataKey) === this.ring.currentId;
  }

  /** The contact's key, wrapped by the one that writes now; what it seals stays as it is. Throws SealBroken. */
  rewrapped({ id, dataKey }: Pick<Contact, 'id' | 'dataKey'>): Buffer {
    const place = at(id, 'dataKey');
    return wrapKey(this.ring, unwrapKey(this.ring, dataKey, place), place);
  }

  /** Throws SealBroken when the bytes are not what was sealed here. */
  address(contact: Sealed): string {
    return openText(
      unwrapKey(this.ring, contact.dataKey, at(contact.id, 'dataKey')),
      contact.address,
      at(contact.id, 'address'),
    );
  }

  /** The place as it was typed, where it is no region that ships with the product. */
  place(contact: Sealed): string | null {
    if (contact.place === null) return null;
    return openText(
      unwrapKey(this.ring, contact.dataKey, at(contact.id, 'dataKey')),
      contact.place,
      at(contact.id, 'place'),
    );
  }
}

const at = (id: Id, field: string): SealedPlace => ({ collection: CONTACTS, id, field });
