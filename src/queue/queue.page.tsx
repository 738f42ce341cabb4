import type { VNode } from 'preact';
import { publicCount } from '../../libs/privacy/bands.js';
import { formatClock, formatWhen } from '../../libs/time/when.js';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form, Notice } from '../../libs/web/components.js';
import { countText } from '../../libs/web/count-text.js';
import { HiddenField, HoneypotField } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { TalkFields, talkLabels } from '../office-hours/pages/talk-fields.js';
import { waitText } from '../office-hours/pages/wait-text.js';
import type { Board } from './queue.service.js';
import { isOpen } from './queue.js';
import { isHostAway, lateUntil, likelyWait, waitingIn } from './standing.js';

export interface QueueProps {
  readonly board: Board;
  readonly now: Date;
  /** The reader's. */
  readonly timeZone: string;
  /** When the queue opens next, while it is not open. */
  readonly opens: Date | undefined;
  readonly form: FormState;
  /** The id that the ticket gets, so that a form sent twice takes one place. */
  readonly draft: string;
  readonly isFull: boolean;
  /** Whether the zone was chosen, so that the page keeps it in other languages. */
  readonly isZoned: boolean;
}

/** Whether the queue is open, how long it may take, and the form that takes a place. */
export const queuePage = (reader: Reader, props: QueueProps): VNode => {
  const { t, language } = reader;
  const { board, now, timeZone, opens, isFull, isZoned } = props;
  const { hours, queue } = board;
  const isOpenNow = isOpen(queue, now);
  const title = t('web.pair', { name: hours.title, value: t('queue.title') });
  return (
    <Page
      reader={reader}
      title={title}
      description={t('queue.lead')}
      path={`/office-hours/${hours.id}/queue${isZoned ? `?${new URLSearchParams({ timeZone }).toString()}` : ''}`}
    >
      <h1>{title}</h1>
      <p class="lead">{t('queue.lead')}</p>
      {isOpenNow ? (
        <>
          <Situation reader={reader} board={board} now={now} timeZone={timeZone} />
          {isFull ? <Notice kind="warning">{t('queue.full')}</Notice> : <TakeForm reader={reader} {...props} />}
        </>
      ) : (
        <Notice title={t('queue.not-open')}>
          {opens && t('queue.opens', { when: formatWhen(opens, timeZone, language) })}
        </Notice>
      )}
      <Actions>
        <ButtonLink kind="secondary" href={reader.href(`/office-hours/${hours.id}`)}>
          {t('queue.book')}
        </ButtonLink>
      </Actions>
    </Page>
  );
};

const Situation = ({
  reader,
  board,
  now,
  timeZone,
}: Pick<QueueProps, 'board' | 'now' | 'timeZone'> & { readonly reader: Reader }): VNode => {
  const { t, language } = reader;
  const { queue, engaged } = board;
  const waiting = waitingIn(queue, now).length;
  const minutes = likelyWait(queue, waiting, now, engaged);
  return (
    <>
      <Facts
        facts={[
          [t('queue.open-until'), formatWhen(queue.closes, timeZone, language)],
          [t('queue.waiting'), countText(t, publicCount(waiting))],
          [t('queue.wait'), waitText(t, minutes)],
        ]}
      />
      <Cautions reader={reader} board={board} now={now} timeZone={timeZone} minutes={minutes} />
    </>
  );
};

/** What may make it longer than it looks. */
export const Cautions = ({
  reader,
  board,
  now,
  timeZone,
  minutes,
}: Pick<QueueProps, 'board' | 'now' | 'timeZone'> & { readonly reader: Reader; readonly minutes: number }): VNode => {
  const { t, language } = reader;
  const { queue, engaged } = board;
  const late = lateUntil(queue, now);
  const isBeyond = now.getTime() + minutes * 60_000 >= queue.closes.getTime();
  return (
    <>
      {late && <Notice>{t('queue.late', { when: formatClock(late, timeZone, language) })}</Notice>}
      {!late && isHostAway(queue, now, engaged) && <Notice>{t('queue.away')}</Notice>}
      {isBeyond && <Notice>{t('queue.beyond')}</Notice>}
    </>
  );
};

const TakeForm = ({ reader, board, form, draft, timeZone }: QueueProps & { readonly reader: Reader }): VNode => {
  const { t } = reader;
  const { hours } = board;
  return (
    <>
      <h2>{t('queue.take')}</h2>
      <p>{t('queue.take.anonymous')}</p>
      <ErrorSummary reader={reader} form={form} labels={talkLabels(reader)} />
      <Form reader={reader} action={`/office-hours/${hours.id}/queue`}>
        <HoneypotField reader={reader} />
        <HiddenField name="ticket" value={draft} />
        <HiddenField name="timeZone" value={timeZone} />
        <TalkFields reader={reader} form={form} hours={hours} needsRegion={false} />
        <Actions>
          <Button>{t('queue.take')}</Button>
        </Actions>
      </Form>
    </>
  );
};
