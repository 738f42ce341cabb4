import { createHmac, timingSafeEqual } from 'node:crypto';
import { done, refuse, type Result } from '../rules/decision.js';
import type { KeyId, KeyRing, PurposeKey } from './keys.js';

/** What a database notes of the key that writes into it: enough to know it again, nothing that leads to it. */
export interface KeyNote {
  readonly by: KeyId;
  /** HMAC-SHA-256 of a constant, under a key that is derived for nothing else; 43 characters of base64url. */
  readonly proof: string;
}

const PURPOSE = 'key-note';

/** Of the key that writes now. */
export const keyNoteOf = (ring: KeyRing): KeyNote => noteOf(ring.current(PURPOSE));

/**
 * Whether this ring reads what a database holds: it must have the key that wrote last, as its current one (`known`) or as
 * the one before (`changed`: from now on another key writes, and is to be noted).
 */
export function recognise(ring: KeyRing, note: KeyNote): Result<'known' | 'changed', 'another-key'> {
  const held = ring.find(PURPOSE, note.by);
  if (!held || !isSame(noteOf(held).proof, note.proof)) return refuse('another-key');
  return done(held.id === ring.currentId ? 'known' : 'changed');
}

const noteOf = ({ id, key }: PurposeKey): KeyNote => ({
  by: id,
  proof: createHmac('sha256', key).update('come-together').digest('base64url'),
});

function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
