import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { openWithRing, sealWithRing } from '../../libs/privacy/envelope.js';
import type { Id } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { pad, unpad } from './padding.js';

const PURPOSE = 'feedback';

/** Lists of forms or answers as the database may hold them: padded, then sealed for the document that they stand in. */
@Injectable()
export class SealedLists {
  constructor(private readonly ring: KeyRing) {}

  seal(collection: string, id: Id, items: readonly unknown[]): Buffer {
    return sealWithRing(this.ring, PURPOSE, pad(items), { collection, id, field: 'sealed' });
  }

  /** Throws SealBroken. What opens was written by this class: the caller knows what it sealed. */
  open(collection: string, id: Id, sealed: mongo.Binary | Buffer): readonly unknown[] {
    const bytes = Buffer.isBuffer(sealed) ? sealed : sealed.buffer;
    return unpad(openWithRing(this.ring, PURPOSE, bytes, { collection, id, field: 'sealed' })) as readonly unknown[];
  }
}
