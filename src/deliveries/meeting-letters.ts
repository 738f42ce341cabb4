import type { Translate } from '../../libs/web/i18n.js';
import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import type { Ahead } from './ahead.js';
import type { Occasion } from './delivery.js';
import { details, filled, oneLine, stop, times, why, written, type Readership, type Written } from './letter-parts.js';
import { act, fact, link, paragraph, words, type Block } from './letter.js';
import type { DatesAhead } from './series-calendar.js';

export interface MeetingLetter {
  readonly kind: 'request' | 'cancel' | 'reminder' | 'decline-counter';
  readonly occasion: Occasion | undefined;
  readonly host: boolean;
  /** The meeting's zone shows another time than the reader's. */
  readonly twoZones: boolean;
  /** Of a meeting that repeats. */
  readonly dates?: DatesAhead | undefined;
  /** Of a reminder: how far off it is. */
  readonly ahead?: Ahead | undefined;
}

/** Mails about a meeting: texts of one revision in one language. People's words are cleaned; slots stand for the guest's. */
export function meetingLetter(
  subject: Subject,
  { kind, occasion, host, twoZones, dates, ahead }: MeetingLetter,
  reader: Readership,
): Written {
  const { t } = reader;
  const title = oneLine(subject.title);
  const when = times(t, twoZones);
  // How often, before what is asked; each single date after it, as the list may fill a screen.
  const [about, list] = [[...oftenText(t, dates), ...details(subject, reader)], datesText(t, dates)];
  if (kind === 'decline-counter') return counterLetter(title, when, [about, list], reader);
  if (kind === 'cancel') return cancelLetter(subject, title, occasion, when, reader);
  const opening = kind === 'reminder' ? 'mail.reminder' : requestTexts(occasion, host);
  return written(t(`${opening}.subject`, { title, ...ahead }), reader, {
    blocks: [
      ...when,
      paragraph(t('mail.hello')),
      paragraph(t(`${opening}.text`, ahead)),
      ...about,
      ...(kind === 'reminder' ? [act(t('mail.act.join'), filled('join'))] : replies(reader, host)),
      ...(kind === 'reminder'
        ? [link(t('mail.act.reply'), filled('invitation'))]
        : [link(t('mail.act.join'), filled('join'))]),
      paragraph(t('mail.room.opens', { minutes: OPENS_BEFORE })),
      ...list,
    ],
    footer: [
      ...why(reader),
      paragraph(t('mail.footer.in-the-room')),
      link(t('mail.act.leave'), filled('invitation')),
      ...stop(reader),
    ],
  });
}

function counterLetter(
  title: string,
  when: readonly Block[],
  [about, list]: readonly [readonly Block[], readonly Block[]],
  reader: Readership,
): Written {
  const { t } = reader;
  return written(t('mail.decline-counter.subject', { title }), reader, {
    blocks: [
      ...when,
      paragraph(t('mail.hello')),
      paragraph(t('mail.decline-counter.text')),
      ...about,
      act(t('mail.act.reply'), filled('invitation')),
      ...list,
    ],
    footer: [...why(reader), link(t('mail.act.leave'), filled('invitation')), ...stop(reader)],
  });
}

const requestTexts = (occasion: Occasion | undefined, host: boolean) => {
  if (occasion === 'moved' && !host) return 'mail.request.moved';
  if (occasion === 'changed' || occasion === 'moved') return 'mail.request.changed';
  return host ? 'mail.request.host' : 'mail.request.new';
};

const replies = ({ t, hears }: Readership, host: boolean): readonly Block[] =>
  host
    ? [act(t('mail.act.invitation'), filled('invitation'))]
    : [
        act(t('mail.act.reply'), filled('invitation')),
        paragraph(t(hears ? 'mail.act.reply-calendar' : 'mail.act.reply-here')),
      ];

function cancelLetter(
  subject: Subject,
  title: string,
  occasion: Occasion | undefined,
  when: readonly Block[],
  reader: Readership,
): Written {
  const { t } = reader;
  const reason = oneLine(subject.cancelReason);
  const cancelled = occasion === 'cancelled';
  const heading = t(cancelled ? 'mail.cancel.cancelled.subject' : 'mail.cancel.gone.subject', { title });
  if (occasion === 'farewell') {
    return written(heading, reader, {
      blocks: [...when, paragraph(t('mail.hello')), paragraph(t('mail.cancel.farewell.text'))],
      footer: why(reader),
    });
  }
  return written(heading, reader, {
    blocks: [
      ...when,
      paragraph(t('mail.hello')),
      paragraph(t(cancelled ? 'mail.cancel.cancelled.text' : 'mail.cancel.gone.text')),
      ...(cancelled && reason !== '' ? [fact(t('mail.fact.reason'), reason)] : []),
      ...(cancelled ? [] : [act(t('mail.act.back'), filled('invitation'))]),
      link(t('mail.act.meetings'), reader.page('meetings')),
    ],
    footer: [...why(reader), ...stop(reader)],
  });
}

/** "Every week, 10 dates to come" */
const oftenText = (t: Translate, given: DatesAhead | undefined): readonly Block[] =>
  given === undefined || given.dates.length === 0
    ? []
    : [paragraph(t(`meetings.repeats.${given.frequency}`, { n: given.dates.length + given.more }))];

const datesText = (t: Translate, given: DatesAhead | undefined): readonly Block[] =>
  given === undefined || given.dates.length === 0
    ? []
    : [
        paragraph(t('mail.dates')),
        words(
          [...given.dates, ...(given.more > 0 ? [t('mail.dates.more', { n: given.more })] : [])]
            .map(oneLine)
            .join('\n'),
        ),
      ];
