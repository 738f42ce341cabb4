import { expect, it } from '@jest/globals';
import { letGoOfStart } from './starting.js';

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
