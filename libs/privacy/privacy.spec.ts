import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { blindIndex, blindIndexes } from './blind-index.js';
import { ErasureLog, readErasures } from './erasure-log.js';
import { idInUid, Ids, isId, uidOf } from './ids.js';
import { KeyRing } from './keys.js';
import { marker, newMarkerSecret } from './marker.js';
import { RateKeys } from './rate-key.js';

const [old, fresh] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const ring = KeyRing.of(old);

describe('blind indexes', () => {
  it('find the same value in the same field only', () => {
    expect(blindIndex(ring, 'address', 'a@b.example')).toBe(blindIndex(ring, 'address', 'a@b.example'));
    expect(blindIndex(ring, 'address', 'a@b.example')).not.toBe(blindIndex(ring, 'blocked', 'a@b.example'));
    expect(blindIndex(ring, 'address', 'a@b.example')).toMatch(/^[\w-]{43}$/);
  });

  it('still find what the previous key wrote', () => {
    const written = blindIndex(ring, 'address', 'a@b.example');
    const rotated = KeyRing.of(fresh, old);
    expect(blindIndexes(rotated, 'address', 'a@b.example')).toEqual([
      blindIndex(rotated, 'address', 'a@b.example'),
      written,
    ]);
  });
});

describe('markers', () => {
  it('count an invitation once in its meeting, and say nothing about the next', () => {
    const [first, second] = [newMarkerSecret(), newMarkerSecret()];
    expect(marker(first, 'i')).toBe(marker(first, 'i'));
    expect(marker(first, 'i')).not.toBe(marker(first, 'j'));
    expect(marker(first, 'i')).not.toBe(marker(second, 'i'));
  });
});

describe('rate keys', () => {
  const morning = new Date('2027-01-12T00:00:00Z');
  const evening = new Date('2027-01-12T23:59:59.999Z');
  const nextDay = new Date('2027-01-13T00:00:00Z');

  it('are the same all day in every process, and others the next day', () => {
    const keys = new RateKeys(ring);
    const key = keys.keyFor('192.0.2.7', morning);
    expect(keys.keyFor('192.0.2.7', evening)).toBe(key);
    expect(new RateKeys(KeyRing.of(old)).keyFor('192.0.2.7', evening)).toBe(key);
    expect(keys.keyFor('192.0.2.8', morning)).not.toBe(key);
    expect(keys.keyFor('192.0.2.7', nextDay)).not.toBe(key);
    expect(new RateKeys(KeyRing.of(fresh)).keyFor('192.0.2.7', morning)).not.toBe(key);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['2001:db8:1:2::1', '2001:0DB8:0001:0002:0:0:0:9', true],
    ['2001:db8::1', '2001:db8:0:0:5::', true],
    ['fe80::1', 'fe80::2%eth0', true],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7:4001', '192.0.2.7:4002', true],
    ['192.0.2.7:4001', '192.0.2.7', true],
    ['[2001:db8:1:2::1]:4001', '2001:db8:1:2::9', true],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::9', true],
    ['192.0.2.7:4001', '192.0.2.8:4001', false],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.8', false],
    ['192.0.2.7', '192.0.2.8', false],
  ])('are of a network, as nobody has one IPv6 address alone: %s and %s', (one, other, same) => {
    const keys = new RateKeys(ring);
    expect(keys.keyFor(one, morning) === keys.keyFor(other, morning)).toBe(same);
  });
});

describe('the erasure log', () => {
  const ids = new Ids();
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'erasures-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is empty before the first erasure', async () => {
    expect(await readErasures(new ErasureLog(join(folder, 'not-yet')).file)).toEqual([]);
  });

  it('keeps every id that many write at once, readable by the owner only', async () => {
    const log = new ErasureLog(join(folder, 'data'));
    const erased = Array.from({ length: 50 }, () => ids.next());
    await Promise.all(
      erased.map((id, index) => new ErasureLog(join(folder, 'data')).append({ id, keepBlocked: index % 2 === 0 })),
    );
    const kept = new Map((await readErasures(log.file)).map(({ id, keepBlocked }) => [id, keepBlocked]));
    expect(kept).toEqual(new Map(erased.map((id, index) => [id, index % 2 === 0])));
    expect((await stat(log.file)).mode & 0o077).toBe(0);
  });

  it('passes over a line that a power cut tore', async () => {
    const log = new ErasureLog(folder);
    const [first, second] = [ids.next(), ids.next()];
    await log.append({ id: first, keepBlocked: false });
    await appendFile(log.file, first.slice(0, 9));
    await log.append({ id: second, keepBlocked: true });
    expect(await readErasures(log.file)).toEqual([
      { id: first, keepBlocked: false },
      { id: second, keepBlocked: true },
    ]);
  });
});

describe('ids', () => {
  it('are recognised, and nothing else is', () => {
    const ids = new Ids();
    for (let i = 0; i < 1_000; i++) expect(isId(ids.next())).toBe(true);
    for (const text of ['', 'x'.repeat(22), `${ids.next()}A`, ids.next().slice(1), '../'.repeat(7) + 'A'])
      expect(isId(text)).toBe(false);
  });

  it('are UIDs of calendar entries too, in letters of one case', () => {
    const id = new Ids().next();
    const uid = uidOf(id);
    expect(uid).toMatch(/^[\da-f]{32}$/);
    for (const given of [uid, uid.toUpperCase(), `${uid}@calendar.example`]) expect(idInUid(given)).toBe(id);
    // As they were once.
    for (const given of [id, `${id}@calendar.example`]) expect(idInUid(given)).toBe(id);
    for (const given of ['', `x${id}`, uid.slice(1), `${uid}0`, `${uid} `, `x${uid}`, '__proto__'])
      expect(idInUid(given)).toBeUndefined();
  });
});
