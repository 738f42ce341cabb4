/**
 * `npm run replay-erasures -- FILE…`: erases again, in a database restored from a backup, whatever was erased after the
 * backup was made. FILE is an `erased.log`. Run it before the worker starts, so that none of them gets a mail.
 */
import { existsSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { Aggregates } from '../libs/outbox/aggregates.js';
import { Relay } from '../libs/outbox/relay.js';
import { readErasures } from '../libs/privacy/erasure-log.js';
import type { Id } from '../libs/privacy/ids.js';
import { AppModule } from './app.module.js';
import { readSettings, type Settings } from './config.js';
import { ContactsService } from './contacts/contacts.service.js';

const files = process.argv.slice(2);
const outcome = readSettings(process.env);
const missing = files.filter((file) => !existsSync(file));
if (files.length === 0) fail('Name one or more files: npm run replay-erasures -- data/erased.log');
if (missing.length > 0) fail(`There is no such file: ${missing.join(', ')}`);
if (!outcome.ok) fail(outcome.problems.join('\n'));
await replay(outcome.settings, files);

async function replay(settings: Settings, logs: readonly string[]): Promise<void> {
  const ids = new Set((await Promise.all(logs.map(readErasures))).flat());
  // Nothing else may begin here: no examples, no appointments, no metrics beside those of a process that runs.
  const quiet: Settings = { ...settings, EXAMPLE_DATA: false, ADMIN_EMAIL: undefined, METRICS_PORT: 0 };
  const app = await NestFactory.createApplicationContext(AppModule.with(quiet, { works: false }), { logger: false });
  const contacts = app.get(ContactsService);
  let found = 0;
  for (const id of ids) {
    const erased = await contacts.erase(id, { cancelFirst: false, keepBlocked: false });
    if (!erased.ok && erased.reason === 'unknown') continue;
    await finish(app.get(Aggregates), app.get(Relay), id);
    found += 1;
  }
  process.stdout.write(
    `${String(ids.size)} erasures were read; ${String(found)} of them had come back and are erased.\n`,
  );
  await app.close();
  process.exit(0);
}

/** Does at once what the erasure causes, as the worker would. */
async function finish(aggregates: Aggregates, relay: Relay, id: Id): Promise<void> {
  const collection = 'contacts';
  const stored = await aggregates.named(collection)?.findById(id, { pending: 1 }).lean();
  for (const entry of stored?.pending ?? [])
    if (entry.type === 'contact.erasing') await relay.handle({ collection, aggregate: id, entry: entry.id });
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
