import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { expectDataFolder } from './data-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'ct-data-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the data folder', () => {
  it('is made with those above it, for its owner only, and may be there already', () => {
    const path = join(folder, 'a', 'b');
    expectDataFolder(path);
    expectDataFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('is refused where a file stands in its way', () => {
    writeFileSync(join(folder, 'file'), '');
    for (const path of [join(folder, 'file', 'data'), join(folder, 'file')])
      expect(() => {
        expectDataFolder(path);
      }).toThrow(`DATA_DIR: ${path} cannot be used: `);
  });

  it('is refused where the system takes no files', () => {
    for (const path of ['/proc/come-together', '/proc/come-together/data/deep'])
      expect(() => {
        expectDataFolder(path);
      }).toThrow(`DATA_DIR: ${path} cannot be used: `);
  });
});
