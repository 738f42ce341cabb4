import type { VNode } from 'preact';
import type { ConsoleCount } from '../../../libs/privacy/bands.js';
import { cityOf } from '../../../libs/time/city-names.js';
import { formatSpan } from '../../../libs/time/when.js';
import { Actions, Bars, Button, ButtonLink, Facts, Form, Notice } from '../../../libs/web/components.js';
import { countText } from '../../../libs/web/count-text.js';
import { HiddenField, TextField } from '../../../libs/web/form-fields.js';
import { type Language, nameOfLanguage } from '../../../libs/web/i18n.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import { barLength, barsOf } from '../../participation/participation.js';
import type { Occurrence } from '../../invitations/series.js';
import type { SignedIn } from '../../people/console.guard.js';
import type { Meeting, MeetingTime } from '../meeting.js';
import { named } from './console-meeting.page.js';
import { ActForm, ActPreview, type ActProps } from './console-frames.page.js';
import { StartFields } from './console-meetings.page.js';
import type { Reach } from './console-meetings.service.js';
import { LIMITS } from './meeting-form.js';
import { DateOf, PartFields, scopeFacts } from './console-series.page.js';

/** A mail as those who read this language will see it. */
export interface MailIn {
  readonly language: Language;
  readonly subject: string;
  readonly text: string;
}

interface DryRunProps {
  readonly meeting: Meeting;
  readonly version: number;
  readonly reach: Reach;
  readonly mails: readonly MailIn[];
  /** Its host has something else at that time. */
  readonly collides: boolean;
}

export const dryRunPage = (
  reader: Reader,
  { csrf }: SignedIn,
  { meeting, version, reach, mails, collides }: DryRunProps,
): VNode => {
  const { t } = reader;
  const path = `/console/meetings/${meeting.id}`;
  return (
    <ConsolePage
      reader={reader}
      csrf={csrf}
      title={t('web.pair', { name: t('console.meetings.dry-run'), value: meeting.title })}
      path={`${path}/dry-run`}
    >
      <h1>{t('console.meetings.dry-run.title')}</h1>
      <p class="lead">{t('console.meetings.dry-run.lead', { title: meeting.title })}</p>
      {collides && <Notice kind="warning">{t('console.meetings.collides')}</Notice>}
      <p>{t('console.meetings.dry-run.counts')}</p>
      <Facts facts={[[t('console.meetings.dry-run.all'), countText(t, reach.places.total)]]} />
      <Bars
        caption={t('console.meetings.dry-run.places')}
        bars={barsOf({ ...reach.places, cells: named(reach.places) }, reader)}
      />
      <Bars
        caption={t('console.meetings.dry-run.languages')}
        bars={named(reach.languages).map(({ id, count }) => ({
          label: id === undefined ? t('console.meetings.dry-run.other-languages') : nameOfLanguage(id, reader.language),
          value: barLength(count),
          text: countText(t, count),
        }))}
      />
      <h2>{t('console.meetings.dry-run.mails')}</h2>
      {mails.map(({ language, subject, text }) => (
        <details key={language} open={language === reader.language}>
          <summary>{nameOfLanguage(language, reader.language)}</summary>
          <div lang={language}>
            <h3>{subject}</h3>
            <pre class="mail">{text}</pre>
          </div>
        </details>
      ))}
      <Form reader={reader} action={`${path}/announce`} csrf={csrf}>
        <HiddenField name="version" value={String(version)} />
        <p>{t('console.meetings.announce.text')}</p>
        <Actions>
          <Button>{t('console.meetings.announce')}</Button>
          <ButtonLink kind="secondary" href={reader.href(path)}>
            {t('console.meetings.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

/** A form that is about some dates of a meeting that repeats, or all of one that happens once. */
interface PartProps extends ActProps {
  readonly meeting: Meeting;
  /** Of a meeting that repeats: the dates that can still be changed. */
  readonly occurrences: readonly Occurrence[];
}

export const movePage = (reader: Reader, by: SignedIn, props: PartProps): VNode => {
  const { t } = reader;
  const { meeting } = props;
  return (
    <ActForm
      reader={reader}
      by={by}
      act="move"
      button={t('console.meetings.move.look')}
      props={props}
      before={
        <>
          {!meeting.series && <Facts facts={[[t('console.meetings.move.now'), spanOf(reader, meeting)]]} />}
          <p>{t('console.meetings.move.zone', { zone: cityOf(meeting.timeZone, reader.language) })}</p>
        </>
      }
    >
      <PartFields reader={reader} {...props} />
      <StartFields reader={reader} form={props.form} />
    </ActForm>
  );
};

interface PreviewProps extends ActProps {
  readonly meeting: Meeting;
  /** Undefined for a draft, of which nobody is told. */
  readonly told: ConsoleCount | undefined;
}

/** Who gets what when it moves. */
export const movePreviewPage = (
  reader: Reader,
  by: SignedIn,
  props: PreviewProps & { readonly to: MeetingTime; readonly collides: boolean },
): VNode => {
  const { t } = reader;
  const { meeting, form, told, to, collides } = props;
  return (
    <ActPreview
      reader={reader}
      by={by}
      act="move"
      button={t('console.meetings.move.confirm')}
      title={t('console.meetings.move.ask')}
      props={props}
      facts={[
        [t('console.meetings.move.now'), spanOf(reader, meeting)],
        [t('console.meetings.move.new'), spanOf(reader, to)],
        ...scopeFacts(reader, form),
        [t('console.meetings.told'), toldText(reader, told)],
      ]}
      means={[
        ...(collides ? [t('console.meetings.collides')] : []),
        t(told ? 'console.meetings.move.means' : 'console.meetings.draft.means'),
      ].join(' ')}
      names={['date', 'time', 'fold', 'occurrence', 'scope']}
    />
  );
};

export const cancelPage = (reader: Reader, by: SignedIn, props: PartProps): VNode => {
  const { t } = reader;
  return (
    <ActForm
      reader={reader}
      by={by}
      act="cancel"
      button={t('console.meetings.cancel.look')}
      kind="danger"
      props={props}
    >
      <PartFields reader={reader} {...props} />
      <TextField
        reader={reader}
        form={props.form}
        name="reason"
        label={t('console.meetings.field.reason')}
        hint={t('console.meetings.field.reason.hint')}
        max={LIMITS.reason}
      />
    </ActForm>
  );
};

/** Who is told when it is cancelled. */
export const cancelPreviewPage = (reader: Reader, by: SignedIn, props: PreviewProps): VNode => {
  const { t } = reader;
  const { meeting, form, told } = props;
  const reason = form.values['reason'];
  return (
    <ActPreview
      reader={reader}
      by={by}
      act="cancel"
      button={t('console.meetings.cancel.confirm')}
      kind="danger"
      title={t('console.meetings.cancel.ask')}
      props={props}
      facts={[
        [t('console.meetings.when'), spanOf(reader, meeting)],
        ...scopeFacts(reader, form),
        [t('console.meetings.field.reason'), typeof reason === 'string' && reason !== '' ? reason : '–'],
        [t('console.meetings.told'), toldText(reader, told)],
      ]}
      means={t('console.meetings.cancel.means')}
      names={['reason', 'occurrence', 'scope']}
    />
  );
};

/** Gives one date a title of its own. */
export const renamePage = (reader: Reader, by: SignedIn, props: PartProps): VNode => {
  const { t } = reader;
  const field = { reader, form: props.form };
  return (
    <ActForm reader={reader} by={by} act="rename" button={t('console.meetings.save')} props={props}>
      <DateOf reader={reader} {...props} />
      <TextField {...field} name="title" label={t('console.meetings.field.title')} max={LIMITS.title} required />
    </ActForm>
  );
};

const toldText = (reader: Reader, told: ConsoleCount | undefined): string =>
  told
    ? reader.t('console.meetings.told.people', { count: countText(reader.t, told) })
    : reader.t('console.meetings.told.nobody');

const spanOf = ({ language }: Reader, { start, end, timeZone }: MeetingTime): string =>
  formatSpan(start, end, timeZone, language);
