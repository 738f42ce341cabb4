import type { ComponentChildren, VNode } from 'preact';
import { formatClock, formatWhen } from '../../libs/time/when.js';
import { Actions, Button, ButtonLink, Facts, Form } from '../../libs/web/components.js';
import { HiddenField } from '../../libs/web/form-fields.js';
import { Live, REFRESH_SECONDS, type LivePart } from '../../libs/web/live.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { waitText } from '../office-hours/pages/wait-text.js';
import { CALL_MINUTES, isOpen } from './queue.js';
import { Cautions } from './queue.page.js';
import type { Standing as Found } from './queue.service.js';
import { likelyWait, standingOf, type Standing } from './standing.js';

export interface TicketProps extends Found {
  readonly token: string;
  readonly now: Date;
  /** The reader's. */
  readonly timeZone: string;
  /** An https address; empty where there is none to be shown. */
  readonly room: string;
  /** Whether a reader without JavaScript wants the page to stay as it is. */
  readonly isStill: boolean;
}

/** One's place in the queue, until it leads to the room. */
export const ticketPage = (reader: Reader, props: TicketProps): VNode => {
  const { token, isStill, ticket } = props;
  const part = ticketPart(reader, props);
  const path = `/queue/${token}`;
  const isOver = !['waiting', 'called', 'talking'].includes(ticket.status);
  const asOf = formatClock(props.now, props.timeZone, reader.language);
  return (
    <Page
      reader={reader}
      title={part.title}
      noIndex
      path={path}
      {...(!isOver && { live: isStill ? 'still' : 'by-itself' })}
    >
      {isOver ? part.content : <Live reader={reader} events={`${path}/events`} part={part} />}
      {!isOver && <Stillness reader={reader} path={path} asOf={asOf} isStill={isStill} />}
    </Page>
  );
};

/** Without JavaScript a page with a live part comes anew by itself: this says so, and lets its reader stop that. */
export const Stillness = ({
  reader,
  path,
  asOf,
  isStill,
}: {
  readonly reader: Reader;
  /** Of the page that comes anew, without language. */
  readonly path: string;
  /** The time on the clock at which the page was made. */
  readonly asOf: string;
  readonly isStill: boolean;
}): VNode => {
  const { t } = reader;
  const still = `${path}?still=yes`;
  return (
    <noscript>
      <p class="soft">
        {isStill
          ? t('queue.ticket.as-of.still', { when: asOf })
          : t('queue.ticket.as-of', { when: asOf, seconds: REFRESH_SECONDS })}
      </p>
      <p>
        <a href={reader.href(isStill ? still : path)}>{t('queue.ticket.look')}</a>
        {' · '}
        <a href={reader.href(isStill ? path : still)}>{t(isStill ? 'queue.ticket.moving' : 'queue.ticket.still')}</a>
      </p>
    </noscript>
  );
};

/** What changes by itself. */
export function ticketPart(reader: Reader, props: TicketProps): LivePart {
  const standing = standingOf(props.queue, props.ticket, props.now);
  const title = titleOf(reader, standing);
  return {
    title,
    said: title,
    content: (
      <>
        <p class="soft">{props.hours.title}</p>
        <h1>{title}</h1>
        {contentOf(reader, props, standing)}
      </>
    ),
  };
}

function titleOf({ t }: Reader, standing: Standing): string {
  if (standing.kind !== 'waiting') return t(`queue.ticket.${standing.kind}`);
  const { before } = standing;
  return before === 0 ? t('queue.ticket.next') : t('queue.ticket.place', { place: before + 1 });
}

function contentOf(reader: Reader, props: TicketProps, standing: Standing): ComponentChildren {
  switch (standing.kind) {
    case 'waiting':
      return <Waiting reader={reader} {...props} before={standing.before} />;
    case 'called':
      return <Called reader={reader} {...props} until={standing.until} />;
    case 'talking':
      return <Talking reader={reader} {...props} />;
    case 'closed':
      return <Closed reader={reader} {...props} firstUntil={standing.firstUntil} />;
    default:
      return <Over reader={reader} {...props} kind={standing.kind} />;
  }
}

type Props = TicketProps & { readonly reader: Reader };

const Waiting = ({ reader, before, ...props }: Props & { readonly before: number }): VNode => {
  const { t, language } = reader;
  const { queue, engaged, now, timeZone } = props;
  const minutes = likelyWait(queue, before, now, engaged);
  return (
    <>
      <p class="lead">{t('queue.ticket.before', { before })}</p>
      <Facts
        facts={[
          [t('queue.wait'), waitText(t, minutes)],
          [t('queue.open-until'), formatWhen(queue.closes, timeZone, language)],
        ]}
      />
      <Cautions reader={reader} board={props} now={now} timeZone={timeZone} minutes={minutes} />
      <p>{t('queue.ticket.keep', { minutes: CALL_MINUTES })}</p>
      <p class="soft">{t('queue.ticket.address')}</p>
      <Act reader={reader} {...props} act="leave" kind="secondary">
        {t('queue.ticket.leave')}
      </Act>
    </>
  );
};

const Called = ({ reader, until, ...props }: Props & { readonly until: Date }): VNode => {
  const { t } = reader;
  return (
    <>
      <p class="lead">{t('queue.left-to-come', { time: timeLeft(until, props.now) })}</p>
      <p>{t('queue.ticket.called.text')}</p>
      <Act reader={reader} {...props} act="join">
        {t('queue.ticket.join')}
      </Act>
      <Act reader={reader} {...props} act="leave" kind="secondary">
        {t('queue.ticket.leave')}
      </Act>
    </>
  );
};

const Talking = ({ reader, room, ...props }: Props): VNode => {
  const { t } = reader;
  return (
    <>
      <p class="lead">{t('queue.ticket.talking.text')}</p>
      {room !== '' && (
        <>
          <p>
            <a class="button primary" href={room} rel="noreferrer noopener">
              {t('participation.joined.room')}
            </a>
          </p>
          <p class="soft">
            {t('participation.joined.elsewhere', { host: URL.parse(room)?.host ?? '' })}{' '}
            {t('participation.joined.yours')}
          </p>
        </>
      )}
      <Act reader={reader} {...props} act="leave" kind="secondary">
        {t('queue.ticket.done')}
      </Act>
    </>
  );
};

const Closed = ({ reader, firstUntil, hours, token, now, timeZone }: Props & { readonly firstUntil: Date }): VNode => {
  const { t, language } = reader;
  const isFirst = now < firstUntil;
  const path = `/office-hours/${hours.id}`;
  return (
    <>
      <p class="lead">
        {isFirst
          ? t('queue.ticket.closed.first', { when: formatClock(firstUntil, timeZone, language) })
          : t('queue.ticket.closed.text')}
      </p>
      <Actions>
        <ButtonLink href={reader.href(isFirst ? `${path}?ticket=${token}` : path)}>
          {t('queue.ticket.choose')}
        </ButtonLink>
      </Actions>
    </>
  );
};

const Over = ({ reader, kind, ...props }: Props & { readonly kind: 'served' | 'missed' | 'left' }): VNode => {
  const { t } = reader;
  const { queue, hours, now } = props;
  return (
    <>
      <p class="lead">{t(`queue.ticket.${kind}.text`, { minutes: CALL_MINUTES })}</p>
      {kind !== 'served' && isOpen(queue, now) && (
        <Act reader={reader} {...props} act="again">
          {t('queue.ticket.again')}
        </Act>
      )}
      <p>
        <a href={reader.href(`/office-hours/${hours.id}`)}>{t('office-hours.back')}</a>
      </p>
    </>
  );
};

const Act = ({
  reader,
  token,
  act,
  kind = 'primary',
  children,
}: Pick<Props, 'reader' | 'token'> & {
  readonly act: 'join' | 'leave' | 'again';
  readonly kind?: 'primary' | 'secondary';
  readonly children: ComponentChildren;
}): VNode => (
  <Form reader={reader} action={`/queue/${token}`}>
    <HiddenField name="act" value={act} />
    <Actions>
      <Button kind={kind}>{children}</Button>
    </Actions>
  </Form>
);

/** "2:40": in steps of ten seconds, as closer would only make the page restless. */
export function timeLeft(until: Date, now: Date): string {
  const seconds = Math.max(0, Math.ceil((until.getTime() - now.getTime()) / 10_000) * 10);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}
