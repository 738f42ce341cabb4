import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  keyIdIn,
  newDataKey,
  open,
  openText,
  openWithRing,
  seal,
  SEAL_OVERHEAD,
  SealBroken,
  sealWithRing,
  unwrapKey,
  wrapKey,
} from './envelope.js';
import { KeyRing } from './keys.js';

const [old, fresh] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const ring = KeyRing.of(old);
const rotated = KeyRing.of(fresh, old);
const place = { collection: 'contacts', id: 'AAAAAAAAAAAAAAAAAAAAAA', field: 'address' };
const keyPlace = { ...place, field: 'key' };

describe('sealed values', () => {
  it('open with the data key, which opens with the ring', () => {
    const { key, wrapped } = newDataKey(ring, keyPlace);
    const sealed = seal(key, 'afi@example.org', place);
    expect(openText(unwrapKey(ring, wrapped, keyPlace), sealed, place)).toBe('afi@example.org');
    expect(sealed.length).toBe('afi@example.org'.length + SEAL_OVERHEAD);
  });

  it('are never the same bytes twice', () => {
    const { key } = newDataKey(ring, keyPlace);
    expect(seal(key, 'a', place).equals(seal(key, 'a', place))).toBe(false);
  });

  it.each([
    ['another collection', { ...place, collection: 'people' }],
    ['another id', { ...place, id: 'BBBBBBBBBBBBBBBBBBBBBA' }],
    ['another field', { ...place, field: 'region' }],
  ])('do not open in %s', (_, elsewhere) => {
    const { key } = newDataKey(ring, keyPlace);
    expect(() => open(key, seal(key, 'a', place), elsewhere)).toThrow(SealBroken);
  });

  it("do not open with someone else's key, or with a ring that never knew theirs", () => {
    const { key, wrapped } = newDataKey(ring, keyPlace);
    expect(() => open(newDataKey(ring, keyPlace).key, seal(key, 'a', place), place)).toThrow(SealBroken);
    expect(() => unwrapKey(KeyRing.of(fresh), wrapped, keyPlace)).toThrow(SealBroken);
  });

  it('do not open with any bit turned or any byte cut off, and the error holds nothing of them', () => {
    const { key } = newDataKey(ring, keyPlace);
    const sealed = seal(key, 'afi@example.org', place);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const turned = Buffer.from(sealed);
      turned.writeUInt8(turned.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => open(key, turned, place)).toThrow(new SealBroken(place));
    }
    for (let length = 0; length < sealed.length; length++)
      expect(() => open(key, sealed.subarray(0, length), place)).toThrow(SealBroken);
  });

  it('cannot be bound to a place that reads like another', () => {
    expect(() => sealWithRing(ring, 'rooms', 'x', { collection: 'a|b', id: 'c', field: 'd' })).toThrow('no |');
  });

  it('open again, whatever they hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const sealed = sealWithRing(ring, 'rooms', Buffer.from(bytes), place);
        expect(openWithRing(ring, 'rooms', new Uint8Array(sealed), place).equals(bytes)).toBe(true);
        expect(() => openWithRing(ring, 'feedback', sealed, place)).toThrow(SealBroken);
      }),
    );
  });
});

describe('changing SECRET_KEY', () => {
  it('keeps what was sealed before readable, and carries a wrapped key over', () => {
    const { key, wrapped } = newDataKey(ring, keyPlace);
    const sealed = seal(key, 'afi@example.org', place);
    const carried = wrapKey(rotated, unwrapKey(rotated, wrapped, keyPlace), keyPlace);
    expect(keyIdIn(wrapped)).toBe(ring.currentId);
    expect(keyIdIn(carried)).toBe(rotated.currentId);
    expect(openText(unwrapKey(KeyRing.of(fresh), carried, keyPlace), sealed, place)).toBe('afi@example.org');
  });
});
