import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { z } from 'zod';
import { Clock } from '../../libs/time/clock.js';
import { type Answer as PageAnswer, seeOther, withStatus } from '../../libs/web/answers.js';
import { choice, optionalChoice } from '../../libs/web/fields.js';
import { freshForm, parseForm, refusedForm, type FormState } from '../../libs/web/forms.js';
import { brokenLink } from '../../libs/web/problem.js';
import { RateLimit } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { TokenPage } from '../../libs/web/secure.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { Links } from '../links.js';
import { invitationPage, type Shown } from './invitation.page.js';
import { InvitationsService, type Place } from './invitations.service.js';
import { occurrenceField } from './occurrence-field.js';

/** What the buttons of an invitation post. */
export const replySchema = z.object({
  answer: choice(['accepted', 'tentative', 'declined']),
  why: optionalChoice(['time', 'not-for-me']),
  occurrence: occurrenceField,
});

const leaveSchema = z.object({ occurrence: occurrenceField });

/** What the page after a button says was done. */
const SAVED = ['reply', 'left', 'signed-up', 'date', 'left-date'] as const;

/** One contact's own page for one meeting. Every button may be pressed again, and from an old page. */
@ApiExcludeController()
@TokenPage()
@RateLimit('link')
@Controller('invitations/:token')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly contacts: ContactsService,
    private readonly links: Links,
    private readonly clock: Clock,
  ) {}

  @Get()
  async show(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Query('saved') saved: unknown,
  ): Promise<PageAnswer> {
    const place = await this.open(token);
    if (place.subject.kind === 'booking') return seeOther(reader.href(`/bookings/${this.bookingToken(place)}`));
    return this.page(reader, token, place, { saved: SAVED.find((known) => known === saved) });
  }

  @Post()
  async reply(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const place = await this.open(token);
    const form = parseForm(replySchema, body);
    if (!form.ok) return withStatus(422, await this.page(reader, token, place, { form }));
    const { answer, why, occurrence } = form.value;
    const given = await this.invitations.answer(place.invitation.id, { answer, ...(why && { why }) }, occurrence);
    if (given.ok) return this.saved(reader, token, occurrence && place.subject.series ? 'date' : 'reply');
    const full = refusedForm(form.values, { answer: { key: 'invitations.full' } });
    return this.refused(reader, token, given.reason === 'full' ? full : undefined);
  }

  @Post('leave')
  async leave(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const place = await this.open(token);
    const form = parseForm(leaveSchema, body);
    if (!form.ok) return withStatus(422, await this.page(reader, token, place, { form }));
    const { occurrence } = form.value;
    const left = await this.invitations.leave(place.invitation.id, occurrence);
    const saved = occurrence && place.subject.series ? 'left-date' : 'left';
    return left.ok ? this.saved(reader, token, saved) : this.refused(reader, token);
  }

  /** Takes up a place that was offered, left or declined. Whoever is in already stays so. */
  @Post('sign-up')
  async signUp(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<PageAnswer> {
    const place = await this.open(token);
    const signedUp = await this.invitations.signUpById(place.invitation.id);
    const isIn = signedUp.ok || signedUp.reason === 'in-already';
    return isIn ? this.saved(reader, token, 'signed-up') : this.refused(reader, token);
  }

  /** A booking has a page of its own: its visitor's link is the booking's, its host's the invitation's. */
  private bookingToken({ invitation, subject }: Place): string {
    return this.links.token('booking', invitation.role === 'host' ? invitation : { id: subject.id, generation: 0 });
  }

  private saved(reader: Reader, token: string, saved: (typeof SAVED)[number]): PageAnswer {
    return seeOther(reader.href(`/invitations/${token}?saved=${saved}`));
  }

  /** What stands in the way shows on the page itself: cancelled, over, or all seats taken. */
  private async refused(reader: Reader, token: string, form?: FormState): Promise<PageAnswer> {
    return withStatus(409, await this.page(reader, token, await this.open(token), form && { form }));
  }

  private async open(token: string): Promise<Place> {
    const opened = await this.links.open('invitation', token, (id) => this.invitations.get(id));
    const place = opened.ok ? await this.invitations.place(opened.value.found.id) : undefined;
    if (!place) throw brokenLink();
    return place;
  }

  private async page(
    reader: Reader,
    token: string,
    place: Place,
    { saved, form = freshForm() }: Partial<Pick<Shown, 'saved' | 'form'>> = {},
  ): Promise<VNode> {
    const { invitation, subject } = place;
    const [contact, full] = await Promise.all([
      this.contacts.get(invitation.contact),
      this.invitations.isFull(subject),
    ]);
    return invitationPage({
      reader,
      ...place,
      saved,
      form,
      full,
      now: this.clock.now(),
      path: `/invitations/${token}`,
      joinPath: `/join/${this.links.token('join', invitation)}`,
      timeZones: [...(contact ? [contact.timeZone] : []), subject.timeZone],
    });
  }
}
