import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { letGoOfStart } from './starting.js';

const root = join(import.meta.dirname, '..');

it('gives back what nobody uses any more, and nothing else', async () => {
  const used = { text: 'in use' };
  const held = new WeakRef(used);
  const left = new WeakRef({ text: 'left from the start' });
  // A reference that was just made keeps its object until the turn is over.
  await new Promise(setImmediate);
  letGoOfStart(1);
  // Timers of one length go off in their order.
  await new Promise((done) => setTimeout(done, 1));
  expect(left.deref()).toBeUndefined();
  expect(held.deref()).toBe(used);
});

it('asks for slow growth in words that this Node knows: it throws for no option, and says only so', () => {
  const program = `import { growSlowly } from ${JSON.stringify(join(root, 'src', 'starting.ts'))}; growSlowly();`;
  const loader = ['--no-warnings', '--import', join(root, 'tools', 'typescript.mjs')];
  const { status, stderr } = spawnSync(process.execPath, [...loader, '--input-type=module', '-e', program]);
  expect([status, stderr.toString()]).toEqual([0, '']);
});
