import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** 16 random bytes as 22 characters of base64url. Not an ObjectId or UUIDv7, as these carry the time of their making. */
export type Id = string;

/** Where ids come from; tests provide a counted one. */
@Injectable()
export class Ids {
  next(): Id {
    for (;;) {
      const id = randomBytes(16).toString('base64url');
      // BullMQ takes ids as job names and refuses those that are all digits.
      if (!/^\d+$/.test(id)) return id;
    }
  }
}

export const isId = (text: string): boolean => /^[\w-]{21}[AQgw]$/.test(text);

export const idBytes = (id: Id): Buffer => Buffer.from(id, 'base64url');
export const idFromBytes = (bytes: Uint8Array): Id => Buffer.from(bytes).toString('base64url');

/** The same 16 bytes as UID of a calendar entry: some programs give it back in capitals or small letters alone. */
export const uidOf = (id: Id): string => idBytes(id).toString('hex');

/**
 * The id that a UID is of, in letters of either case; some calendars put the name of a host behind it. Entries that were
 * sent before have the id as it is.
 */
export function idInUid(uid: string): Id | undefined {
  const [own = ''] = uid.split('@', 1);
  if (/^[\da-f]{32}$/i.test(own)) return idFromBytes(Buffer.from(own, 'hex'));
  return isId(own) ? own : undefined;
}
