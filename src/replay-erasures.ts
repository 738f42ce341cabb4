import { NestFactory } from '@nestjs/core';
import { Aggregates } from '../libs/outbox/aggregates.js';
import { Relay } from '../libs/outbox/relay.js';
import { readErasures } from '../libs/privacy/erasure-log.js';
import type { Id } from '../libs/privacy/ids.js';
import { AppModule } from './app.module.js';
import type { Settings } from './config.js';
import { ContactsService } from './contacts/contacts.service.js';
import { expectKnownKey } from './operations/known-key.connection.js';

/**
 * Erases again what the logs name and the database holds, and blocks again whoever wished it. Run twice, it finds
 * nothing left to do. @returns how many erasures were read, and how many of them had come back
 */
export async function replayErasures(
  settings: Settings,
  logs: readonly string[],
): Promise<{ readonly read: number; readonly erased: number }> {
  const erasures = await readErasures(...logs);
  await expectKnownKey(settings);
  // Nothing else may begin here: no examples, no appointments, no metrics beside those of a process that runs.
  const quiet: Settings = { ...settings, EXAMPLE_DATA: false, ADMIN_EMAIL: undefined, METRICS_PORT: 0 };
  const app = await NestFactory.createApplicationContext(AppModule.with(quiet, { works: false }), { logger: false });
  const contacts = app.get(ContactsService);
  let found = 0;
  for (const { id, keepBlocked } of erasures) {
    const erased = await contacts.erase(id, { cancelFirst: false, keepBlocked });
    if (!erased.ok && erased.reason === 'unknown') continue;
    await finish(app.get(Aggregates), app.get(Relay), id);
    found += 1;
  }
  await app.close();
  return { read: erasures.length, erased: found };
}

/** Does at once what the erasure causes, as the worker would. */
async function finish(aggregates: Aggregates, relay: Relay, id: Id): Promise<void> {
  const collection = 'contacts';
  const stored = await aggregates.named(collection)?.findById(id, { pending: 1 }).lean();
  for (const entry of stored?.pending ?? [])
    if (entry.type === 'contact.erasing') await relay.handle({ collection, aggregate: id, entry: entry.id });
}
