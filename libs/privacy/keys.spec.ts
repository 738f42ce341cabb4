import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { KeyRing } from './keys.js';

const secret = () => randomBytes(32).toString('base64');

describe('the key ring', () => {
  it('writes with the current key and reads with either', () => {
    const [old, fresh] = [secret(), secret()];
    const before = KeyRing.of(old);
    const after = KeyRing.of(fresh, old);
    expect(after.currentId).not.toBe(before.currentId);
    expect(after.all('x').map(({ id }) => id)).toEqual([after.currentId, before.currentId]);
    expect(after.find('x', before.currentId)?.key.equals(before.current('x').key)).toBe(true);
    expect(KeyRing.of(fresh).find('x', before.currentId)).toBeUndefined();
  });

  it('has another key for each purpose, the same in every process', () => {
    const key = secret();
    const ring = KeyRing.of(key);
    expect(ring.current('a').key.equals(ring.current('b').key)).toBe(false);
    expect(ring.current('a').key.equals(KeyRing.of(key).current('a').key)).toBe(true);
  });

  it.each([
    ['SECRET_KEY', 'short', undefined],
    ['SECRET_KEY', randomBytes(33).toString('base64'), undefined],
    ['SECRET_KEY_PREVIOUS', secret(), randomBytes(31).toString('base64')],
  ])('names %s when it is not 32 bytes', (name, current, previous) => {
    expect(() => KeyRing.of(current, previous)).toThrow(`${name} must be 32 bytes`);
  });

  it('refuses two keys that cannot be told apart', () => {
    const key = secret();
    expect(() => KeyRing.of(key, key)).toThrow('SECRET_KEY_PREVIOUS');
  });
});
