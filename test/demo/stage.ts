/** Who plays, and the parts on which all of it happens: each is a process of its own, started when this file is. */
import { handOver } from '../support/calendar-client.js';
import { TestDatabase } from '../support/database.js';
import { fromNowOn } from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { freePort, Product } from '../support/product.js';
import { eventually } from '../support/waiting.js';
import { Story } from './story.js';

export const AWA = {
  email: 'awa@copargo.example',
  language: 'fr',
  region: 'Copargo',
  country: 'BJ',
  timeZone: 'Africa/Porto-Novo',
} as const;
export const JONAS = {
  email: 'jonas@alfter.example',
  language: 'de',
  region: 'Alfter',
  country: 'DE',
  timeZone: 'Europe/Berlin',
} as const;
export const MARIA = {
  email: 'maria@quito.example',
  language: 'es',
  region: 'Quito',
  country: 'EC',
  timeZone: 'America/Guayaquil',
} as const;
export const EVERYONE = [AWA, JONAS, MARIA];
/** Awa's neighbours: with her they are five, so that the console may say where a reply comes from. */
export const NEIGHBOURS = ['afi', 'kossi', 'sena', 'yao'].map((name) => ({ ...AWA, email: `${name}@copargo.example` }));
export const LEA = { ...JONAS, email: 'lea@alfter.example' };
/** She books office hours, and has left her address nowhere else. */
export const NADIA = 'nadia@lokossa.example';
/** He gives a slot back that she waits for. */
export const KOFI = 'kofi@lokossa.example';
export const ROSA = 'rosa@lokossa.example';
export const ADDRESSES = [...EVERYONE, ...NEIGHBOURS, LEA].map(({ email }) => email).concat(NADIA, KOFI, ROSA);

/** Where calendars and people answer to: the address that sends. */
export const TEAM = 'team@come-together.example';

export const story = new Story('Come Together: from an expression of interest to a meeting in everyone’s calendar');
console.log('Store, Redis, mailbox, web and worker are starting; each is a process of its own.');
const port = await freePort();
export const product = await Product.start({ parts: 'own', env: { INBOUND_SMTP_PORT: String(port) } });
export const database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');

/** Hands a mail to the product as a server does, which tries again while the worker is starting. */
export async function mailIn(from: string, to: string, raw: string): Promise<void> {
  const isTaken = (): Promise<boolean> =>
    handOver(port, from, to, raw).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ESOCKET') return false;
        throw error;
      },
    );
  await eventually('the port for incoming mail', isTaken);
  await database.settled();
}

/** What came to each for their calendars during an act, and all that followed from it. */
export async function during(act: () => Promise<unknown>): Promise<readonly ReadMail[]> {
  const isNew = fromNowOn(product.mailbox);
  await act();
  await database.settled();
  return (await product.mailbox.read()).filter((mail) => isNew(mail) && mail.calendar !== undefined);
}

export const to =
  (email: string) =>
  (mail: ReadMail): boolean =>
    mail.to.includes(email);
