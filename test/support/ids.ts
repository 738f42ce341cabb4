import { type Id, idFromBytes, Ids } from '../../libs/privacy/ids.js';

/** Ids in the order of counting, so that a test can name them: `countedId(1)` is the first. */
export class CountedIds extends Ids {
  private count = 0;

  override next(): Id {
    this.count += 1;
    return countedId(this.count);
  }
}

export function countedId(number: number): Id {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(number, 12);
  return idFromBytes(bytes);
}
