/**
 * `node --import ./tools/typescript.mjs test/support/crowd.ts COUNT`: makes so many confirmed contacts who want to hear of
 * meetings, by the product's own service, in the database that the environment names.
 */
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import { readSettings } from '../../src/config.js';
import { readAddress } from '../../src/contacts/address.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { crowdAddress } from './crowd-address.js';

const PLACES = [
  { language: 'fr', timeZone: 'Africa/Porto-Novo', region: 'copargo', country: 'BJ', place: null },
  { language: 'de', timeZone: 'Europe/Berlin', region: 'alfter', country: 'DE', place: null },
  { language: 'es', timeZone: 'America/Guayaquil', region: null, country: 'EC', place: 'Quito' },
  { language: 'en', timeZone: 'Africa/Accra', region: null, country: 'GH', place: 'Tamale' },
] as const;
const AT_ONCE = 100;

const outcome = readSettings(process.env);
if (!outcome.ok) throw new Error(outcome.problems.join('\n'));
const app = await NestFactory.createApplicationContext(AppModule.with(outcome.settings, { works: false }), {
  logger: false,
});
const contacts = app.get(ContactsService);
const numbers = Array.from({ length: Number(process.argv[2]) }, (_, index) => index);
for (let from = 0; from < numbers.length; from += AT_ONCE)
  await Promise.all(numbers.slice(from, from + AT_ONCE).map(appoint));
await app.close();

async function appoint(number: number): Promise<void> {
  const address = readAddress(crowdAddress(number));
  const place = PLACES[number % PLACES.length];
  if (!address || !place) throw new Error('no such address');
  await contacts.ensureAppointed({ ...address, ...place, wants: ['meetings'] });
}
