/**
 * The way of an invitation through our libraries alone, from the queue to a server that has taken it: open the sealed
 * address, write the links, fill in calendar and mail, send. The rows that the product keeps beside it are measured by
 * `npm run bench`. Environment: REDIS_URL, SMTP_URL; argument: how many.
 */
import { randomBytes } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { fillInvite, inviteTemplate } from '../libs/calendar/invite.js';
import { slot } from '../libs/calendar/slots.js';
import { fillMail, mailTemplate } from '../libs/mail/mail-template.js';
import { SmtpSender } from '../libs/mail/smtp-sender.js';
import { newDataKey, openText, seal, unwrapKey } from '../libs/privacy/envelope.js';
import { Ids } from '../libs/privacy/ids.js';
import { KeyRing } from '../libs/privacy/keys.js';
import { writeLink } from '../libs/privacy/links.js';
import { formatSpan } from '../libs/time/when.js';
import { crowdAddress } from '../test/support/crowd-address.js';

const count = Number(process.argv[2]);
const name = `ours-${String(process.pid)}`;
const connect = (): Redis => new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
const ring = KeyRing.of(randomBytes(32).toString('base64'));
const ids = new Ids();
const sender = new SmtpSender(process.env['SMTP_URL'] ?? '', { connections: 8 });
const queue = new Queue<{ delivery: string }>(name, { connection: connect() });
const start = new Date(Date.UTC(2027, 0, 12, 18));
const end = new Date(start.getTime() + 3_600_000);
const organizer = { name: 'Come Together', address: 'team@come-together.example' };

/** What the database would hold of each: the address sealed under a key of its own. */
const contacts = new Map(
  Array.from({ length: count }, (_, number) => {
    const id = ids.next();
    const { key, wrapped } = newDataKey(ring, { collection: 'contacts', id, field: 'dataKey' });
    const address = seal(key, crowdAddress(number), { collection: 'contacts', id, field: 'address' });
    return [id, { wrapped, address }];
  }),
);

const description = `What could a first step be?\nBring one idea.\n\n${slot('when')}\n${slot('page')}`;
const invite = inviteTemplate(
  {
    ...{ method: 'REQUEST', start, end, timeZone: 'Europe/Berlin', summary: 'Premières idées', status: 'CONFIRMED' },
    ...{ organizer, language: 'fr', location: slot('join'), url: slot('page'), description },
  },
  ['when', 'join', 'page'],
);
const html = `<!doctype html><html lang="fr"><body><p>${slot('when')}</p><p><a href="${slot('page')}">Votre invitation</a></p></body></html>`;
const letter = mailTemplate({
  from: organizer,
  subject: 'Premières idées',
  method: 'REQUEST',
  text: description,
  html,
});

/** The product keeps times as they are written, by zone and language. */
const when = formatSpan(start, end, 'Europe/Berlin', 'fr');

async function send(id: string): Promise<void> {
  const contact = contacts.get(id);
  if (!contact) throw new Error('nobody');
  const key = unwrapKey(ring, contact.wrapped, { collection: 'contacts', id, field: 'dataKey' });
  const to = openText(key, contact.address, { collection: 'contacts', id, field: 'address' });
  const link = (purpose: 'invitation' | 'join'): string =>
    `http://localhost:3000/${purpose}/${writeLink(ring, { purpose, id, generation: 0 })}`;
  const slots = { when, join: link('join'), page: link('invitation') };
  const calendar = fillInvite(invite, {
    ...{ uid: id, sequence: 0, dtstamp: start, address: to, partstat: 'NEEDS-ACTION', replacements: slots },
  });
  const mail = fillMail(letter, { to, messageId: `<${id}@come-together.example>`, date: start, slots, calendar });
  const outcome = await sender.send({ from: organizer.address, to }, Buffer.from(mail));
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
}

// What starting costs is not part of sending.
const began = process.cpuUsage();
const { promise: allSent, resolve: sentAll } = Promise.withResolvers<undefined>();
let sent = 0;
const worker = new Worker<{ delivery: string }>(
  name,
  async ({ data }) => {
    await send(data.delivery);
    if (++sent === count) sentAll(undefined);
  },
  { connection: connect(), concurrency: 64 },
);
const all = [...contacts.keys()];
for (let from = 0; from < count; from += 500) {
  const page = all.slice(from, from + 500);
  await queue.addBulk(
    page.map((delivery) => ({
      name: 'send-delivery',
      data: { delivery },
      opts: { jobId: delivery, removeOnComplete: true },
    })),
  );
}
await allSent;
const { user, system } = process.cpuUsage(began);
console.log(String((user + system) / 1000));
await worker.close();
await queue.obliterate({ force: true });
process.exit();
