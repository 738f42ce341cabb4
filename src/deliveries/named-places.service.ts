import { Injectable } from '@nestjs/common';
import { isOffered } from '../invitations/invitation.js';
import { InvitationsService, type Place } from '../invitations/invitations.service.js';
import type { Delivery, DeliveryKind, Fixed, NamedPlace } from './delivery.js';
import { SubjectTexts } from './subject-texts.service.js';
import type { Writing } from './writing.js';

/** What names the recipient's own place in the meeting that it is about. */
const NAMES_A_PLACE: ReadonlySet<DeliveryKind> = new Set(['already-in', 'seats-taken', 'no-delegation']);
/** Meetings that a note of meetings to come names. */
const MOST_PLACES = 10;

/** The meetings that a mail names though it is about none of them, or about the recipient's place in one. */
@Injectable()
export class NamedPlaces {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly texts: SubjectTexts,
  ) {}

  /** The places that a note or a greeting names; undefined where a mail names none. */
  async of(row: Delivery, now: Date): Promise<readonly NamedPlace[] | undefined> {
    if (row.kind === 'meetings-note') {
      const places = await this.invitations.placesOf(row.contact);
      const open = places
        .filter(
          ({ invitation, subject }) => isOffered(invitation) && subject.status === 'announced' && subject.start > now,
        )
        .slice(0, MOST_PLACES);
      for (const { subject } of open) await this.texts.keep(subject);
      return open.map(namedPlace);
    }
    if (!NAMES_A_PLACE.has(row.kind) || row.about === undefined) return undefined;
    const invitation = await this.invitations.find(row.about, row.contact);
    const place = invitation && (await this.invitations.place(invitation.id));
    if (!place) return undefined;
    await this.texts.keep(place.subject);
    return [namedPlace(place)];
  }

  /** The same places when the mail is written, with the texts that were kept of them. */
  async read({ places = [] }: Fixed): Promise<NonNullable<Writing['places']>> {
    const found = await Promise.all(
      places.map(async ({ invitation: id, subject, revision }) => {
        const invitation = (await this.invitations.get(id)) ?? { id, generation: 0 };
        return { invitation, subject: await this.texts.of(subject, revision) };
      }),
    );
    return found;
  }
}

const namedPlace = ({ invitation, subject }: Place): NamedPlace => ({
  invitation: invitation.id,
  subject: subject.id,
  revision: subject.revision,
});
