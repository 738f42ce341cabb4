import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { z } from 'zod';
import type { EntryJob } from '../../libs/outbox/dispatcher.js';
import { Quarantine } from '../../libs/outbox/quarantine.js';
import { Relay } from '../../libs/outbox/relay.js';
import { isId } from '../../libs/privacy/ids.js';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { shortText, tick } from '../../libs/web/fields.js';
import { parseForm } from '../../libs/web/forms.js';
import { PageProblem } from '../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../people/console.guard.js';
import { rolesWith } from '../people/person.js';
import { outboxPage } from './outbox.page.js';

/** Lines that the page shows singly; further ones come when these are done. */
const MOST_SHOWN = 50;
/** How many "retry all" takes at once. */
const MOST_RETRIED = 500;

const schema = z.object({ delivery: shortText(40), entry: shortText(120), all: tick() });

/** What waits to be sent and what went wrong: sums in bands, singly only what a person has to look at. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('see-outbox'))
@Controller('console/outbox')
export class OutboxController {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly quarantine: Quarantine,
    private readonly relay: Relay,
  ) {}

  @Get()
  show(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<VNode> {
    return this.page(reader, by, false);
  }

  /** Puts one mail, one entry or all of them back to work. A mail whose time is over is not sent any more. */
  @Post('retry')
  async retry(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Body() body: unknown): Promise<Answer> {
    const form = parseForm(schema, body);
    if (!form.ok) throw new PageProblem(400);
    const { delivery, entry, all } = form.value;
    if (all) await this.retryAll();
    else if (delivery !== '') {
      if (!(await this.deliveries.retry(delivery))) return withStatus(409, await this.page(reader, by, true));
    } else await this.relay.retry(jobOf(entry));
    return seeOther(reader.href('/console/outbox'));
  }

  private async retryAll(): Promise<void> {
    for (const { _id } of await this.deliveries.troubled(MOST_RETRIED)) await this.deliveries.retry(_id);
    for (const { collection, aggregate, entry } of await this.quarantine.entries(MOST_RETRIED))
      await this.relay.retry({ collection, aggregate, entry });
  }

  private async page(reader: Reader, by: SignedIn, isTooLate: boolean): Promise<VNode> {
    const [states, troubled, setAside] = await Promise.all([
      this.deliveries.countStates(),
      this.deliveries.troubled(MOST_SHOWN),
      this.quarantine.entries(MOST_SHOWN),
    ]);
    return outboxPage(reader, by, { states, troubled, setAside, isTooLate });
  }
}

/** An entry by where it lies, as its button carries it. */
function jobOf(value: string): EntryJob {
  const [collection = '', aggregate = '', entry = ''] = value.split('|');
  if (!/^[a-z_]{1,40}$/.test(collection) || !isId(aggregate) || !isId(entry)) throw new PageProblem(400);
  return { collection, aggregate, entry };
}
