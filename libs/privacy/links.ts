import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { MINUTE } from '../time/clock.js';
import { done, refuse, type Result } from '../rules/decision.js';
import { type Id, idBytes, idFromBytes, isId } from './ids.js';
import { KEY_ID_BYTES, type KeyId, type KeyRing } from './keys.js';

/** What a link may do. A token for one purpose does nothing for another. */
export const LINK_PURPOSES = [
  'confirm',
  'invitation',
  'join',
  'unsubscribe',
  'me',
  'sign-in',
  'booking',
  'feed',
  'queue',
] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** What a link says of itself. Nothing of it is believed before checkLink. */
export interface Link {
  readonly id: Id;
  readonly expires?: Date;
  readonly keyId: KeyId;
  readonly mac: Buffer;
}

export interface LinkToWrite {
  readonly purpose: LinkPurpose;
  readonly id: Id;
  /** Raising the object's generation revokes every link written before. */
  readonly generation: number;
  /** Full minutes; a part of one is rounded up. */
  readonly expires?: Date;
  /** The key that a mail was first written with, so that a repeat is byte-identical after SECRET_KEY changed. */
  readonly keyId?: KeyId;
}

const ID_BYTES = 16;
const EXPIRY_BYTES = 4;
const MAC_BYTES = 16;
const PLAIN = KEY_ID_BYTES + ID_BYTES + MAC_BYTES;
const EXPIRING = PLAIN + EXPIRY_BYTES;

/**
 * Writes a token: base64url of key id, expiry (4 bytes, minutes since 1970, if any), object id and MAC; 48 or 54
 * characters. The same input gives the same token. If the key asked for is no longer held, the current one writes.
 */
export function writeLink(ring: KeyRing, { purpose, id, generation, expires, keyId }: LinkToWrite): string {
  if (!isId(id)) throw new Error('a link needs an id of 16 bytes');
  const writer = (keyId === undefined ? undefined : ring.find('links', keyId)) ?? ring.current('links');
  const head = headOf(writer.id, id, expires);
  return Buffer.concat([head, macOf(writer.key, purpose, generation, head)]).toString('base64url');
}

/** Reads what a token says; costs no key and no look-up. */
export function parseLink(token: string): Result<Link, 'unknown'> {
  if (token.length > 64) return refuse('unknown');
  const bytes = Buffer.from(token, 'base64url');
  // Written again, it must be the same: one link has one spelling.
  if (bytes.toString('base64url') !== token) return refuse('unknown');
  if (bytes.length !== PLAIN && bytes.length !== EXPIRING) return refuse('unknown');
  const expires =
    bytes.length === EXPIRING ? { expires: new Date(bytes.readUInt32BE(KEY_ID_BYTES) * MINUTE) } : undefined;
  const macAt = bytes.length - MAC_BYTES;
  return done({
    keyId: bytes.toString('base64url', 0, KEY_ID_BYTES),
    ...expires,
    id: idFromBytes(bytes.subarray(macAt - ID_BYTES, macAt)),
    mac: bytes.subarray(macAt),
  });
}

/**
 * Verifies a parsed link in constant time with the generation of the object that it names; the MAC before the expiry, so
 * that only a link of ours is ever called expired. `wrong-purpose`: a link of ours for the same object and generation,
 * meant for another page. An object that does not exist is the caller's `unknown`.
 */
export function checkLink(
  ring: KeyRing,
  link: Link,
  purpose: LinkPurpose,
  generation: number,
  now: Date,
): Result<Link, 'unknown' | 'expired' | 'wrong-purpose'> {
  const writer = ring.find('links', link.keyId);
  if (!writer) return refuse('unknown');
  const head = headOf(link.keyId, link.id, link.expires);
  const written = LINK_PURPOSES.filter((each) => timingSafeEqual(macOf(writer.key, each, generation, head), link.mac));
  if (written.length === 0) return refuse('unknown');
  if (!written.includes(purpose)) return refuse('wrong-purpose');
  return link.expires && link.expires <= now ? refuse('expired') : done(link);
}

function headOf(keyId: KeyId, id: Id, expires: Date | undefined): Buffer {
  const until = Buffer.alloc(expires ? EXPIRY_BYTES : 0);
  if (expires) until.writeUInt32BE(Math.ceil(expires.getTime() / MINUTE));
  return Buffer.concat([Buffer.from(keyId, 'base64url'), until, idBytes(id)]);
}

function macOf(key: KeyObject, purpose: LinkPurpose, generation: number, head: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(`${purpose}|${String(generation)}|`)
    .update(head)
    .digest()
    .subarray(0, MAC_BYTES);
}
