import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuse } from '../rules/decision.js';
import { MINUTE, plus } from '../time/clock.js';
import { type Id, idFromBytes } from './ids.js';
import { KeyRing } from './keys.js';
import { checkLink, type Link, LINK_PURPOSES, type LinkPurpose, parseLink, writeLink } from './links.js';

const [old, fresh] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const ring = KeyRing.of(old);
const now = new Date('2027-01-12T18:00:00Z');
const id = 'AAAAAAAAAAAAAAAAAAAAAQ';
const ids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(idFromBytes);

function parsed(token: string): Link {
  const link = parseLink(token);
  if (!link.ok) throw new Error('expected a link');
  return link.value;
}

const read = (token: string, purpose: LinkPurpose, generation = 1, at = now) =>
  checkLink(ring, parsed(token), purpose, generation, at);

describe('links', () => {
  it('say which object they act on, and are the same when written again', () => {
    fc.assert(
      fc.property(
        ids,
        fc.constantFrom(...LINK_PURPOSES),
        fc.nat(),
        fc.boolean(),
        (object: Id, purpose, generation, ends) => {
          const wanted = { purpose, id: object, generation, ...(ends ? { expires: plus(now, 90_500) } : {}) };
          const token = writeLink(ring, wanted);
          expect(token).toMatch(/^[\w-]{48,54}$/);
          expect(writeLink(ring, wanted)).toBe(token);
          expect(parsed(token).id).toBe(object);
          expect(read(token, purpose, generation).ok).toBe(true);
          for (const other of LINK_PURPOSES.filter((each) => each !== purpose))
            expect(read(token, other, generation)).toEqual(refuse('wrong-purpose'));
          expect(read(token, purpose, generation + 1)).toEqual(refuse('unknown'));
        },
      ),
    );
  });

  it.each([
    ['a millisecond before its minute', plus(now, 2 * MINUTE - 1), true],
    ['on its minute', plus(now, 2 * MINUTE), false],
    ['long after', plus(now, 1e9), false],
  ])('that expire are judged %s', (_, at, ok) => {
    // 90 seconds are rounded up to two minutes.
    const token = writeLink(ring, { purpose: 'me', id, generation: 1, expires: plus(now, 90_000) });
    const result = read(token, 'me', 1, at);
    expect(result.ok).toBe(ok);
    if (!result.ok) expect(result.reason).toBe('expired');
  });

  it('that expired and were tampered with are unknown, not expired', () => {
    const token = writeLink(ring, { purpose: 'me', id, generation: 1, expires: now });
    const bytes = Buffer.from(token, 'base64url');
    bytes.writeUInt32BE(bytes.readUInt32BE(4) - 1, 4);
    expect(read(bytes.toString('base64url'), 'me')).toEqual(refuse('unknown'));
  });

  it('do nothing with any bit turned', () => {
    const bytes = Buffer.from(writeLink(ring, { purpose: 'confirm', id, generation: 1 }), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const turned = Buffer.from(bytes);
      turned.writeUInt8(turned.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(read(turned.toString('base64url'), 'confirm')).toEqual(refuse('unknown'));
    }
  });

  it.each([
    '',
    'x',
    '../../etc/passwd',
    '__proto__',
    'A'.repeat(47),
    'A'.repeat(49),
    'A'.repeat(1e6),
    '%00'.repeat(16),
  ])('that are none are unknown (%#)', (token) => {
    expect(parseLink(token)).toEqual(refuse('unknown'));
  });

  it('have one spelling', () => {
    const token = writeLink(ring, { purpose: 'me', id, generation: 1, expires: now });
    const last = token.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sameBits = alphabet[alphabet.indexOf(last) ^ 1] ?? '';
    expect(Buffer.from(token.slice(0, -1) + sameBits, 'base64url')).toEqual(Buffer.from(token, 'base64url'));
    for (const other of [token.slice(0, -1) + sameBits, `${token}=`, ` ${token}`, `${token}\n`])
      expect(parseLink(other)).toEqual(refuse('unknown'));
  });

  it('outlive a change of SECRET_KEY, and are written again with the key of the first time', () => {
    const token = writeLink(ring, { purpose: 'join', id, generation: 3 });
    const rotated = KeyRing.of(fresh, old);
    expect(checkLink(rotated, parsed(token), 'join', 3, now).ok).toBe(true);
    expect(writeLink(rotated, { purpose: 'join', id, generation: 3, keyId: ring.currentId })).toBe(token);
    expect(writeLink(rotated, { purpose: 'join', id, generation: 3 })).not.toBe(token);
    expect(checkLink(KeyRing.of(fresh), parsed(token), 'join', 3, now)).toEqual(refuse('unknown'));
  });
});
