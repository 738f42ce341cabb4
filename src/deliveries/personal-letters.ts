import { formatForReader } from '../../libs/time/when.js';
import { CONFIRM_WITHIN_HOURS, ERASE_AFTER_SILENCE_DAYS, MOST_BOOKINGS } from '../contacts/contact.js';
import { nextOf } from '../invitations/occurrence.js';
import type { Subject } from '../invitations/subject.js';
import type { MatterKind } from './booking-matters.service.js';
import type { Exchange } from './correspondents.js';
import { SIGN_IN_MINUTES, type DeliveryKind } from './delivery.js';
import { filled, lines, oneLine, promises, stop, why, written, type Readership, type Written } from './letter-parts.js';
import { act, fact, link, paragraph, said, words, type Block } from './letter.js';
import type { MeetingLetter } from './meeting-letters.js';

/** A mail about no single meeting, by what it is for. */
export function personalLetter(
  kind: Exclude<DeliveryKind, MeetingLetter['kind'] | 'meetings-note' | 'personal-reply' | MatterKind>,
  reader: Readership,
  { about, place }: { readonly about?: string | undefined; readonly place?: Subject | undefined },
): Written {
  const { t } = reader;
  const say = (text: string, blocks: readonly Block[], footer: readonly Block[]): Written =>
    written(text, reader, { blocks: [paragraph(t('mail.hello')), ...blocks], footer });
  switch (kind) {
    case 'confirmation':
      return say(
        t('mail.confirmation.subject'),
        [
          paragraph(t('mail.confirmation.text')),
          act(t('mail.confirmation.act'), filled('link')),
          paragraph(t('mail.confirmation.otherwise', { hours: CONFIRM_WITHIN_HOURS })),
        ],
        promises(t),
      );
    case 'already-in':
      return say(
        t('mail.already-in.subject'),
        [
          paragraph(t('mail.already-in.text')),
          ...(place ? [act(t('mail.act.invitation'), filled('invitation'))] : []),
          link(t('mail.act.meetings'), reader.page('meetings')),
          link(t('mail.act.me'), reader.page('me')),
        ],
        [...why(reader), ...stop(reader)],
      );
    case 'me-link':
      return say(
        t('mail.me-link.subject'),
        [paragraph(t('mail.me-link.text')), act(t('mail.act.me'), filled('link')), paragraph(t('mail.me-link.valid'))],
        why(reader),
      );
    case 'sign-in':
      return say(
        t('mail.sign-in.subject'),
        [
          paragraph(t('mail.sign-in.text', { minutes: SIGN_IN_MINUTES })),
          act(t('mail.sign-in.act'), filled('link')),
          paragraph(t('mail.sign-in.otherwise')),
        ],
        why(reader),
      );
    case 'appointment':
      return say(
        t('mail.appointment.subject'),
        [
          paragraph(t('mail.appointment.text', { role: about ?? '' })),
          paragraph(t('mail.appointment.sign-in')),
          act(t('mail.appointment.act'), reader.page('sign-in')),
        ],
        [paragraph(t('mail.appointment.why')), ...promises(t), link(t('mail.footer.stop'), reader.page('me'))],
      );
    case 'still-interested':
      return say(
        t('mail.still-interested.subject'),
        [
          paragraph(t('mail.still-interested.text', { days: ERASE_AFTER_SILENCE_DAYS })),
          act(t('mail.still-interested.act'), filled('link')),
        ],
        [...why(reader), ...stop(reader)],
      );
    case 'bookings-full':
      return say(
        t('mail.bookings-full.subject'),
        [paragraph(t('mail.bookings-full.text', { most: MOST_BOOKINGS })), link(t('mail.act.me'), reader.page('me'))],
        why(reader),
      );
    case 'booking-freed':
      return say(
        t('mail.booking-freed.subject'),
        [
          paragraph(t('mail.booking-freed.text')),
          act(t('mail.booking.again'), reader.page(about === undefined ? 'office-hours' : `office-hours/${about}`)),
        ],
        [...why(reader), ...stop(reader)],
      );
    case 'calendar-fails':
      return say(
        t('mail.calendar-fails.subject'),
        [paragraph(t('mail.calendar-fails.text')), act(t('mail.calendar-fails.act'), reader.page('console/calendar'))],
        [paragraph(t('mail.calendar-fails.why')), ...promises(t), link(t('mail.footer.stop'), reader.page('me'))],
      );
    case 'seats-taken':
    case 'no-delegation':
      return placeLetter(kind, place, about, reader);
    case 'not-invited':
      return say(
        t('mail.not-invited.subject'),
        [paragraph(t('mail.not-invited.text')), act(t('mail.act.public-page'), filled('link'))],
        [paragraph(t('mail.not-invited.why')), ...promises(t)],
      );
  }
}

/** Why an answer out of a calendar could not be taken as it was. */
function placeLetter(
  kind: 'seats-taken' | 'no-delegation',
  place: Subject | undefined,
  about: string | undefined,
  reader: Readership,
): Written {
  const { t } = reader;
  const title = oneLine(place?.title ?? '');
  return written(t(`mail.${kind}.subject`, { title }), reader, {
    blocks: [
      paragraph(t('mail.hello')),
      paragraph(t(`mail.${kind}.text`)),
      ...(place ? [act(t('mail.act.invitation'), filled('invitation'))] : []),
      ...(kind === 'no-delegation' ? [link(t('mail.act.public-page'), reader.page(publicPageOf(place, about)))] : []),
    ],
    footer: [...why(reader), ...stop(reader)],
  });
}

/** A booking is nobody else's business: others find office hours of their own. */
const publicPageOf = (place: Subject | undefined, about: string | undefined): string =>
  place?.kind === 'booking' || about === undefined ? 'office-hours' : `meetings/${about}`;

/** What the team answers someone, with what they had written. */
export function answerLetter({ wrote, answer }: Exchange, reader: Readership): Written {
  const { t } = reader;
  return written(t('mail.personal-reply.subject'), reader, {
    blocks: [
      paragraph(t('mail.hello')),
      words(lines(answer)),
      paragraph(`${t('mail.personal-reply.wrote')}${t('mail.colon')}`),
      said(lines(wrote)),
    ],
    footer: [paragraph(t('mail.personal-reply.why')), ...promises(t), paragraph(t('mail.footer.replies-are-read'))],
  });
}

/** Meetings to come, each with the link by which one contact signs up to it. */
export function noteLetter(
  places: readonly { readonly subject: Subject; readonly url: string }[],
  timeZone: string,
  reader: Readership,
): Written {
  const { t, language } = reader;
  return written(t('mail.meetings-note.subject'), reader, {
    blocks: [
      paragraph(t('mail.hello')),
      paragraph(t('mail.meetings-note.text')),
      ...places.flatMap(({ subject, url }) => [
        fact(oneLine(subject.title), formatForReader(nextOf(subject), timeZone, language).reader),
        link(t('mail.act.sign-up'), url),
      ]),
    ],
    footer: [...why(reader), ...stop(reader)],
  });
}
