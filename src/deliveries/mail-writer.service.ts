import { Inject, Injectable } from '@nestjs/common';
import { fillInvite, type CalendarText, type InviteTemplate } from '../../libs/calendar/invite.js';
import { slot } from '../../libs/calendar/slots.js';
import { fillMail, mailTemplate, type MailTemplate, type MailTexts } from '../../libs/mail/mail-template.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, MINUTE, plus } from '../../libs/time/clock.js';
import { formatForReader, type WhenForReader } from '../../libs/time/when.js';
import { Catalogue, DEFAULT_LANGUAGE } from '../../libs/web/i18n.js';
import { hearsMail, SETTINGS, type Settings } from '../config.js';
import { ERASE_AFTER_SILENCE_DAYS, type Contact } from '../contacts/contact.js';
import { uidOfPlace, type Invitation } from '../invitations/invitation.js';
import { nextOf } from '../invitations/occurrence.js';
import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import { Links } from '../links.js';
import { aheadOf } from './ahead.js';
import { bookingLetter, matterLetter } from './booking-letters.js';
import { isMatterKind, type BookingMatter, type MatterKind } from './booking-matters.service.js';
import { BoundedCache } from './bounded-cache.js';
import { bookingDescription, calendarDescription, leadsOn } from './calendar-description.js';
import { Correspondents } from './correspondents.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import type { Delivery, DeliveryKind, Fixed } from './delivery.js';
import type { Readership, SlotName, Written } from './letter-parts.js';
import { htmlText, plainText } from './letter.js';
import { meetingLetter, type MeetingLetter } from './meeting-letters.js';
import { answerLetter, noteLetter, personalLetter } from './personal-letters.js';
import { isBulk } from './reach.js';
import { calendarOf, datesOf, viewKey, type SeriesView } from './series-calendar.js';

/** A row whose circumstances are fixed, and for whom it is. */
export interface Writing {
  readonly row: Delivery & { readonly fixed: Fixed };
  readonly contact: Pick<Contact, 'id'>;
  readonly invitation?: Pick<Invitation, 'id' | 'role' | 'generation'> | undefined;
  /** The places that the row names, with the texts of the revisions that it names. */
  readonly places?: readonly {
    readonly subject: Subject;
    readonly invitation: Pick<Invitation, 'id' | 'generation'>;
  }[];
  /** What a mail about a booking tells that is no calendar mail. */
  readonly matter?: BookingMatter | undefined;
  readonly address: string;
}

interface Templates {
  readonly mail: MailTemplate;
  /** Absent where there is no calendar. */
  readonly invite: InviteTemplate | undefined;
}

/** Texts of meetings, languages and occasions that are sent at one time; a template takes a few kilobytes. */
/** Mails whose text, not only their link, depends on what they are about. */
const ABOUT_IN_TEXT: ReadonlySet<DeliveryKind> = new Set(['appointment', 'no-delegation', 'booking-freed']);
const MOST_TEMPLATES = 500;
const MOST_TIMES = 5_000;

/** Writes mails: what is the same for many is made once, the rest is filled in. */
@Injectable()
export class MailWriter {
  private readonly texts = new BoundedCache<Promise<Subject>>(MOST_TEMPLATES);
  private readonly kept = new BoundedCache<Promise<void>>(MOST_TEMPLATES);
  private readonly templates = new BoundedCache<Templates>(MOST_TEMPLATES);
  private readonly letters = new BoundedCache<MailTemplate>(MOST_TEMPLATES);
  private readonly times = new BoundedCache<WhenForReader>(MOST_TIMES);
  private readonly oneClick: boolean;

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly catalogue: Catalogue,
    private readonly links: Links,
    private readonly correspondents: Correspondents,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.oneClick = settings.PUBLIC_URL.startsWith('https:');
  }

  /** The whole mail; the same row gives the same bytes. */
  async write(writing: Writing): Promise<string> {
    const { row, invitation } = writing;
    if (row.kind === 'personal-reply') return this.answer(writing);
    if (isMatterKind(row.kind)) return this.matter(writing, row.kind);
    if (row.subject === undefined || !invitation) return this.personal(writing);
    const { fixed } = row;
    const subject = await this.textOf(row.subject, fixed.revision);
    const next = nextOf(subject);
    const { reader, meeting } = this.when(next, fixed);
    const view: SeriesView = { own: fixed.own, occurrence: row.occurrence };
    const { mail, invite } = this.templatesFor(
      subject,
      {
        kind: row.kind as MeetingLetter['kind'],
        occasion: fixed.occasion,
        host: invitation.role === 'host',
        twoZones: meeting !== undefined,
        dates: datesOf(subject, view, fixed.timeZone, fixed.language),
        ahead: row.kind === 'reminder' ? aheadOf(next.start, fixed.date, fixed.timeZone) : undefined,
      },
      fixed.language,
      view,
    );
    const links: Partial<Record<SlotName, string>> = {
      when: reader,
      ...(meeting === undefined ? {} : { there: meeting }),
      ...(fixed.occasion === 'farewell' ? {} : this.linksOf(writing, invitation, subject)),
    };
    const calendar =
      invite &&
      fillInvite(invite, {
        uid: uidOfPlace(invitation),
        sequence: fixed.sequence,
        dtstamp: fixed.dtstamp,
        address: writing.address,
        partstat: fixed.partstat ?? 'NEEDS-ACTION',
        occurrences: Object.fromEntries(
          (fixed.own?.apart ?? []).map(({ original, partstat }) => [original.toISOString(), partstat]),
        ),
        replacements: links,
      });
    return this.fill(mail, writing, links, calendar);
  }

  /** The invitation as a reader of this language and zone will see it, without anyone's links. */
  preview(subject: Subject, language: string, timeZone: string): { readonly subject: string; readonly text: string } {
    const { reader, meeting } = formatForReader(nextOf(subject), timeZone, language);
    const dates = datesOf(subject, {}, timeZone, language);
    const { subject: title, letter } = meetingLetter(
      subject,
      { kind: 'request', occasion: 'new', host: false, twoZones: meeting !== undefined, dates },
      this.readership(language),
    );
    const shown: Partial<Record<SlotName, string>> = {
      when: reader,
      there: meeting ?? '',
      invitation: `${this.links.page('invitations')}/…`,
      join: `${this.links.page('join')}/…`,
      unsubscribe: `${this.links.page('unsubscribe')}/…`,
    };
    const text = Object.entries(shown).reduce(
      (all, [name, value]) => all.replaceAll(slot(name), value),
      plainText(letter),
    );
    return { subject: title, text };
  }

  /** Keeps the texts of a revision, so that a repeat says what the first attempt said. */
  async keep(subject: Subject): Promise<void> {
    const key = textKey(subject.id, subject.revision);
    await remembered(this.kept, key, () => this.deliveries.keepText(subject));
  }

  textOf(subject: Id, revision: number): Promise<Subject> {
    return remembered(this.texts, textKey(subject, revision), async () => {
      const text = await this.deliveries.text(subject, revision);
      if (!text) throw new Error('the texts that a delivery names are gone');
      return text;
    });
  }

  private templatesFor(subject: Subject, letter: MeetingLetter, language: string, view: SeriesView): Templates {
    const { kind, occasion, host, twoZones, dates, ahead } = letter;
    const words = [kind, occasion ?? '', host ? 'host' : 'guest', twoZones ? 'two' : 'one', language];
    if (ahead) words.push(ahead.unit, String(ahead.count));
    const key = [textKey(subject.id, subject.revision), ...words, viewKey(view), ...(dates?.dates ?? [])].join('|');
    return this.templates.get(key, () => this.build(subject, letter, language, view));
  }

  private build(subject: Subject, letter: MeetingLetter, language: string, view: SeriesView): Templates {
    const reader = this.readership(language);
    const method = METHODS[letter.kind];
    const isBooking = subject.kind === 'booking' && letter.kind !== 'decline-counter';
    const mail = this.template((isBooking ? bookingLetter : meetingLetter)(subject, letter, reader), method);
    if (!method) return { mail, invite: undefined };
    const calendar = this.calendarText(subject, method, letter.occasion, reader);
    const slots = leadsOn(letter.occasion) ? ['invitation', 'join'] : [];
    return { mail, invite: calendarOf(subject, calendar, view, slots) };
  }

  private calendarText(
    subject: Subject,
    method: MailTexts['method'] & string,
    occasion: MeetingLetter['occasion'],
    reader: Readership,
  ): CalendarText {
    const joins = leadsOn(occasion);
    return {
      method,
      start: subject.start,
      end: subject.end,
      timeZone: subject.timeZone,
      summary: subject.title,
      description: (subject.kind === 'booking' ? bookingDescription : calendarDescription)(subject, occasion, reader),
      location: joins ? slot('join') : '',
      status: method === 'CANCEL' && occasion === 'cancelled' ? 'CANCELLED' : 'CONFIRMED',
      organizer: this.settings.MAIL_FROM,
      language: reader.language,
      ...(joins ? { url: slot('invitation') } : {}),
      ...(joins ? { conference: { uri: slot('join'), label: reader.t('mail.act.join') } } : {}),
      alarms: method === 'REQUEST' ? [OPENS_BEFORE] : [],
    };
  }

  private personal(writing: Writing): string {
    const { row, contact, places = [] } = writing;
    const { fixed, kind } = row;
    const reader = this.readership(fixed.language);
    const links: Partial<Record<SlotName, string>> = { unsubscribe: this.unsubscribeLink(writing) };
    if (kind === 'meetings-note') {
      const written = noteLetter(
        places.map(({ subject, invitation }) => ({ subject, url: this.invitationLink(invitation, fixed) })),
        fixed.timeZone,
        reader,
      );
      return this.fill(this.template(written), writing, links);
    }
    if (kind === 'personal-reply' || kind === 'decline-counter' || isMatterKind(kind))
      throw new Error('a mail that is written elsewhere');
    if (kind === 'request' || kind === 'cancel' || kind === 'reminder')
      throw new Error('a mail about a meeting without one');
    const [place] = places;
    const about = ABOUT_IN_TEXT.has(kind) ? (row.about ?? '') : '';
    const named = place ? textKey(place.subject.id, place.subject.revision) : '';
    const key = [kind, fixed.language, about, named].join('|');
    const mail = this.letters.get(key, () =>
      this.template(personalLetter(kind, reader, { about: row.about, place: place?.subject })),
    );
    const own = this.personalLink(row, contact.id);
    return this.fill(mail, writing, {
      ...links,
      ...(place ? { invitation: this.invitationLink(place.invitation, fixed) } : {}),
      ...(own === undefined ? {} : { link: own }),
    });
  }

  private personalLink({ kind, about, notAfter, fixed }: Writing['row'], contact: Id): string | undefined {
    const { keyId, generation } = fixed;
    const self = { id: contact, generation };
    switch (kind) {
      case 'confirmation':
        return this.links.url('confirm', self, { keyId, expires: notAfter });
      case 'me-link':
        return this.links.url('me', self, { keyId, expires: notAfter });
      case 'still-interested':
        // As long as the silence that would end it.
        return this.links.url('me', self, { keyId, expires: plus(fixed.date, ERASE_AFTER_SILENCE_DAYS * DAY) });
      case 'not-invited':
        return this.links.page(about === undefined ? 'office-hours' : `meetings/${about}`);
      case 'sign-in':
        return this.links.url('sign-in', { id: about ?? '', generation: 0 }, { keyId, expires: notAfter });
      default:
        return undefined;
    }
  }

  private linksOf(
    writing: Writing,
    invitation: Pick<Invitation, 'id' | 'generation' | 'role'>,
    subject: Subject,
  ): Partial<Record<SlotName, string>> {
    const { fixed } = writing.row;
    if (subject.kind === 'booking') {
      // A visitor's links are the booking's own, as it had them before it was confirmed; its host's are the invitation's.
      const object = invitation.role === 'host' ? invitation : { id: subject.id, generation: 0 };
      const own = this.links.url('booking', object, { keyId: fixed.keyId });
      return { invitation: own, join: own, unsubscribe: this.unsubscribeLink(writing) };
    }
    return {
      invitation: this.invitationLink(invitation, fixed),
      join: this.links.url('join', invitation, { keyId: fixed.keyId }),
      unsubscribe: this.unsubscribeLink(writing),
    };
  }

  private invitationLink(invitation: Pick<Invitation, 'id' | 'generation'>, { keyId }: Fixed): string {
    return this.links.url('invitation', invitation, { keyId });
  }

  private unsubscribeLink({ contact, row: { fixed } }: Writing): string {
    return this.links.url('unsubscribe', { id: contact.id, generation: fixed.generation }, { keyId: fixed.keyId });
  }

  private fill(
    mail: MailTemplate,
    writing: Writing,
    slots: Partial<Record<SlotName, string>>,
    calendar?: string,
  ): string {
    const { row, address } = writing;
    const { fixed } = row;
    return fillMail(mail, {
      to: address,
      messageId: fixed.messageId,
      date: fixed.date,
      inReplyTo: fixed.inReplyTo ?? undefined,
      unsubscribe: isBulk(row)
        ? { url: slots.unsubscribe ?? this.unsubscribeLink(writing), oneClick: this.oneClick }
        : undefined,
      slots,
      calendar,
    });
  }

  /** Every answer is one person's own: nothing of it is kept for another. */
  private async answer(writing: Writing): Promise<string> {
    const exchange = await this.correspondents.exchange(writing.row.about ?? '');
    if (!exchange) throw new Error('what a reply answers is gone');
    const written = answerLetter(exchange, this.readership(writing.row.fixed.language));
    return this.fill(this.template(written), writing, {});
  }

  /** About one booking, and for one reader alone. */
  private matter(writing: Writing, kind: MatterKind): string {
    const { matter, row } = writing;
    if (!matter) throw new Error('what a mail about a booking tells is gone');
    const { fixed } = row;
    const written = matterLetter(kind, matter, { ...this.readership(fixed.language), timeZone: fixed.timeZone });
    const own = this.links.url('booking', { id: matter.booking, generation: 0 }, { keyId: fixed.keyId });
    return this.fill(this.template(written), writing, { link: own, unsubscribe: this.unsubscribeLink(writing) });
  }

  private template({ subject, letter }: Written, method?: MailTexts['method'] & string): MailTemplate {
    return mailTemplate({
      from: this.settings.MAIL_FROM,
      subject,
      text: plainText(letter),
      html: htmlText(letter),
      ...(method ? { method } : {}),
    });
  }

  private readership(language: string): Readership {
    const known = this.catalogue.has(language) ? language : DEFAULT_LANGUAGE;
    return {
      language: known,
      t: this.catalogue.translator(known),
      page: (path) => this.links.page(path),
      hears: hearsMail(this.settings),
    };
  }

  private when(subject: Subject, { timeZone, language }: Pick<Fixed, 'timeZone' | 'language'>): WhenForReader {
    const key = [
      subject.start.getTime() / MINUTE,
      subject.end.getTime() / MINUTE,
      subject.timeZone,
      timeZone,
      language,
    ].join('|');
    return this.times.get(key, () => formatForReader(subject, timeZone, language));
  }
}

const METHODS = {
  request: 'REQUEST',
  cancel: 'CANCEL',
  'decline-counter': 'DECLINECOUNTER',
  reminder: undefined,
} as const;

const textKey = (subject: Id, revision: number): string => `${subject}|${String(revision)}`;

/** What is asked for while it is on its way is waited for; what fails is asked for again. */
async function remembered<Value>(
  cache: BoundedCache<Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  try {
    return await cache.get(key, make);
  } catch (error) {
    cache.forget(key);
    throw error;
  }
}
