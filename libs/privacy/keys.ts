import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Says which master key wrote something: 4 bytes of its hash, as 6 characters of base64url. */
export type KeyId = string;

export const KEY_ID_BYTES = 4;

/** A key for one purpose, and the master it came from. */
export interface PurposeKey {
  readonly id: KeyId;
  readonly key: KeyObject;
}

class Master {
  readonly id: KeyId;
  readonly #secret: Buffer;
  readonly #derived = new Map<string, KeyObject>();

  constructor(name: string, base64: string) {
    this.#secret = Buffer.from(base64, 'base64');
    if (this.#secret.length !== 32) throw new Error(`${name} must be 32 bytes in base64`);
    this.id = keyIdOf(this.#secret);
  }

  /** Kept as a KeyObject, which node:crypto uses about twice as fast as bytes. */
  key(purpose: string): KeyObject {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const bytes = hkdfSync('sha256', this.#secret, '', `come-together/${purpose}`, 32);
    const key = createSecretKey(Buffer.from(bytes));
    this.#derived.set(purpose, key);
    return key;
  }
}

/** A key id tells keys apart and nothing else: it is short, and hashed under a label of its own. */
export const keyIdOf = (secret: Buffer): KeyId =>
  createHash('sha256')
    .update('come-together/key-id')
    .update(secret)
    .digest()
    .subarray(0, KEY_ID_BYTES)
    .toString('base64url');

/**
 * The keys outside the database. The current one writes, either reads, so that SECRET_KEY can be changed while
 * SECRET_KEY_PREVIOUS still opens what was written before. Each purpose has a key of its own (HKDF-SHA-256, RFC 5869).
 * Purposes are a closed set of names in the code, never input: each is derived once and kept.
 */
export class KeyRing {
  readonly #masters: readonly [Master, ...Master[]];

  private constructor(masters: readonly [Master, ...Master[]]) {
    this.#masters = masters;
  }

  /** Throws, naming the variable, if a key is not 32 bytes of base64 or if the two cannot be told apart. */
  static of(current: string, previous?: string): KeyRing {
    const first = new Master('SECRET_KEY', current);
    if (previous === undefined) return new KeyRing([first]);
    const second = new Master('SECRET_KEY_PREVIOUS', previous);
    if (first.id === second.id) throw new Error('SECRET_KEY_PREVIOUS must differ from SECRET_KEY');
    return new KeyRing([first, second]);
  }

  /** Whether a second key still opens what it wrote. */
  get isChanging(): boolean {
    return this.#masters.length > 1;
  }

  get currentId(): KeyId {
    return this.#masters[0].id;
  }

  /** The key that writes. */
  current(purpose: string): PurposeKey {
    const [master] = this.#masters;
    return { id: master.id, key: master.key(purpose) };
  }

  /** Every key that may have written, the current one first. */
  all(purpose: string): readonly PurposeKey[] {
    return this.#masters.map((master) => ({ id: master.id, key: master.key(purpose) }));
  }

  /** The key that wrote under this id, if it is still held. */
  find(purpose: string, id: KeyId): PurposeKey | undefined {
    const master = this.#masters.find((held) => held.id === id);
    return master && { id: master.id, key: master.key(purpose) };
  }
}
