import type { ComponentChildren, VNode } from 'preact';
import { consoleCount } from '../../libs/privacy/bands.js';
import type { Interval } from '../../libs/time/slots.js';
import { formatClock, formatWhen } from '../../libs/time/when.js';
import { Actions, Button, ButtonLink, Card, Facts, Form, Notice } from '../../libs/web/components.js';
import { countText } from '../../libs/web/count-text.js';
import { HiddenField } from '../../libs/web/form-fields.js';
import { Live, type LivePart } from '../../libs/web/live.js';
import { ConsolePage } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { waitText } from '../office-hours/pages/wait-text.js';
import { whoOf } from '../office-hours/pages/who.js';
import type { SignedIn } from '../people/console.guard.js';
import type { Board } from './queue.service.js';
import {
  actsOf,
  CALL_MINUTES,
  callEnds,
  isMissed,
  isOpen,
  LATE_MINUTES,
  nextInLine,
  presentOf,
  type Ended,
  type Ticket,
} from './queue.js';
import { engagementAt, likelyWait, waitingIn } from './standing.js';
import { Stillness, timeLeft } from './ticket.page.js';

/** What is booked with whoever reads, as far as a page of the day needs it. */
export interface OwnBooking {
  readonly start: Date;
  readonly end: Date;
  readonly who: string;
  readonly note: string;
}

export interface DayProps {
  readonly board: Board;
  readonly now: Date;
  readonly bookings: readonly OwnBooking[];
  /** How many of those who wait seem to be there; undefined when nobody knows. */
  readonly here: number | undefined;
  /** Where whoever reads meets the one who was called; empty where nobody was. */
  readonly room: string;
  /** When the queue opens next, while it is not open. */
  readonly opens: Date | undefined;
  readonly month: Ended | undefined;
  /** Whether a reader without JavaScript wants the page to stay as it is. */
  readonly isStill: boolean;
}

export const pathOfDay = (hours: string): string => `/console/office-hours/${hours}/day`;

/** Now, next and how many wait, on a phone beside the conversation. */
export const dayPage = (
  reader: Reader,
  by: SignedIn,
  props: DayProps & { readonly notice: string | undefined },
): VNode => {
  const part = dayPart(reader, by, props);
  const { isStill } = props;
  const { hours } = props.board;
  const path = pathOfDay(hours.id);
  const asOf = clock({ reader, board: props.board }, props.now);
  return (
    <ConsolePage reader={reader} csrf={by.csrf} title={part.title} path={path} live={isStill ? 'still' : 'by-itself'}>
      <h1>{hours.title}</h1>
      {props.notice !== undefined && <Notice kind="warning">{props.notice}</Notice>}
      <Live reader={reader} events={`${path}/events`} part={part} />
      <Stillness reader={reader} path={path} asOf={asOf} isStill={isStill} />
      <p class="soft">{reader.t('console.queue.lead', { minutes: CALL_MINUTES })}</p>
      <Month reader={reader} month={props.month} />
      <Actions>
        <ButtonLink kind="secondary" href={reader.href(`/console/office-hours/${hours.id}`)}>
          {reader.t('console.office-hours.back')}
        </ButtonLink>
      </Actions>
    </ConsolePage>
  );
};

type Props = DayProps & { readonly reader: Reader; readonly by: SignedIn };

/** What changes by itself. */
export function dayPart(reader: Reader, by: SignedIn, props: DayProps): LivePart {
  const all: Props = { reader, by, ...props };
  const { t } = reader;
  const { queue } = props.board;
  const present = presentOf(queue, by.contact);
  return {
    title: t('console.queue.title'),
    said: present
      ? t('web.pair', { name: t('console.queue.now'), value: whoOf(reader, present) })
      : t('console.queue.now.nobody'),
    content: (
      <>
        <Now {...all} />
        <Next {...all} />
        <Waiting {...all} />
        <Late {...all} />
      </>
    ),
  };
}

const clock = ({ reader, board }: Pick<Props, 'reader' | 'board'>, at: Date): string =>
  formatClock(at, board.hours.timeZone, reader.language);

const Now = (props: Props): VNode => {
  const { reader, by, board, now } = props;
  const { t } = reader;
  const { queue, engaged } = board;
  const present = presentOf(queue, by.contact);
  const engagement = engagementAt(engaged, by.contact, now);
  const isCalled = present?.status === 'called' && !isMissed(present, now);
  return (
    <Card title={t('console.queue.now')}>
      {engagement && <Engagement {...props} engagement={engagement} />}
      {present && (
        <>
          <p class="lead">{whoOf(reader, present)}</p>
          <p>
            {present.status === 'called' && present.call
              ? t('queue.left-to-come', { time: timeLeft(callEnds(present.call), now) })
              : present.joinedAt && t('console.queue.now.since', { time: clock(props, present.joinedAt) })}
          </p>
          <RoomLink {...props} />
        </>
      )}
      {!present && !engagement && <p>{t('console.queue.now.nobody')}</p>}
      {!isCalled && isOpen(queue, now) && nextInLine(queue) && (
        <Act {...props} act="call">
          {engagement && <HiddenField name="anyway" value="yes" />}
          <Button kind={engagement || present ? 'secondary' : 'primary'}>
            {t(callLabel(present, engagement !== undefined))}
          </Button>
        </Act>
      )}
      {present?.status === 'talking' && (
        <Act {...props} act="end">
          <Button kind="secondary">{t('console.queue.end')}</Button>
        </Act>
      )}
    </Card>
  );
};

const callLabel = (present: Ticket | undefined, isEngaged: boolean) => {
  if (present?.status === 'talking') return 'console.queue.call.after';
  return isEngaged ? 'console.queue.call.anyway' : 'console.queue.call';
};

const Engagement = ({
  engagement: { from, to },
  bookings,
  ...props
}: Props & { readonly engagement: Interval }): VNode => {
  const { t } = props.reader;
  const booking = bookings.find(({ start }) => start.getTime() === from);
  const time = clock(props, new Date(to));
  return (
    <>
      <p>{t(booking ? 'console.queue.now.booked' : 'console.queue.now.elsewhere', { time })}</p>
      {booking && <p class="lead">{booking.who}</p>}
      {booking && booking.note !== '' && <blockquote lang="">{booking.note}</blockquote>}
    </>
  );
};

const RoomLink = ({ reader, room }: Props): VNode | null =>
  room === '' ? null : (
    <>
      <p>
        <a class="button primary" href={room} rel="noreferrer noopener">
          {reader.t('participation.joined.room')}
        </a>
      </p>
      <p class="soft">{reader.t('bookings.host.signs-in')}</p>
    </>
  );

const Next = (props: Props): VNode => {
  const { reader, board, now, bookings } = props;
  const { t } = reader;
  const { queue } = board;
  const next = isOpen(queue, now) ? nextInLine(queue) : undefined;
  const booked = bookings.find(({ start }) => start > now);
  return (
    <Card title={t('console.queue.next')}>
      <Facts
        facts={[
          [t('console.queue.next.in-line'), next ? whoOf(reader, next) : t('console.queue.next.nobody')],
          ...(booked
            ? [[t('console.queue.next.booked', { time: clock(props, booked.start) }), booked.who] as const]
            : []),
        ]}
      />
    </Card>
  );
};

const Waiting = (props: Props): VNode => {
  const { reader, board, now, here, opens } = props;
  const { t, language } = reader;
  const { queue, engaged, hours } = board;
  if (!isOpen(queue, now)) {
    return (
      <Notice title={t('queue.not-open')}>
        {opens && t('queue.opens', { when: formatWhen(opens, hours.timeZone, language) })}
      </Notice>
    );
  }
  const waiting = waitingIn(queue, now).length;
  return (
    <Facts
      facts={[
        [t('queue.waiting'), countText(t, consoleCount(waiting))],
        ...(here === undefined ? [] : [[t('console.queue.here'), countText(t, consoleCount(here))] as const]),
        [t('console.queue.newcomer'), waitText(t, likelyWait(queue, waiting, now, engaged))],
        [t('queue.open-until'), clock(props, queue.closes)],
      ]}
    />
  );
};

const Late = (props: Props): VNode | null => {
  const { reader, by, board, now } = props;
  const { t } = reader;
  const { queue } = board;
  if (!isOpen(queue, now)) return null;
  const until = queue.hosts.find(({ host }) => host === by.contact)?.lateUntil;
  const isLate = until && until > now;
  return (
    <>
      <h2>{t('console.queue.late')}</h2>
      <p>{isLate ? t('console.queue.late.told', { time: clock(props, until) }) : t('console.queue.late.lead')}</p>
      <Act {...props} act="late">
        {LATE_MINUTES.filter((minutes) => minutes > 0 || isLate).map((minutes) => (
          <Button key={minutes} kind="secondary" name="minutes" value={String(minutes)}>
            {minutes === 0 ? t('console.queue.late.over') : t('console.queue.late.minutes', { minutes })}
          </Button>
        ))}
      </Act>
    </>
  );
};

const Month = ({ reader, month }: { readonly reader: Reader; readonly month: Ended | undefined }): VNode | null => {
  const { t } = reader;
  if (!month) return null;
  return (
    <>
      <h2>{t('console.queue.month')}</h2>
      <Facts
        facts={(['served', 'missed', 'left', 'closed'] as const).map((what) => [
          t(`console.queue.month.${what}`),
          countText(t, consoleCount(month[what])),
        ])}
      />
    </>
  );
};

/** What the page showed goes along: pressed twice, or on an older page, a button does nothing. */
const Act = ({
  reader,
  by,
  board,
  isStill,
  act,
  children,
}: Pick<Props, 'reader' | 'by' | 'board' | 'isStill'> & {
  readonly act: 'call' | 'end' | 'late';
  readonly children: ComponentChildren;
}): VNode => (
  <Form reader={reader} action={`${pathOfDay(board.hours.id)}${isStill ? '?still=yes' : ''}`} csrf={by.csrf}>
    <HiddenField name="act" value={act} />
    <HiddenField name="acts" value={String(actsOf(board.queue, by.contact))} />
    <div class="actions few">{children}</div>
  </Form>
);
