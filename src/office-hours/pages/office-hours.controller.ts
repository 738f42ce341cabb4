import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { Clock, DAY } from '../../../libs/time/clock.js';
import { isDay } from '../../../libs/time/zones.js';
import { type Answer, seeOther, withStatus } from '../../../libs/web/answers.js';
import { HONEYPOT } from '../../../libs/web/form-fields.js';
import { freshForm, parseForm, refusedForm, type FormState } from '../../../libs/web/forms.js';
import { brokenLink, PageProblem } from '../../../libs/web/problem.js';
import { RateLimit } from '../../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { TokenQuery } from '../../../libs/web/secure.js';
import { SETTINGS, type Settings } from '../../config.js';
import type { Contact } from '../../contacts/contact.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { inSameTime } from '../../contacts/same-time.js';
import { DeliveriesService } from '../../deliveries/deliveries.service.js';
import { Links } from '../../links.js';
import { findRegion } from '../../regions/regions.js';
import { BookingsService, type Asked } from '../bookings/bookings.service.js';
import { DropIns } from '../hours/drop-ins.service.js';
import { FreeSlots } from '../slots/free-slots.service.js';
import { nearest } from '../slots/free-times.js';
import { mayBook, openToAllFrom, type OfficeHours } from '../hours/office-hours.js';
import { OfficeHoursService } from '../hours/office-hours.service.js';
import { addressSchema, bookingSchema, zoneOf, type View } from './booking-form.js';
import { heldPage, officeHoursListPage, officeHoursPage } from './office-hours.page.js';
import { SlotPages } from './slot-pages.service.js';
import { dayOf } from './slot-week.js';
import { zonePage } from './zone.page.js';

/** Free slots that are offered instead of one that was taken, and the days around it in which they are looked for. */
const OTHERS = 5;
const AROUND = 7 * DAY;

type Query = View & { readonly language?: unknown; readonly me?: unknown; readonly ticket?: unknown };

/** Office hours as everyone may see them: what is free, and the form that books it. Who else comes is nobody's business. */
@ApiExcludeController()
@Controller('office-hours')
export class OfficeHoursController {
  constructor(
    private readonly hours: OfficeHoursService,
    private readonly freeSlots: FreeSlots,
    private readonly bookings: BookingsService,
    private readonly pages: SlotPages,
    private readonly dropIns: DropIns,
    private readonly contacts: ContactsService,
    private readonly deliveries: DeliveriesService,
    private readonly links: Links,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @TokenQuery('me', 'ticket')
  @Get()
  async list(@CurrentReader() reader: Reader, @Query() query: Query): Promise<Answer> {
    const spoken =
      typeof query.language === 'string' && reader.languages.includes(query.language) ? query.language : '';
    return officeHoursListPage(reader, { offered: await this.hours.offered(), spoken, me: tokenIn(query) });
  }

  @TokenQuery('me', 'ticket')
  @Get(':id')
  async show(@CurrentReader() reader: Reader, @Param('id') id: Id, @Query() query: Query): Promise<Answer> {
    const hours = await this.open(id);
    const region = typeof query.region === 'string' ? query.region.slice(0, 80).toWellFormed() : '';
    const isPlain = Object.keys(query).length === 0;
    return this.page(reader, hours, freshForm({ region }), {
      ...query,
      timeZone: zoneOf(query, reader.language, hours.timeZone),
      isPlain,
    });
  }

  /** Where the times can be read in another zone, for pages that are too full for the list of zones. */
  @TokenQuery('me', 'ticket')
  @Get(':id/zone')
  async zones(@CurrentReader() reader: Reader, @Param('id') id: Id, @Query() query: Query): Promise<Answer> {
    const hours = await this.open(id);
    const timeZone = zoneOf(query, reader.language, hours.timeZone);
    const first = typeof query.week === 'string' && isDay(query.week) ? query.week : '';
    return zonePage(reader, {
      title: hours.title,
      read: { ...this.addressed(hours, timeZone, query), first, timeZone },
    });
  }

  @RateLimit('sign-up')
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @Post(':id')
  @HttpCode(200)
  async book(@CurrentReader() reader: Reader, @Param('id') id: Id, @Body() body: unknown): Promise<Answer> {
    const hours = await this.open(id);
    const me = tokenIn(body);
    const contact = me === '' ? undefined : await this.ownerOf(me);
    const languages = hours.languages;
    const form = parseForm(bookingSchema(languages), body);
    const address = contact ? undefined : parseForm(addressSchema, body);
    const ticket = tokenIn(body, 'ticket');
    const timeZone = zoneOf(form.ok ? form.value : form.values, reader.language, hours.timeZone);
    const view = { timeZone, week: form.values['week'], me, ticket };
    const refused = async (status: number, refusal: FormState, start?: Date): Promise<Answer> =>
      withStatus(status, await this.page(reader, hours, refusal, view, start));
    if (!form.ok || address?.ok === false) {
      const errors = { ...(form.ok ? {} : form.errors), ...(address?.ok === false ? address.errors : {}) };
      return refused(422, refusedForm(form.values, errors), form.ok ? form.value.slot : undefined);
    }
    const { slot: start, note, topic } = form.value;
    const region = findRegion(form.value.region);
    if (!mayBook(hours, region?.id ?? null, this.clock.now())) {
      return refused(422, refusedForm(form.values, { region: { key: 'office-hours.error.region' } }), start);
    }
    if (!(await this.dropIns.mayBook(hours, ticket))) {
      return refused(422, refusedForm(form.values, { slot: { key: 'office-hours.error.first-choice' } }), start);
    }
    if (form.value[HONEYPOT]) return heldPage(reader, { hours, start, timeZone: view.timeZone });
    if (!(await this.isFree(hours, start))) return refused(409, freshForm(form.values), start);
    const asked: Omit<Asked, 'contact'> = {
      start,
      note,
      language: form.value.language ?? languages[0] ?? reader.language,
      topic: topic ?? null,
      region: region?.id ?? contact?.region ?? null,
      country: region?.country ?? contact?.country ?? null,
      ...(form.value.earlier && { earlierSince: this.clock.now() }),
    };
    if (contact) {
      const held = await this.bookings.hold(hours, { ...asked, contact: contact.id, known: true });
      if (!held.ok) return refused(409, this.why(form.values, held.reason), start);
      const token = this.links.token('booking', { id: held.value.booking.id, generation: 0 });
      return seeOther(reader.href(`/bookings/${token}?saved=confirmed`));
    }
    if (!address) throw new PageProblem(400);
    const had = await inSameTime(() =>
      this.hold(hours, asked, {
        ...address.value.email,
        language: asked.language,
        timeZone: view.timeZone,
        place: region === undefined && form.value.region !== '' ? form.value.region : null,
      }),
    );
    if (!had) return refused(409, freshForm(form.values), start);
    return heldPage(reader, { hours, start, timeZone: view.timeZone });
  }

  /**
   * Holds the slot for an address. Whatever is known of the address, the page is the same, and so is what others see: for an
   * address that gets no mail the slot is held for nobody, until its time to be confirmed is over.
   */
  private async hold(
    hours: OfficeHours,
    asked: Omit<Asked, 'contact'>,
    given: {
      readonly address: string;
      readonly canonical: string;
      readonly language: string;
      readonly timeZone: string;
      readonly place: string | null;
    },
  ): Promise<boolean> {
    const enrolled = await this.contacts.enrol({
      ...given,
      region: asked.region,
      country: asked.country,
      wants: ['office-hours'],
      for: 'booking',
    });
    const contact = enrolled.outcome === 'silent' ? undefined : enrolled.contact;
    const { region = asked.region, country = asked.country } = contact ?? {};
    const place = { region: asked.region ?? region, country: asked.country ?? country };
    const held = await this.bookings.hold(hours, { ...asked, ...place, contact: contact?.id ?? this.ids.next() });
    if (held.ok) return true;
    if (held.reason === 'taken') return false;
    if (contact) await this.tellFull(contact);
    const nobody = await this.bookings.hold(hours, { ...asked, note: '', contact: this.ids.next() });
    return nobody.ok;
  }

  /** One such mail per address and day. */
  private tellFull(contact: Contact): Promise<void> {
    const day = this.clock.now().toISOString().slice(0, 10);
    const request = this.settings.RATE_LIMITS ? day : this.ids.next();
    return this.deliveries.tell(contact.id, 'bookings-full', request);
  }

  private why(values: FormState['values'], reason: 'taken' | 'too-many'): FormState {
    return reason === 'taken'
      ? freshForm(values)
      : refusedForm(values, { slot: { key: 'office-hours.error.too-many' } });
  }

  private async open(id: Id): Promise<OfficeHours> {
    const hours = await this.hours.get(id);
    if (!hours) throw new PageProblem(404);
    return hours;
  }

  private async ownerOf(token: string): Promise<Contact> {
    const opened = await this.links.open('me', token, (id) => this.contacts.get(id));
    const contact = opened.ok ? await this.contacts.get(opened.value.link.id) : undefined;
    if (contact?.status !== 'confirmed') throw brokenLink();
    return contact;
  }

  private async isFree(hours: OfficeHours, start: Date): Promise<boolean> {
    const at = start.getTime();
    const { free } = await this.freeSlots.within(hours, { from: at, to: at + 1 });
    return free.length > 0;
  }

  /** @param wanted a slot that is not to be had: the page then shows what is free around it */
  private async page(
    reader: Reader,
    hours: OfficeHours,
    form: FormState,
    view: Query & { readonly timeZone: string; readonly isPlain?: boolean },
    wanted?: Date,
  ): Promise<VNode> {
    const { timeZone } = view;
    const me = tokenIn(view);
    const ticket = tokenIn(view, 'ticket');
    const isTaken = wanted !== undefined && !(await this.isFree(hours, wanted));
    const instead = isTaken ? await this.near(hours, wanted) : undefined;
    const shown = isTaken ? (instead?.[0]?.start ?? wanted.getTime()) : wanted?.getTime();
    const opens = openToAllFrom(hours);
    return officeHoursPage(reader, {
      hours,
      form: isTaken ? taken(form) : form,
      opensToAll: opens && opens > this.clock.now() ? opens : undefined,
      instead,
      me,
      ticket,
      dropIn: await this.dropIns.of(hours),
      isPlain: view.isPlain === true,
      slots: await this.pages.week(hours, {
        timeZone,
        week: shown === undefined ? view.week : dayOf(shown, timeZone),
        ...this.addressed(hours, timeZone, view),
      }),
    });
  }

  /** The page as links lead to it again. */
  private addressed({ id }: OfficeHours, timeZone: string, view: { readonly me?: unknown; readonly ticket?: unknown }) {
    const [me, ticket] = [tokenIn(view), tokenIn(view, 'ticket')];
    const tokens = { ...(me !== '' && { me }), ...(ticket !== '' && { ticket }) };
    return { path: `/office-hours/${id}`, query: { timeZone, ...tokens } };
  }

  private async near(hours: OfficeHours, wanted: Date) {
    const at = wanted.getTime();
    const { free } = await this.freeSlots.within(hours, { from: at - AROUND, to: at + AROUND });
    if (free.length > 0) return nearest(free, at, OTHERS);
    const next = await this.freeSlots.next(hours, this.clock.now().getTime());
    return next ? [next] : [];
  }
}

const taken = ({ values, errors }: FormState): FormState => ({
  values,
  errors: { ...errors, slot: { key: 'office-hours.error.taken' } },
});

/** The token of someone's own page, or of a ticket, where the form or the address carries it. */
function tokenIn(fields: unknown, name: 'me' | 'ticket' = 'me'): string {
  const token = typeof fields === 'object' && fields !== null && name in fields ? (fields as Query)[name] : undefined;
  return typeof token === 'string' && /^[\w-]{32,64}$/.test(token) ? token : '';
}
