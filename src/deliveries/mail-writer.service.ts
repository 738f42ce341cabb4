import { Inject, Injectable } from '@nestjs/common';
import { fillInvite, type CalendarText, type InviteTemplate } from '../../libs/calendar/invite.js';
import { slot } from '../../libs/calendar/slots.js';
import { fillMail, mailTemplate, type MailTemplate, type MailTexts } from '../../libs/mail/mail-template.js';
import { MINUTE } from '../../libs/time/clock.js';
import { formatForReader, type WhenForReader } from '../../libs/time/when.js';
import { Catalogue, DEFAULT_LANGUAGE } from '../../libs/web/i18n.js';
import { hearsMail, SETTINGS, type Settings } from '../config.js';
import { uidOfPlace } from '../invitations/invitation.js';
import { nextOf } from '../invitations/occurrence.js';
import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import { Links } from '../links.js';
import { aheadOf } from './ahead.js';
import { bookingLetter, matterLetter } from './booking-letters.js';
import { isMatterKind, type MatterKind } from './booking-matters.service.js';
import { BoundedCache } from './bounded-cache.js';
import { bookingDescription, calendarDescription, closingDescription } from './calendar-description.js';
import { Correspondents } from './correspondents.js';
import type { DeliveryKind, Fixed } from './delivery.js';
import type { Readership, SlotName, Written } from './letter-parts.js';
import { htmlText, plainText } from './letter.js';
import { MailLinks } from './mail-links.js';
import { meetingLetter, type MeetingLetter } from './meeting-letters.js';
import { answerLetter, noteLetter, personalLetter } from './personal-letters.js';
import { isBulk } from './reach.js';
import { calendarOf, datesOf, viewKey, type SeriesView } from './series-calendar.js';
import { SubjectTexts, textKey } from './subject-texts.service.js';
import type { Writing } from './writing.js';

interface Templates {
  readonly mail: MailTemplate;
  /** Absent where there is no calendar. */
  readonly invite: InviteTemplate | undefined;
}

/** Mails whose text, not only their link, depends on what they are about. */
const ABOUT_IN_TEXT: ReadonlySet<DeliveryKind> = new Set(['appointment', 'no-delegation', 'booking-freed']);

/** Languages and occasions of the meetings that are written of at one time; a template takes a few kilobytes. */
const MOST_TEMPLATES = 500;

const MOST_TIMES = 5_000;

/** Writes mails: what is the same for many is made once, the rest is filled in. */
@Injectable()
export class MailWriter {
  private readonly templates = new BoundedCache<Templates>(MOST_TEMPLATES);
  private readonly letters = new BoundedCache<MailTemplate>(MOST_TEMPLATES);
  private readonly times = new BoundedCache<WhenForReader>(MOST_TIMES);
  private readonly own: MailLinks;
  private readonly oneClick: boolean;

  constructor(
    private readonly texts: SubjectTexts,
    private readonly catalogue: Catalogue,
    private readonly links: Links,
    private readonly correspondents: Correspondents,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.own = new MailLinks(links);
    this.oneClick = settings.PUBLIC_URL.startsWith('https:');
  }

  /** The whole mail; the same row gives the same bytes. */
  async write(writing: Writing): Promise<string> {
    const { row, invitation } = writing;
    if (row.kind === 'personal-reply') return this.answer(writing);
    if (isMatterKind(row.kind)) return this.matter(writing, row.kind);
    if (row.subject === undefined || !invitation) return this.personal(writing);
    const { fixed } = row;
    const subject = await this.texts.of(row.subject, fixed.revision);
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
      ...(fixed.occasion === 'farewell' ? {} : this.own.ofPlace(writing, invitation, subject)),
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
    const slots = method === 'CANCEL' ? [] : ['invitation', 'join'];
    return { mail, invite: calendarOf(subject, calendar, view, slots) };
  }

  private calendarText(
    subject: Subject,
    method: MailTexts['method'] & string,
    occasion: MeetingLetter['occasion'],
    reader: Readership,
  ): CalendarText {
    const joins = method !== 'CANCEL';
    const describe = subject.kind === 'booking' ? bookingDescription : calendarDescription;
    return {
      method,
      start: subject.start,
      end: subject.end,
      timeZone: subject.timeZone,
      summary: subject.title,
      description: joins ? describe(subject, reader) : closingDescription(subject, occasion, reader),
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
    const links: Partial<Record<SlotName, string>> = { unsubscribe: this.own.unsubscribe(writing) };
    if (kind === 'meetings-note') {
      const written = noteLetter(
        places.map(({ subject, invitation }) => ({ subject, url: this.own.invitation(invitation, fixed) })),
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
    const own = this.own.personal(row, contact.id);
    return this.fill(mail, writing, {
      ...links,
      ...(place ? { invitation: this.own.invitation(place.invitation, fixed) } : {}),
      ...(own === undefined ? {} : { link: own }),
    });
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
        ? { url: slots.unsubscribe ?? this.own.unsubscribe(writing), oneClick: this.oneClick }
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
    const own = this.own.booking(matter.booking, fixed);
    return this.fill(this.template(written), writing, { link: own, unsubscribe: this.own.unsubscribe(writing) });
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
