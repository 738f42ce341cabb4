import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { KEY_ID_BYTES, type KeyId, keyIdOf, type KeyRing, type PurposeKey } from './keys.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What sealing adds to a plaintext: key id, nonce and tag. */
export const SEAL_OVERHEAD = KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/** Where a sealed value belongs. It is bound to this place, so that copied elsewhere it does not open. */
export interface SealedPlace {
  readonly collection: string;
  readonly id: string;
  readonly field: string;
}

/** The key of one contact. Destroying its wrapped form is what erasing means. */
export interface DataKey {
  readonly id: KeyId;
  readonly key: KeyObject;
}

/** The bytes were changed, moved from another place, or written by a key that is not held. Says nothing of the content. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';

  constructor(place: SealedPlace) {
    super(`cannot open ${place.collection}.${place.field}`);
  }
}

const WRAPPING = 'wrap';

/** A fresh data key and its wrapped form, which is all that the database may hold of it. */
export function newDataKey(ring: KeyRing, place: SealedPlace): { key: DataKey; wrapped: Buffer } {
  const secret = randomBytes(32);
  const key = dataKeyOf(secret);
  return { key, wrapped: sealWith(ring.current(WRAPPING), secret, place) };
}

/** Wraps with the current key; how a key wrapped by the previous one is carried over. */
export const wrapKey = (ring: KeyRing, key: DataKey, place: SealedPlace): Buffer =>
  sealWith(ring.current(WRAPPING), key.key.export(), place);

/** Throws SealBroken. */
export const unwrapKey = (ring: KeyRing, wrapped: Uint8Array, place: SealedPlace): DataKey =>
  dataKeyOf(openWithRing(ring, WRAPPING, wrapped, place));

/** AES-256-GCM with a random nonce; the layout is key id, nonce, ciphertext, tag. */
export const seal = (key: DataKey, plaintext: string | Buffer, place: SealedPlace): Buffer =>
  sealWith(key, plaintext, place);

/** Throws SealBroken. */
export function open(key: DataKey, sealed: Uint8Array, place: SealedPlace): Buffer {
  if (keyIdIn(sealed) !== key.id) throw new SealBroken(place);
  return openWith(key, sealed, place);
}

/** As open, for what was sealed from a string. Throws SealBroken. */
export const openText = (key: DataKey, sealed: Uint8Array, place: SealedPlace): string =>
  open(key, sealed, place).toString('utf8');

/** For what belongs to no contact (rooms, waiting forms): sealed by the ring's current key for this purpose. */
export const sealWithRing = (ring: KeyRing, purpose: string, plaintext: string | Buffer, place: SealedPlace): Buffer =>
  sealWith(ring.current(purpose), plaintext, place);

/** Opens what either key of the ring sealed. Throws SealBroken. */
export function openWithRing(ring: KeyRing, purpose: string, sealed: Uint8Array, place: SealedPlace): Buffer {
  const key = ring.find(purpose, keyIdIn(sealed));
  if (!key) throw new SealBroken(place);
  return openWith(key, sealed, place);
}

/** The id of the key that sealed these bytes; other than ring.currentId, it waits to be sealed anew. */
export const keyIdIn = (sealed: Uint8Array): KeyId =>
  Buffer.from(sealed.subarray(0, KEY_ID_BYTES)).toString('base64url');

const dataKeyOf = (secret: Buffer): DataKey => ({ id: keyIdOf(secret), key: createSecretKey(secret) });

function sealWith({ id, key }: PurposeKey, plaintext: string | Buffer, place: SealedPlace): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(place, id));
  const text = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
  return Buffer.concat([Buffer.from(id, 'base64url'), nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function openWith({ id, key }: PurposeKey, sealed: Uint8Array, place: SealedPlace): Buffer {
  if (sealed.length < SEAL_OVERHEAD) throw new SealBroken(place);
  const nonce = sealed.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(place, id)).setAuthTag(tag);
  try {
    const text = decipher.update(sealed.subarray(KEY_ID_BYTES + NONCE_BYTES, sealed.length - TAG_BYTES));
    return Buffer.concat([text, decipher.final()]);
  } catch {
    throw new SealBroken(place);
  }
}

function boundTo({ collection, id, field }: SealedPlace, keyId: KeyId): Buffer {
  const parts = [collection, id, field, keyId];
  // A bar inside a part would let two places read the same.
  if (parts.some((part) => part.includes('|'))) throw new Error('the place of a sealed value holds no |');
  return Buffer.from(parts.join('|'), 'utf8');
}
