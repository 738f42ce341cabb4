import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import { type OwnPart, startOwnStore } from '../../support/parts.js';
import { dialTo, message, Replies, requests, withSequence } from './messages.js';

const { BSON } = mongo;

/** The limits of the wire protocol, on a store of its own: a real server has the same and needs no proof from us. */
let store: OwnPart;
let client: mongo.MongoClient;

beforeAll(async () => {
  store = await startOwnStore();
  client = await mongo.MongoClient.connect(store.url());
});

afterAll(async () => {
  await client.close();
  await store.close();
});

const stillAnswers = async (): Promise<void> => {
  expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
};

const dial = (): Socket => dialTo(store.url());

/** The bytes after which the server closes the connection; fails when it does not. */
async function closedAfter(...parts: readonly Buffer[]): Promise<void> {
  const socket = dial();
  const closed = once(socket, 'close');
  socket.resume();
  for (const part of parts) socket.write(part);
  await closed;
  await stillAnswers();
}

const header = (length: number): Buffer => {
  const bytes = message({ ping: 1 });
  bytes.writeInt32LE(length, 0);
  return bytes;
};

describe('a connection ends, and only that, after', () => {
  it.each<[string, () => Buffer]>([
    ['a message over 48,000,000 bytes', () => header(48_000_001)],
    ['the greatest length there is', () => header(2_147_483_647)],
    ['a length below zero', () => header(-1)],
    ['a length of zero', () => header(0)],
    ['a length of 15', () => header(15)],
    ['plain HTTP', () => Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a TLS greeting', () => Buffer.from('16030100f8010000f40303'.padEnd(120, '0'), 'hex')],
    ['an unknown operation', () => message({ ping: 1 }, { opCode: 4711 })],
    ['flags that must be understood and are not', () => message({ ping: 1 }, { flags: 1 << 5 })],
  ])('%s', async (_, bytes) => {
    await closedAfter(bytes());
  });
});

describe('broken documents', () => {
  it.each<[string, () => Buffer]>([
    [
      'a document that claims to be longer than its message',
      () => {
        const bytes = message({ ping: 1 });
        bytes.writeInt32LE(bytes.length, 21);
        return bytes;
      },
    ],
    [
      'a document of no length',
      () => {
        const bytes = message({ ping: 1 });
        bytes.writeInt32LE(0, 21);
        return bytes;
      },
    ],
    [
      'a section of an unknown kind',
      () => {
        const bytes = message({ ping: 1 });
        bytes.writeUInt8(9, 20);
        return bytes;
      },
    ],
  ])('are refused or end their connection: %s', async (_, bytes) => {
    const socket = dial();
    const replies = new Replies(socket);
    socket.write(bytes());
    await replies.some();
    for (const { body } of replies.all) expect(body).toMatchObject({ ok: 0, code: expect.any(Number) });
    socket.destroy();
    await stillAnswers();
  });

  it('are refused or end their connection, whatever the bytes', async () => {
    const sound = message({ insert: 'c', documents: [{ _id: 1, a: 'text', b: [1, { c: null }], d: new Date(0) }] });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 21, max: sound.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const bytes = Buffer.from(sound);
          for (const [at, value] of changes) bytes.writeUInt8(value, at);
          const socket = dial();
          const replies = new Replies(socket);
          socket.write(bytes);
          await replies.some();
          socket.destroy();
        },
      ),
      { numRuns: 200 },
    );
    await stillAnswers();
  });

  it('of random bytes only never stop the server', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
        const socket = dial();
        await once(socket, 'connect');
        const ended = once(socket, 'close');
        socket.resume();
        socket.end(bytes);
        await ended;
      }),
      { numRuns: 100 },
    );
    await stillAnswers();
  });
});

describe('messages', () => {
  it('may come byte by byte', async () => {
    const socket = dial().setNoDelay(true);
    const replies = new Replies(socket);
    for (const byte of message({ ping: 1 })) socket.write(Buffer.from([byte]));
    await replies.first(1);
    expect(replies.all).toMatchObject([{ body: { ok: 1 } }]);
    socket.destroy();
  });

  it('may come several at once, and are answered in their order', async () => {
    const socket = dial();
    const replies = new Replies(socket);
    const before = requests;
    const many = Array.from({ length: 30 }, (_, n) => message(n % 3 === 0 ? { nonsense: 1 } : { ping: 1 }));
    socket.write(Buffer.concat(many));
    await replies.first(30);
    expect(replies.all.map(({ responseTo }) => responseTo - before)).toEqual(many.map((_, n) => n + 1));
    expect(replies.all.map(({ body }) => Number(body['ok']))).toEqual(many.map((_, n) => (n % 3 === 0 ? 0 : 1)));
    socket.destroy();
  });

  it('may ask for no reply, and are done all the same', async () => {
    const socket = dial();
    const replies = new Replies(socket);
    const moreToCome = 2;
    socket.write(message({ insert: 'silent', documents: [{ _id: 1 }] }, { flags: moreToCome }));
    socket.write(message({ count: 'silent' }));
    await replies.first(1);
    expect(replies.all).toMatchObject([{ responseTo: requests, body: { n: 1 } }]);
    socket.destroy();
  });

  it('that come only half keep nobody waiting', async () => {
    const half = Array.from({ length: 20 }, () => {
      const socket = dial();
      socket.write(message({ ping: 1 }).subarray(0, 10));
      return socket;
    });
    await stillAnswers();
    for (const socket of half) socket.destroy();
    await stillAnswers();
  });

  it('that come only half before the connection ends do nothing', async () => {
    const bytes = message({ insert: 'half', documents: [{ _id: 1 }, { _id: 2 }] });
    const socket = dial();
    socket.end(bytes.subarray(0, bytes.length - 3));
    await once(socket.resume(), 'close');
    expect(await client.db('wire').collection('half').countDocuments()).toBe(0);
  });

  it('of up to 48 MB are taken', async () => {
    const text = 'x'.repeat(1_000_000);
    const documents = Array.from({ length: 47 }, (_, n) => BSON.serialize({ n, text }));
    const socket = dial();
    const replies = new Replies(socket);
    socket.write(withSequence(message({ insert: 'large', ordered: false }), 'documents', documents));
    await replies.first(1);
    expect(replies.all).toMatchObject([{ body: { ok: 1, n: 47 } }]);
    socket.destroy();
    expect(await client.db('wire').collection('large').countDocuments()).toBe(47);
  });
});

describe('nesting', () => {
  const nested = (depth: number): mongo.Document => {
    let document: mongo.Document = { end: true };
    for (let level = 0; level < depth; level++) document = { d: document };
    return document;
  };

  it('of 150 levels is held', async () => {
    const collection = client.db('wire').collection('deep');
    await collection.insertOne({ _id: 1 as never, d: nested(150) });
    expect(await collection.findOne({ _id: 1 as never })).toEqual({ _id: 1, d: nested(150) });
  });

  it.each([
    ['a document', (deep: mongo.Document) => ({ insert: 'deep', documents: [{ _id: 2, deep }] })],
    ['a filter', (deep: mongo.Document) => ({ find: 'deep', filter: { deep } })],
    ['an update', (deep: mongo.Document) => ({ update: 'deep', updates: [{ q: { _id: 1 }, u: { $set: { deep } } }] })],
    ['a command', (deep: mongo.Document) => ({ ping: 1, deep })],
  ])('of 1,000 levels is refused in %s', async (_, command) => {
    const socket = dial();
    const replies = new Replies(socket);
    socket.write(message(command(nested(1_000))));
    await replies.some();
    for (const { body } of replies.all) expect(JSON.stringify(body)).toMatch(/"code":\d+/);
    socket.destroy();
    await stillAnswers();
    expect(
      await client
        .db('wire')
        .collection('deep')
        .countDocuments({ deep: { $exists: true } }),
    ).toBe(0);
  });

  it('of 1,000 levels is not made by an update either: whatever is kept can be read', async () => {
    const collection = client.db('wire').collection<{ _id: number }>('made');
    await collection.insertOne({ _id: 1 });
    const path = Array.from({ length: 1_000 }, () => 'd').join('.');
    await expect(collection.updateOne({ _id: 1 }, { $set: { [path]: 1 } })).rejects.toThrow();
    await expect(collection.updateOne({ _id: 2, [path]: 1 }, { $set: { a: 1 } }, { upsert: true })).rejects.toThrow();
    await collection.updateOne({ _id: 1 }, { $set: { list: [] } });
    await expect(collection.updateOne({ _id: 1 }, { $set: { 'list.300000': 1 } })).rejects.toThrow();
    expect(await collection.find().toArray()).toEqual([{ _id: 1, list: [] }]);
  });

  it('of alternatives a thousand deep does not stop the server', async () => {
    let filter: mongo.Document = { a: 1 };
    for (let level = 0; level < 1_000; level++) filter = { $or: [filter] };
    const socket = dial();
    const replies = new Replies(socket);
    socket.write(message({ find: 'deep', filter }));
    await replies.some();
    socket.destroy();
    await stillAnswers();
  });
});

describe('many at once', () => {
  it('connections: 500 are all answered', async () => {
    const sockets = Array.from({ length: 500 }, () => dial());
    const all = sockets.map((socket) => new Replies(socket));
    for (const socket of sockets) socket.write(message({ ping: 1 }));
    await Promise.all(all.map((replies) => replies.first(1)));
    for (const socket of sockets) socket.destroy();
    await stillAnswers();
  });

  it('a long $in and a long list of alternatives do not keep others waiting for ever', async () => {
    const collection = client.db('wire').collection<{ _id: number; k: number }>('long');
    await collection.insertMany(Array.from({ length: 5_000 }, (_, _id) => ({ _id, k: _id })));
    const many = Array.from({ length: 50_000 }, (_, n) => n * 2);
    const long = collection.countDocuments({ k: { $in: many } });
    const others = Promise.all(Array.from({ length: 20 }, () => stillAnswers()));
    expect(await long).toBe(2_500);
    await others;
    expect(await collection.countDocuments({ $or: many.slice(0, 500).map((k) => ({ k })) })).toBe(500);
  });
});
