import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SealBroken } from '../../libs/privacy/envelope.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { countedId } from '../../test/support/ids.js';
import { Vault } from './vault.js';

const secret = (): string => randomBytes(32).toString('base64');
const first = secret();
const id = countedId(1);
const address = 'ada@example.org';
const sealed = (place: string | null = null, ring = KeyRing.of(first)) => ({
  id,
  ...new Vault(ring).seal(id, address, place),
});

describe('the vault', () => {
  it('opens what it sealed, an address and a place', () => {
    const vault = new Vault(KeyRing.of(first));
    expect(vault.address(sealed())).toBe(address);
    expect(vault.place(sealed('Djougou'))).toBe('Djougou');
    expect(vault.place(sealed())).toBeNull();
  });

  it('holds nothing that can be read, and nothing that is the same for two who share an address', () => {
    const [one, two] = [sealed('Djougou'), sealed('Djougou')];
    for (const bytes of [one.dataKey, one.address, one.place ?? Buffer.alloc(0)])
      expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/ada|example|Djougou/);
    expect(Buffer.compare(Buffer.from(one.address), Buffer.from(two.address))).not.toBe(0);
  });

  it('opens with the previous key while keys change', () => {
    const vault = new Vault(KeyRing.of(secret(), first));
    expect(vault.address(sealed())).toBe(address);
  });

  it.each([
    ['another key outside the database', new Vault(KeyRing.of(secret())), sealed()],
    ['the data key of somebody else', new Vault(KeyRing.of(first)), { ...sealed(), dataKey: sealed().dataKey }],
    ['the row of somebody else', new Vault(KeyRing.of(first)), { ...sealed(), id: countedId(2) }],
    ['a data key that was destroyed', new Vault(KeyRing.of(first)), { ...sealed(), dataKey: new Uint8Array() }],
    ['the bytes of the place', new Vault(KeyRing.of(first)), swapped(sealed('Djougou'))],
  ])('opens nothing with %s, and does not say what it was', (_, vault, contact) => {
    const open = () => vault.address(contact);
    expect(open).toThrow(SealBroken);
    expect(open).toThrow(/^cannot open contacts\.\w+$/);
  });

  it('opens nothing when a single bit differs', () => {
    const contact = sealed();
    const bytes = Buffer.from(contact.address);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    expect(() => new Vault(KeyRing.of(first)).address({ ...contact, address: bytes })).toThrow(SealBroken);
  });
});

function swapped(contact: ReturnType<typeof sealed>): ReturnType<typeof sealed> {
  return { ...contact, address: contact.place ?? contact.address };
}
