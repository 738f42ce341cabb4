import { Inject, Injectable } from '@nestjs/common';
import { publication } from '../../libs/calendar/publication.js';
import { formatSpan } from '../../libs/time/when.js';
import { Clock, latest } from '../../libs/time/clock.js';
import type { Content } from '../../libs/web/conditional.js';
import { Catalogue, type Language } from '../../libs/web/i18n.js';
import { SETTINGS, type Settings } from '../config.js';
import type { Contact } from '../contacts/contact.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { Links } from '../links.js';
import type { Meeting } from '../meetings/meeting.js';
import { MeetingSubjects } from '../meetings/meeting-subjects.service.js';
import { MeetingsService } from '../meetings/meetings.service.js';
import { publicTexts, publishedMeeting } from '../meetings/published-meeting.js';
import { RegionsService } from '../regions/regions.service.js';
import { atomFeed } from './atom.js';
import { feedHorizon, feedWindow } from './feed-window.js';
import { isInOwnFeed, ownMeeting, type OwnPlace, type OwnPublishing } from './own-feed.js';

/** A feed of meetings that everyone may have. */
export interface PublicFeed {
  readonly language: Language;
  /** The id of a region or of a pair; absent for all meetings. */
  readonly region?: string;
}

/** Beyond this, the last to come wait until some are over. */
const MOST_SHOWN = 500;
const REFRESH_MINUTES = 60;

/** Writes feeds. One that did not change since it was last asked for is not written again. */
@Injectable()
export class FeedsService {
  private readonly written = new Map<string, { readonly from: string; readonly body: string }>();

  constructor(
    private readonly meetings: MeetingsService,
    private readonly subjects: MeetingSubjects,
    private readonly invitations: InvitationsService,
    private readonly regions: RegionsService,
    private readonly links: Links,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Whether there is a feed of this region or pair. */
  knowsRegion(id: string): boolean {
    return this.nameOf(id) !== undefined;
  }

  /** As an iCalendar file to subscribe to. */
  async calendar(feed: PublicFeed): Promise<Content> {
    const { shown, modified } = await this.window(feed);
    const { language } = feed;
    const t = this.catalogue.translator(language);
    const body = this.once('ics', feed, shown, () =>
      publication({
        meetings: shown.map((meeting) =>
          publishedMeeting(meeting, {
            ...{ language, t, organizer: this.settings.MAIL_FROM },
            page: this.pageOf(meeting, language),
          }),
        ),
        feed: { name: this.titleOf(feed), refreshMinutes: REFRESH_MINUTES },
      }),
    );
    return { body, modified };
  }

  /** For news readers. */
  async news(feed: PublicFeed): Promise<Content> {
    const { shown, modified } = await this.window(feed);
    const { language } = feed;
    const t = this.catalogue.translator(language);
    const [first, ...others] = shown.map(({ changedAt }) => changedAt);
    const updated = first ? latest(first, ...others) : modified;
    const write = (): string =>
      atomFeed({
        ...{ title: this.titleOf(feed), author: this.settings.MAIL_FROM.name, language, updated },
        address: this.links.page(pathOf(feed, 'atom')),
        page: this.links.page(`${language}/meetings`),
        entries: shown.map((meeting) => {
          const page = this.pageOf(meeting, language);
          const when = formatSpan(meeting.start, meeting.end, meeting.timeZone, language);
          const title = meeting.status === 'cancelled' ? t('feeds.cancelled', { title: meeting.title }) : meeting.title;
          const { description } = publicTexts(meeting, { t, page });
          return { id: meeting.id, title, updated: meeting.changedAt, page, content: `${when}\n\n${description}` };
        }),
      });
    return { body: shown.length === 0 ? write() : this.once('atom', feed, shown, write), modified };
  }

  /**
   * A contact's own meetings with their own links. Nobody keeps the time at which a place was left or forgotten, so it
   * says nothing of when it changed.
   */
  async own(contact: Contact): Promise<Content> {
    const now = this.clock.now();
    const places = (await this.invitations.placesOf(contact.id)).filter((place) => isInOwnFeed(place, now));
    const { language } = contact;
    const t = this.catalogue.translator(language);
    return {
      body: publication({
        meetings: places.map((place) =>
          ownMeeting(place, {
            ...{ language, t, organizer: this.settings.MAIL_FROM },
            links: this.linksOf(place),
          }),
        ),
        feed: { name: t('feeds.name.own'), refreshMinutes: REFRESH_MINUTES },
      }),
    };
  }

  /** A booking has one page for all there is to do, the visitor's by the booking's own link. */
  private linksOf({ subject, invitation }: Omit<OwnPlace, 'answer'>): OwnPublishing['links'] {
    if (subject.kind === 'booking') {
      const object = invitation.role === 'host' ? invitation : { id: subject.id, generation: 0 };
      const own = this.links.url('booking', object);
      return { invitation: own, join: own };
    }
    return { invitation: this.links.url('invitation', invitation), join: this.links.url('join', invitation) };
  }

  private async window({ region }: PublicFeed): Promise<ReturnType<typeof feedWindow<Meeting>>> {
    const now = this.clock.now();
    const all = await this.meetings.published(feedHorizon(now), MOST_SHOWN);
    const wanted = region === undefined ? undefined : this.regions.audience(region);
    return feedWindow(
      all.filter((meeting) => wanted === undefined || wanted === 'everyone' || this.isFor(meeting, wanted)),
      now,
    );
  }

  private isFor(meeting: Meeting, wanted: readonly string[]): boolean {
    const { regions } = this.subjects.audienceOf(meeting);
    return regions?.some((region) => wanted.includes(region)) ?? true;
  }

  private once(kind: string, feed: PublicFeed, shown: readonly Meeting[], write: () => string): string {
    const key = `${kind} ${pathOf(feed, '')}`;
    const from = shown.map(({ id, changedAt, start }) => [id, changedAt.getTime(), start.getTime()].join(' ')).join();
    const known = this.written.get(key);
    if (known?.from === from) return known.body;
    const body = write();
    this.written.set(key, { from, body });
    return body;
  }

  private pageOf({ id }: Meeting, language: Language): string {
    return this.links.page(`${language}/meetings/${id}`);
  }

  private titleOf({ language, region }: PublicFeed): string {
    const name = region === undefined ? undefined : this.nameOf(region);
    return name === undefined
      ? this.catalogue.translate(language, 'feeds.name')
      : this.catalogue.translate(language, 'feeds.name.region', { region: name });
  }

  private nameOf(id: string): string | undefined {
    return this.regions.audienceChoices().find(({ value }) => value === id)?.name;
  }
}

const pathOf = ({ language, region }: PublicFeed, ending: string): string =>
  region === undefined ? `${language}/meetings.${ending}` : `${language}/regions/${region}/meetings.${ending}`;
