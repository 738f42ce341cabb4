import type { ComponentChildren, VNode } from 'preact';
import type { ConsoleCount, Table as Counts } from '../../../libs/privacy/bands.js';
import { MINUTE } from '../../../libs/time/clock.js';
import { formatSpan } from '../../../libs/time/when.js';
import { Actions, Bars, Button, ButtonLink, Facts, Form, Notice, Progress } from '../../../libs/web/components.js';
import { countText } from '../../../libs/web/count-text.js';
import { HiddenField } from '../../../libs/web/form-fields.js';
import { namesOfLanguages } from '../../../libs/web/i18n.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import { barLength } from '../../participation/participation.js';
import type { SignedIn } from '../../people/console.guard.js';
import type { Meeting } from '../meeting.js';
import { stateOf } from './console-meetings.page.js';
import type { AnswerTable, Telling } from './console-meetings.service.js';
import { Occurrences } from './console-series.page.js';
import { duration } from './duration-text.js';

export interface OverviewProps {
  readonly meeting: Meeting;
  readonly version: number;
  readonly now: Date;
  readonly room: string;
  readonly audience: string;
  readonly host: string;
  /** Absent while it is a draft. */
  readonly announced?: {
    readonly telling: Telling;
    readonly answers: AnswerTable;
    /** For another time. */
    readonly wishes: ConsoleCount;
    readonly full: boolean;
  };
  /** What could not be done, in words. */
  readonly notice?: string;
}

export const overviewPage = (reader: Reader, { csrf }: SignedIn, props: OverviewProps): VNode => {
  const { t } = reader;
  const { meeting, now, announced, notice } = props;
  const path = `/console/meetings/${meeting.id}`;
  const state = stateOf(meeting, now);
  return (
    <ConsolePage reader={reader} csrf={csrf} title={meeting.title} path={path}>
      <h1>{meeting.title}</h1>
      {notice !== undefined && <Notice kind="warning">{notice}</Notice>}
      <p class="lead">{t(`console.meetings.lead.${state}`)}</p>
      {announced && (
        <>
          <TellingPart reader={reader} telling={announced.telling} />
          <p>
            <a href={reader.href(`${path}/progress`)}>{t('console.meetings.progress.link')}</a>
          </p>
        </>
      )}
      {state === 'draft' && (
        <Form reader={reader} action={`${path}/dry-run`} csrf={csrf}>
          <Actions>
            <Button>{t('console.meetings.dry-run')}</Button>
          </Actions>
        </Form>
      )}
      <MeetingFacts reader={reader} {...props} />
      <Occurrences reader={reader} meeting={meeting} now={now} />
      {announced && <Answers reader={reader} {...announced} />}
      <Acts reader={reader} csrf={csrf} path={path} state={state} version={props.version} />
    </ConsolePage>
  );
};

const Acts = ({
  reader,
  csrf,
  path,
  state,
  version,
}: {
  readonly reader: Reader;
  readonly csrf: string;
  readonly path: string;
  readonly state: ReturnType<typeof stateOf>;
  readonly version: number;
}): VNode | null => {
  const { t } = reader;
  if (state === 'held' || state === 'cancelled') return null;
  return (
    <>
      <h2>{t('console.meetings.acts')}</h2>
      <Actions>
        <ButtonLink kind="secondary" href={reader.href(`${path}/edit`)}>
          {t('console.meetings.edit')}
        </ButtonLink>
        <ButtonLink kind="secondary" href={reader.href(`${path}/move`)}>
          {t('console.meetings.move')}
        </ButtonLink>
        {state === 'announced' && (
          <ButtonLink kind="danger" href={reader.href(`${path}/cancel`)}>
            {t('console.meetings.cancel')}
          </ButtonLink>
        )}
      </Actions>
      {state === 'draft' && (
        <Form reader={reader} action={`${path}/discard`} csrf={csrf}>
          <HiddenField name="version" value={String(version)} />
          <p>{t('console.meetings.discard.text')}</p>
          <Actions>
            <Button kind="danger">{t('console.meetings.discard')}</Button>
          </Actions>
        </Form>
      )}
    </>
  );
};

const MeetingFacts = ({
  reader,
  meeting,
  room,
  audience,
  host,
}: OverviewProps & { readonly reader: Reader }): VNode => {
  const { t, language } = reader;
  const publicPath = `/meetings/${meeting.id}`;
  const facts: (readonly [string, ComponentChildren])[] = [
    ...(meeting.series
      ? [
          [
            t('console.meetings.field.repeats'),
            t(`console.meetings.repeats.${meeting.series.recurrence.repeats.frequency}`),
          ] as const,
        ]
      : []),
    [t('console.meetings.when'), formatSpan(meeting.start, meeting.end, meeting.timeZone, language)],
    [t('console.meetings.duration'), duration(language, (meeting.end.getTime() - meeting.start.getTime()) / MINUTE)],
    [t('console.meetings.field.audience'), audience],
    [t('console.meetings.field.host'), host],
    [t('console.meetings.field.languages'), namesOfLanguages(meeting.languages, language) || '–'],
    [t('console.meetings.field.room'), room === '' ? t('console.meetings.room.forgotten') : room],
    [t('console.meetings.field.dialIn'), meeting.dialIn || '–'],
    [
      t('console.meetings.field.capacity'),
      meeting.capacity === null ? t('console.meetings.capacity.none') : String(meeting.capacity),
    ],
    [
      t('console.meetings.field.reminders'),
      meeting.reminders.map((n) => duration(language, n)).join(', ') || t('console.meetings.reminders.none'),
    ],
    ...(meeting.cancelReason === '' ? [] : [[t('console.meetings.field.reason'), meeting.cancelReason] as const]),
    ...(meeting.status === 'draft'
      ? []
      : [[t('console.meetings.public-page'), <a href={reader.href(publicPath)}>{publicPath}</a>] as const]),
  ];
  return (
    <>
      <h2>{t('console.meetings.facts')}</h2>
      {meeting.description.split('\n').map((line, index) => (
        <p key={index}>{line}</p>
      ))}
      <Facts facts={facts} />
    </>
  );
};

const Answers = ({
  reader,
  answers,
  wishes,
  full,
}: NonNullable<OverviewProps['announced']> & { readonly reader: Reader }): VNode => {
  const { t } = reader;
  return (
    <>
      <h2>{t('console.meetings.answers')}</h2>
      <p>{t('console.meetings.answers.lead')}</p>
      {full && <p>{t('console.meetings.full')}</p>}
      <Bars
        caption={t('console.meetings.answers.caption')}
        bars={named(answers).map(({ id, count }) => ({
          label:
            id === undefined ? t('console.meetings.answers.others') : t(`console.meetings.answer.${id as 'accepted'}`),
          value: barLength(count),
          text: countText(t, count),
        }))}
      />
      <Facts
        facts={[
          [t('console.meetings.answers.all'), countText(t, answers.total)],
          [t('console.meetings.wishes'), countText(t, wishes)],
        ]}
      />
    </>
  );
};

/** The cells of a table, unless the whole of it is one: then its total says the same. */
export const named = <Level extends string, Count>({ cells }: Counts<Level, Count>): Counts<Level, Count>['cells'] =>
  cells.length === 1 && cells[0]?.id === undefined ? [] : cells;

/** How far telling people has come, in steps that tell of nobody. */
export function TellingPart({ reader, telling }: { readonly reader: Reader; readonly telling: Telling }): VNode {
  const { t } = reader;
  switch (telling.kind) {
    case 'waiting':
      return <Notice>{t('console.meetings.progress.waiting')}</Notice>;
    case 'sending':
      return <Notice>{t('console.meetings.progress.sending')}</Notice>;
    case 'percent':
      return (
        <Progress label={t('console.meetings.progress.percent', { n: telling.percent })} value={telling.percent} />
      );
    case 'all-sent':
      return <Notice kind="success">{t('console.meetings.progress.all-sent')}</Notice>;
  }
}

/** Loads itself again until everything is sent, by a header. */
export const progressPage = (reader: Reader, { csrf }: SignedIn, meeting: Meeting, telling: Telling): VNode => {
  const { t } = reader;
  return (
    <ConsolePage
      reader={reader}
      csrf={csrf}
      title={t('web.pair', { name: t('console.meetings.progress'), value: meeting.title })}
    >
      <h1>{t('console.meetings.progress')}</h1>
      <p class="lead">{meeting.title}</p>
      <TellingPart reader={reader} telling={telling} />
      {telling.kind !== 'all-sent' && <p>{t('console.meetings.progress.again')}</p>}
      <Actions>
        <ButtonLink href={reader.href(`/console/meetings/${meeting.id}`)}>{t('console.meetings.back')}</ButtonLink>
        <ButtonLink kind="secondary" href={reader.href('/console/outbox')}>
          {t('web.console.outbox')}
        </ButtonLink>
      </Actions>
    </ConsolePage>
  );
};
