import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from '@jest/globals';
import { expectDataFolder } from './data-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'ct-data-'));
const [loader, module] = ['../tools/typescript.mjs', 'data-folder.ts'].map(
  (path) => pathToFileURL(join(import.meta.dirname, path)).href,
);
/** Makes the same folders as the others do, when all are ready. */
const MANY_FOLDERS = `
  const { parentPort, workerData: { folder, loader, module, start } } = require('node:worker_threads');
  import(loader).then(() => import(module)).then(({ expectDataFolder }) => {
    parentPort.postMessage('ready');
    Atomics.wait(start, 0, 0);
    let end = 'done';
    for (let i = 0; i < 500; i++)
      try {
        expectDataFolder(folder + '/at-once/' + i + '/a/b');
      } catch (error) {
        end = String(error);
      }
    parentPort.postMessage(end);
  });`;
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

  it('is made by several at once, each of whom finds it', async () => {
    const start = new Int32Array(new SharedArrayBuffer(4));
    const workers = [1, 2, 3].map(
      () => new Worker(MANY_FOLDERS, { eval: true, workerData: { folder, loader, module, start } }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    Atomics.store(start, 0, 1);
    Atomics.notify(start, 0);
    const ends = await Promise.all(workers.map((worker) => once(worker, 'message')));
    expect(ends.flat()).toEqual(['done', 'done', 'done']);
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
