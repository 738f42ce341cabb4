/**
 * The same mails as most projects send them, to compare ours with: a BullMQ job each, ical-generator, and nodemailer's
 * icalEvent on a pool. It keeps no rows, so what it loses it does not know. Environment: REDIS_URL, SMTP_URL; argument: how many.
 */
import { Queue, Worker } from 'bullmq';
import ical, { ICalCalendarMethod } from 'ical-generator';
import { Redis } from 'ioredis';
import { createTransport } from 'nodemailer';
import { crowdAddress } from '../test/support/crowd-address.js';

const count = Number(process.argv[2]);
const name = `usual-${String(process.pid)}`;
const connect = (): Redis => new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
const transport = createTransport({ url: process.env['SMTP_URL'], pool: true, maxConnections: 8 } as never);
const queue = new Queue<{ number: number }>(name, { connection: connect() });
const start = new Date(Date.UTC(2027, 0, 12, 18));

// What starting costs is not part of sending.
const began = process.cpuUsage();
const { promise: allSent, resolve: sentAll } = Promise.withResolvers<undefined>();
let sent = 0;
const worker = new Worker<{ number: number }>(
  name,
  async ({ data: { number } }) => {
    const to = crowdAddress(number);
    const calendar = ical({ name: 'Come Together', method: ICalCalendarMethod.REQUEST });
    const event = calendar.createEvent({
      id: `${name}-${String(number)}@come-together.example`,
      start,
      end: new Date(start.getTime() + 3_600_000),
      summary: 'Premières idées',
      description: 'What could a first step be?\nBring one idea.',
      organizer: { name: 'Come Together', email: 'team@come-together.example' },
    });
    event.createAttendee({ email: to, rsvp: true });
    const text = `18:00, Berlin\nhttp://localhost:3000/invitations/${String(number)}`;
    await transport.sendMail({
      from: 'Come Together <team@come-together.example>',
      to,
      subject: 'Premières idées',
      text,
      html: `<p>${text}</p>`,
      icalEvent: { method: 'REQUEST', content: calendar.toString() },
    });
    if (++sent === count) sentAll(undefined);
  },
  { connection: connect(), concurrency: 8 },
);
for (let from = 0; from < count; from += 500) {
  const numbers = Array.from({ length: Math.min(500, count - from) }, (_, index) => from + index);
  await queue.addBulk(numbers.map((number) => ({ name: 'send', data: { number }, opts: { removeOnComplete: true } })));
}
await allSent;
const { user, system } = process.cpuUsage(began);
console.log(String((user + system) / 1000));
await worker.close();
await queue.obliterate({ force: true });
process.exit();
