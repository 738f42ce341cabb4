import { getConnectionToken } from '@nestjs/mongoose';
import type { TestingModule } from '@nestjs/testing';
import type { Connection } from 'mongoose';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { Aggregates } from '../../libs/outbox/aggregates.js';
import type { Entry } from '../../libs/outbox/entry.js';
import { Relay } from '../../libs/outbox/relay.js';
import { SETTINGS } from '../../src/config.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { Vault } from '../../src/contacts/vault.js';
import { Allowance } from '../../src/deliveries/allowance.service.js';
import { BookingMatters } from '../../src/deliveries/booking-matters.service.js';
import { Correspondents } from '../../src/deliveries/correspondents.js';
import { DeliveriesRepository } from '../../src/deliveries/deliveries.repository.js';
import { DeliveriesService } from '../../src/deliveries/deliveries.service.js';
import { LookUps } from '../../src/deliveries/look-ups.service.js';
import { MailWriter } from '../../src/deliveries/mail-writer.service.js';
import { Mailer } from '../../src/deliveries/mailer.service.js';
import { NamedPlaces } from '../../src/deliveries/named-places.service.js';
import { SubjectTexts } from '../../src/deliveries/subject-texts.service.js';
import { InvitationsService } from '../../src/invitations/invitations.service.js';
import { Links } from '../../src/links.js';

/**
 * Does what a worker would, one thing after another and only when it is asked to, so that a test can step in between any two
 * looks of the product and nothing else happens meanwhile.
 */
export class ByHand {
  private readonly mailer: Mailer;

  constructor(readonly app: TestingModule) {
    const get = this.get.bind(this);
    this.mailer = new Mailer(
      get(DeliveriesRepository),
      get(DeliveriesService),
      get(ContactsService),
      get(InvitationsService),
      get(Vault),
      new LookUps(get(ContactsService), get(InvitationsService), get(Correspondents)),
      get(MailWriter),
      get(SubjectTexts),
      new NamedPlaces(get(InvitationsService), get(SubjectTexts)),
      get(BookingMatters),
      get(Allowance),
      get(Links),
      get(DatabaseClock),
      this.app.get(SETTINGS),
    );
  }

  get<Service>(service: new (...given: never[]) => Service): Service {
    return this.app.get(service, { strict: false });
  }

  stored(collection: string) {
    return this.app
      .get<Connection>(getConnectionToken())
      .collection<{ _id: string; pending?: readonly Entry[]; [field: string]: unknown }>(collection);
  }

  /** Everything that is due, and what that causes. */
  async drive(): Promise<void> {
    while ((await this.handle()) + (await this.send()) > 0);
  }

  /** The entries that are due now. @param handler only those of one */
  async handle(handler?: string): Promise<number> {
    const now = this.get(DatabaseClock).now();
    let handled = 0;
    for (const model of this.get(Aggregates).all()) {
      const collection = model.collection.name;
      const found = await this.stored(collection)
        .find({ 'pending.dueAt': { $lte: now } })
        .toArray();
      for (const { _id: aggregate, pending = [] } of found) {
        for (const entry of pending) {
          if (entry.dueAt === undefined || entry.dueAt > now || entry.handler !== (handler ?? entry.handler)) continue;
          await this.get(Relay).handle({ collection, aggregate, entry: entry.id });
          handled += 1;
        }
      }
    }
    return handled;
  }

  /** The mails that are due now. @param ids only these */
  async send(ids?: readonly string[]): Promise<number> {
    const due = await this.stored('deliveries')
      .find({ dueAt: { $lte: this.get(DatabaseClock).now() }, ...(ids && { _id: { $in: [...ids] } }) })
      .toArray();
    for (const { _id } of due) await this.mailer.attempt(_id);
    return due.length;
  }
}

/**
 * Lets something happen right after one look or write of a service is done, once.
 * @param service whose method it is
 */
export function after<Name extends string>(
  service: Record<Name, (...given: never[]) => Promise<unknown>>,
  name: Name,
  happens: () => Promise<unknown>,
): void {
  const look = service[name].bind(service);
  service[name] = async (...given) => {
    service[name] = look;
    const seen = await look(...given);
    await happens();
    return seen;
  };
}
