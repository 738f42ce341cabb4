import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { type OwnPart, startOwnStore } from '../../support/parts.js';
import { dialTo, message, Replies } from './messages.js';

/** In megabytes, for the whole process, whatever is asked of it. */
const MOST = 600;

/** A store for each case, as what counts is the most that it ever held. */
let store: OwnPart;
let client: mongo.MongoClient;

beforeEach(async () => {
  store = await startOwnStore();
  client = await mongo.MongoClient.connect(store.url(), { maxPoolSize: 60 });
});

afterEach(async () => {
  await client.close();
  await store.close();
});

const dial = (count: number): Socket[] => Array.from({ length: count }, () => dialTo(store.url()));

/** The system lets only some hundreds wait for being taken. */
async function dialled(count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = dial(Math.min(50, count - sockets.length));
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    await stillAnswers();
    sockets.push(...some);
  }
  return sockets;
}

const stillAnswers = async (): Promise<void> => {
  expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
};

/** Documents of so many megabytes. */
async function filled(name: string, count: number, megabytes: number): Promise<void> {
  const text = 'x'.repeat(megabytes * 1_000_000);
  for (let _id = 0; _id < count; _id++)
    await client
      .db('wire')
      .collection<{ _id: number }>(name)
      .insertOne({ _id, ...{ text } });
}

describe('memory stays within bounds', () => {
  it('when readers do not read: each is made to wait, within bounds, and keeps nobody else waiting', async () => {
    await filled('slow', 12, 1);
    const sockets = dial(60).map((socket) => socket.pause());
    const asked = 20;
    for (const socket of sockets)
      for (let n = 0; n < asked; n++) socket.write(message({ find: 'slow', batchSize: 12 }));
    for (let n = 0; n < 50; n++) await stillAnswers();
    expect(mostMegabytesOf(store)).toBeLessThan(MOST);
    const [patient] = sockets as [Socket];
    const replies = new Replies(patient);
    patient.resume();
    await replies.first(asked);
    // Under pressure batches may be smaller, never empty.
    for (const { body } of replies.all)
      expect((body['cursor'] as { firstBatch: unknown[] }).firstBatch.length).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
    await stillAnswers();
    expect(mostMegabytesOf(store)).toBeLessThan(MOST);
  });

  it('when very large documents are asked for and nobody reads', async () => {
    await filled('large', 4, 14);
    const sockets = dial(80).map((socket) => socket.pause());
    for (const [n, socket] of sockets.entries())
      for (const command of [
        { find: 'large', filter: { _id: n % 4 } },
        { findAndModify: 'large', query: { _id: n % 4 }, update: { $inc: { n: 1 } } },
      ])
        socket.write(message(command));
    for (let n = 0; n < 30; n++) await stillAnswers();
    expect(mostMegabytesOf(store)).toBeLessThan(MOST);
    for (const socket of sockets) socket.destroy();
  });

  it('when many read very large documents at once, all of whom get them', async () => {
    await filled('read', 3, 14);
    const readers = dial(30).map((socket) => new Replies(socket));
    for (const { socket } of readers) socket.write(message({ find: 'read', batchSize: 1 }));
    await Promise.all(readers.map((replies) => replies.first(1)));
    for (const { all } of readers)
      expect(all).toMatchObject([{ body: { ok: 1, cursor: { firstBatch: [{ _id: 0 }] } } }]);
    expect(mostMegabytesOf(store)).toBeLessThan(MOST);
    for (const { socket } of readers) socket.destroy();
  });

  it('when a thousand connections send almost all of a message', async () => {
    const bytes = message({ insert: 'half', documents: [{ text: 'x'.repeat(1_000_000) }] });
    const sockets = await dialled(1_000);
    for (const socket of sockets) socket.write(bytes.subarray(0, -3));
    for (let n = 0; n < 30; n++) await stillAnswers();
    expect(mostMegabytesOf(store)).toBeLessThan(MOST);
    for (const socket of sockets) socket.destroy();
    await stillAnswers();
  });

  it('when many have written very large documents and stay connected', async () => {
    const text = 'x'.repeat(14_000_000);
    const rows = client.db('wire').collection<{ _id: number; n: number }>('written');
    await Promise.all(Array.from({ length: 50 }, (_, _id) => rows.insertOne({ _id, n: 0, ...{ text } })));
    await Promise.all(Array.from({ length: 50 }, (_, _id) => rows.updateOne({ _id: _id % 4 }, { $inc: { n: 1 } })));
    expect(mostMegabytesOf(store)).toBeLessThan(MOST);
    expect(await rows.countDocuments({ n: { $gt: 0 } })).toBe(4);
  });

  it('when all of this happens at once', async () => {
    const rows = client.db('wire').collection('all');
    const text = 'y'.repeat(300);
    for (let batch = 0; batch < 10; batch++)
      await rows.insertMany(Array.from({ length: 10_000 }, (_, n) => ({ k: (n * 7919) % 10_007, text })));
    await filled('large', 12, 14);
    const half = message({ insert: 'half', documents: [{ text: 'x'.repeat(1_000_000) }] });
    const unread = (await dialled(80)).map((socket) => socket.pause());
    const sockets = await dialled(400);
    for (const socket of unread) for (let n = 0; n < 5; n++) socket.write(message({ find: 'large', batchSize: 12 }));
    for (const socket of sockets) socket.write(half.subarray(0, -3));
    const writes = Array.from({ length: 40 }, (_, _id) =>
      client
        .db('wire')
        .collection<{ _id: number }>('written')
        .insertOne({ _id, ...{ text: 'x'.repeat(14_000_000) } }),
    );
    // Not all of them may be remembered at once: some are told so.
    const sorts = Promise.allSettled(Array.from({ length: 10 }, () => rows.find().sort({ k: 1 }).toArray()));
    await Promise.all(writes);
    expect((await sorts).some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(mostMegabytesOf(store)).toBeLessThan(MOST);
    for (const socket of [...unread, ...sockets]) socket.destroy();
    await stillAnswers();
  });

  it('when a document, or a command, has a million values: it is refused', async () => {
    const many = Array.from({ length: 1_000_000 }, (_, n) => n);
    const rows = client.db('wire').collection('values');
    await expect(rows.insertOne({ many })).rejects.toThrow('not in the embedded store');
    await expect(rows.find({ n: { $in: many } }).toArray()).rejects.toThrow('not in the embedded store');
    const alternatives = many.slice(0, 200_000).map((n) => ({ n }));
    await expect(rows.find({ $or: alternatives }).toArray()).rejects.toThrow('not in the embedded store');
    expect(await rows.countDocuments({ n: { $in: many.slice(0, 100_000) } })).toBe(0);
    expect(mostMegabytesOf(store)).toBeLessThan(MOST);
  });
});

/** The most that the system ever saw the store's process hold; Linux only, elsewhere nothing is held against it. */
function mostMegabytesOf({ pid }: OwnPart): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
