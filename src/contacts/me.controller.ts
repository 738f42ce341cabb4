import { Body, Controller, Get, Header, Param, Post } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { z } from 'zod';
import { Ids } from '../../libs/privacy/ids.js';
import { Clock, HOUR, plus } from '../../libs/time/clock.js';
import { type Answer, withStatus } from '../../libs/web/answers.js';
import { emailField } from '../../libs/web/fields.js';
import { freshForm, parseForm } from '../../libs/web/forms.js';
import { RateLimit, RateLimiter } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { TokenPage } from '../../libs/web/secure.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { Links } from '../links.js';
import { type Address, readAddress } from './address.js';
import type { Contact } from './contact.js';
import { ContactLinks } from './contact-links.service.js';
import { ContactsService } from './contacts.service.js';
import { type Held, heldOf } from './held.js';
import { askPage, mePage, sentPage } from './me.page.js';
import { inSameTime } from './same-time.js';

const askForm = z.object({ email: emailField(readAddress) });

/** One's own page: asked for with one's address, and reached by a fresh link that is valid for an hour. */
@ApiExcludeController()
@Controller('me')
export class MeController {
  constructor(
    private readonly contactLinks: ContactLinks,
    private readonly contacts: ContactsService,
    private readonly invitations: InvitationsService,
    private readonly deliveries: DeliveriesService,
    private readonly links: Links,
    private readonly modules: ModuleRef,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  @Get()
  ask(@CurrentReader() reader: Reader): Answer {
    return askPage(reader, freshForm());
  }

  @RateLimit('me')
  @Header('cache-control', 'no-store')
  @Post()
  async send(@CurrentReader() reader: Reader, @Body() body: unknown): Promise<Answer> {
    const form = parseForm(askForm, body);
    if (!form.ok) return withStatus(422, askPage(reader, form));
    await inSameTime(() => this.mailLink(form.value.email));
    return sentPage(reader);
  }

  @TokenPage()
  @RateLimit('link')
  @Get(':token')
  async show(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const contact = await this.contactLinks.open('me', token);
    const places = await this.invitations.placesOf(contact.id);
    return mePage(reader, token, {
      contact,
      held: heldOf(contact, this.contacts.held(contact), places),
      places: places.map(({ invitation }) => `/invitations/${this.links.token('invitation', invitation)}`),
      feed: this.contactLinks.feed(contact),
      now: this.clock.now(),
    });
  }

  /** A file to keep or to take elsewhere. */
  @TokenPage()
  @RateLimit('link')
  @Header('content-disposition', 'attachment; filename="come-together.json"')
  @Header('content-type', 'application/json; charset=utf-8')
  @Post(':token/export')
  async export(@Param('token') token: string): Promise<Held> {
    const contact = await this.contactLinks.open('me', token);
    return heldOf(contact, this.contacts.held(contact), await this.invitations.placesOf(contact.id));
  }

  private async mailLink({ canonical }: Address): Promise<void> {
    const contact = await this.contacts.findByAddress(canonical);
    if (!contact || contact.status === 'closing' || contact.suppressed) return;
    if (await this.askedTooOften(contact)) return;
    await this.deliveries.tell(contact.id, 'me-link', this.ids.next(), { until: plus(this.clock.now(), HOUR) });
  }

  /** Whoever asks again and again about somebody else gets no more mails into their mailbox. */
  private async askedTooOften(contact: Contact): Promise<boolean> {
    return (await this.modules.get(RateLimiter, { strict: false }).wait('me-mail', contact.id)) > 0;
  }
}
