import { updateEach } from './bulk-update.js';

const UPDATES = ['a', 'b', 'c'].map((_id) => ({ filter: { _id }, update: { $set: { done: true } } }));

const answering = (modifiedCount: number) => ({ bulkWrite: () => Promise.resolve({ modifiedCount }) });

const failing = (modifiedCount: number, ...writeErrors: readonly { index: number; code: number }[]) => ({
  bulkWrite: () => Promise.reject(Object.assign(new Error('bulk'), { modifiedCount, writeErrors })),
});

describe('many updates at once', () => {
  it('tells of each that it changed something, or that all found nothing', async () => {
    expect(await updateEach(answering(3), UPDATES)).toEqual(['changed', 'changed', 'changed']);
    expect(await updateEach(answering(0), UPDATES)).toEqual(['missed', 'missed', 'missed']);
  });

  it('does not guess which of them found nothing', async () => {
    expect(await updateEach(answering(2), UPDATES)).toEqual(['unclear', 'unclear', 'unclear']);
  });

  it('knows which met a unique key, and that the others were done', async () => {
    const met = { index: 1, code: 11000 };
    expect(await updateEach(failing(2, met), UPDATES)).toEqual(['changed', 'taken', 'changed']);
    expect(await updateEach(failing(0, met), UPDATES)).toEqual(['missed', 'taken', 'missed']);
    expect(await updateEach(failing(1, met), UPDATES)).toEqual(['unclear', 'taken', 'unclear']);
  });

  it('fails when anything else went wrong, as when the connection was lost', async () => {
    await expect(updateEach(failing(2, { index: 0, code: 121 }), UPDATES)).rejects.toThrow('bulk');
    await expect(updateEach(failing(0), UPDATES)).rejects.toThrow('bulk');
  });
});
