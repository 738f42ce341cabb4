import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { linkIn, showInterest } from '../support/journeys.js';
import { projectRoot } from '../support/parts.js';
import { Product } from '../support/product.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** What was built, without the modules and packages that it was built of. */
function builtAlone(...paths: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ct-bundle-'));
  folders.push(folder);
  for (const path of ['src/main.js', 'src/worker.js', 'src/bundle.js', ...paths])
    cpSync(join(projectRoot, 'dist', path), join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

it('serves, queues and sends from two files, with nothing beside them but texts and assets', async () => {
  const product = await Product.start({ built: builtAlone('bundle', 'src/assets', 'src/texts') });
  try {
    const visitor = product.visitor('fr');
    const home = await visitor.open('/');
    expect(home.language).toBe('fr');
    const style = /\/assets\/style\.\w+\.css/.exec(home.body)?.[0] ?? '';
    expect((await visitor.send(style)).status).toBe(200);
    expect((await visitor.send('/api/openapi.json')).json()).toHaveProperty('openapi', '3.1.0');

    const awa = await showInterest(product, { email: 'awa@copargo.example' });
    const mail = await product.mailbox.waitForMailTo('awa@copargo.example');
    await awa.open(linkIn(mail, 'confirm'));
    expect((await awa.submit()).status).toBe(200);
  } finally {
    await product.stop();
  }
});

it.each(['web-process', 'worker-process'])('%s imports nothing, as a script cannot', (name) => {
  const source = readFileSync(join(projectRoot, 'dist', 'bundle', `${name}.cjs`), 'latin1');
  expect(source.split('\n').filter((line) => /^[^*/]*\bimport\(/.test(line))).toEqual([]);
});

/** What is said of an error on the second line of a bundle. */
function failing(more: Readonly<Record<string, string>>): string {
  const folder = builtAlone();
  const bundle = join(folder, 'bundle', 'web-process.cjs');
  mkdirSync(join(folder, 'bundle'));
  writeFileSync(bundle, '(function (exports) {\nexports.start = async function start() { throw new Error("no") };\n})');
  for (const [suffix, content] of Object.entries(more)) writeFileSync(`${bundle}${suffix}`, content);
  return spawnSync(process.execPath, [join(folder, 'src', 'main.js')], { encoding: 'utf8' }).stderr;
}

it('names our files and lines where it fails, and does not mind what another Node has compiled', () => {
  // The second line of the bundle is the fifth of its source.
  const map = { version: 3, sources: ['../../src/a.ts'], names: [], mappings: ';AAIA' };
  const said = failing({ '.map': JSON.stringify(map), '.compiled': 'something else' });
  expect(said).toContain('Error: no\n');
  expect(said).toMatch(/at (\w+\.)?start \(.*\/src\/a\.ts:5\)\n/);
});

it('tells of an error all the same while its map is away, or half written', () => {
  for (const said of [failing({}), failing({ '.map': '{"version":3,' })]) {
    expect(said).toContain('Error: no\n');
    expect(said).toMatch(/at (\w+\.)?start \(.*\/web-process\.cjs:2:\d+\)\n/);
  }
});
