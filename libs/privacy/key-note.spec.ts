import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyNoteOf, recognise } from './key-note.js';
import { KeyRing } from './keys.js';

const secret = () => randomBytes(32).toString('base64');

describe('what a database notes of the key', () => {
  const [old, fresh] = [secret(), secret()];
  const note = keyNoteOf(KeyRing.of(old));

  it.each([
    ['the key that wrote', KeyRing.of(old), 'known'],
    ['that key beside the one before it', KeyRing.of(old, fresh), 'known'],
    ['a new key beside it', KeyRing.of(fresh, old), 'changed'],
  ] as const)('is known again by %s', (_, ring, value) => {
    expect(recognise(ring, note)).toEqual({ ok: true, value });
  });

  it.each([
    ['another key', KeyRing.of(fresh)],
    ['two others', KeyRing.of(fresh, secret())],
  ])('is strange to %s', (_, ring) => {
    expect(recognise(ring, note)).toEqual({ ok: false, reason: 'another-key' });
  });

  it('is strange to a key that only shares its id', () => {
    const proof = keyNoteOf(KeyRing.of(fresh)).proof;
    expect(recognise(KeyRing.of(old), { ...note, proof })).toEqual({ ok: false, reason: 'another-key' });
    expect(recognise(KeyRing.of(old), { ...note, proof: '' })).toEqual({ ok: false, reason: 'another-key' });
  });

  it('holds nothing of the key or of what is derived from it for other uses', () => {
    const ring = KeyRing.of(old);
    for (const bytes of [
      Buffer.from(old, 'base64'),
      ring.current('links').key.export(),
      ring.current('key-note').key.export(),
    ])
      expect(note.proof).not.toContain(bytes.toString('base64url').slice(0, 8));
  });
});
