import type { VNode } from 'preact';
import type { ConsoleCount } from '../../libs/privacy/bands.js';
import { formatSpan } from '../../libs/time/when.js';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form, Table } from '../../libs/web/components.js';
import { countText } from '../../libs/web/count-text.js';
import { HiddenField, TextField } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { type Language, nameOfLanguage } from '../../libs/web/i18n.js';
import { ConsolePage } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { barsOf } from '../participation/participation.js';
import type { Occurrence } from '../invitations/series.js';
import type { SignedIn } from '../people/console.guard.js';
import { named } from './console-meeting.page.js';
import { StartFields } from './console-meetings.page.js';
import type { Reach } from './console-meetings.service.js';
import type { Meeting, MeetingTime } from './meeting.js';
import { LIMITS } from './meeting-form.js';
import { PartFields, scopeFacts } from './console-series.page.js';
import { ChangedMeanwhile, labels } from './meeting-labels.page.js';

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
}

export const dryRunPage = (
  reader: Reader,
  { csrf }: SignedIn,
  { meeting, version, reach, mails }: DryRunProps,
): VNode => {
  const { t } = reader;
  const path = `/console/meetings/${meeting.id}`;
  const people = t('console.meetings.answers.people');
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.meetings.dry-run.title')} path={`${path}/dry-run`}>
      <h1>{t('console.meetings.dry-run.title')}</h1>
      <p class="lead">{t('console.meetings.dry-run.lead', { title: meeting.title })}</p>
      <p>{t('console.meetings.dry-run.counts')}</p>
      <Table
        caption={t('console.meetings.dry-run.places')}
        columns={[t('console.meetings.dry-run.place'), people]}
        rows={[
          ...barsOf({ ...reach.places, cells: named(reach.places) }, reader).map(({ label, text }) => [label, text]),
          [t('console.meetings.dry-run.all'), countText(t, reach.places.total)],
        ]}
      />
      <Table
        caption={t('console.meetings.dry-run.languages')}
        columns={[t('console.meetings.dry-run.language'), people]}
        rows={[
          ...named(reach.languages).map(({ id, count }) => [
            id === undefined ? t('console.meetings.dry-run.other-languages') : nameOfLanguage(id, reader.language),
            countText(t, count),
          ]),
          [t('console.meetings.dry-run.all'), countText(t, reach.languages.total)],
        ]}
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

interface ActProps {
  readonly meeting: Meeting;
  /** Of a meeting that repeats: the dates that can still be changed. */
  readonly occurrences: readonly Occurrence[];
  readonly version: number;
  readonly form: FormState;
  readonly changedMeanwhile?: boolean;
}

export const movePage = (
  reader: Reader,
  { csrf }: SignedIn,
  { meeting, occurrences, version, form, changedMeanwhile = false }: ActProps,
): VNode => {
  const { t } = reader;
  const path = `/console/meetings/${meeting.id}`;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.meetings.move')} path={`${path}/move`}>
      <h1>{t('console.meetings.move')}</h1>
      <p class="lead">{meeting.title}</p>
      {changedMeanwhile && <ChangedMeanwhile reader={reader} />}
      <Facts facts={[[t('console.meetings.move.now'), spanOf(reader, meeting)]]} />
      <p>{t('console.meetings.move.zone', { zone: meeting.timeZone })}</p>
      <ErrorSummary reader={reader} form={form} labels={labels(reader)} />
      <Form reader={reader} action={`${path}/move`} csrf={csrf}>
        <HiddenField name="version" value={String(version)} />
        <PartFields reader={reader} form={form} meeting={meeting} occurrences={occurrences} />
        <StartFields reader={reader} form={form} />
        <Actions>
          <Button>{t('console.meetings.move.look')}</Button>
          <ButtonLink kind="secondary" href={reader.href(path)}>
            {t('console.meetings.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

interface PreviewProps extends Omit<ActProps, 'changedMeanwhile' | 'occurrences'> {
  /** Undefined for a draft, of which nobody is told. */
  readonly told: ConsoleCount | undefined;
}

/** Who gets what, before it happens: one button sends the same again. */
export const movePreviewPage = (
  reader: Reader,
  { csrf }: SignedIn,
  { meeting, version, form, told, to }: PreviewProps & { readonly to: MeetingTime },
): VNode => {
  const { t } = reader;
  const path = `/console/meetings/${meeting.id}`;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.meetings.move')} path={`${path}/move`}>
      <h1>{t('console.meetings.move.ask')}</h1>
      <p class="lead">{meeting.title}</p>
      <Facts
        facts={[
          [t('console.meetings.move.now'), spanOf(reader, meeting)],
          [t('console.meetings.move.new'), spanOf(reader, to)],
          ...scopeFacts(reader, form),
          [t('console.meetings.told'), toldText(reader, told)],
        ]}
      />
      <p>{t(told ? 'console.meetings.move.means' : 'console.meetings.draft.means')}</p>
      <Confirm
        reader={reader}
        csrf={csrf}
        action={`${path}/move`}
        version={version}
        form={form}
        names={['date', 'time', 'fold', 'occurrence', 'scope']}
        kind="primary"
      >
        {t('console.meetings.move.confirm')}
      </Confirm>
    </ConsolePage>
  );
};

export const cancelPage = (
  reader: Reader,
  { csrf }: SignedIn,
  { meeting, occurrences, version, form, changedMeanwhile = false }: ActProps,
): VNode => {
  const { t } = reader;
  const path = `/console/meetings/${meeting.id}`;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.meetings.cancel')} path={`${path}/cancel`}>
      <h1>{t('console.meetings.cancel')}</h1>
      <p class="lead">{meeting.title}</p>
      {changedMeanwhile && <ChangedMeanwhile reader={reader} />}
      <ErrorSummary reader={reader} form={form} labels={labels(reader)} />
      <Form reader={reader} action={`${path}/cancel`} csrf={csrf}>
        <HiddenField name="version" value={String(version)} />
        <PartFields reader={reader} form={form} meeting={meeting} occurrences={occurrences} />
        <TextField
          reader={reader}
          form={form}
          name="reason"
          label={t('console.meetings.field.reason')}
          hint={t('console.meetings.field.reason.hint')}
          max={LIMITS.reason}
        />
        <Actions>
          <Button kind="danger">{t('console.meetings.cancel.look')}</Button>
          <ButtonLink kind="secondary" href={reader.href(path)}>
            {t('console.meetings.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

export const cancelPreviewPage = (
  reader: Reader,
  { csrf }: SignedIn,
  { meeting, version, form, told }: PreviewProps,
): VNode => {
  const { t } = reader;
  const path = `/console/meetings/${meeting.id}`;
  const reason = form.values['reason'];
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.meetings.cancel')} path={`${path}/cancel`}>
      <h1>{t('console.meetings.cancel.ask')}</h1>
      <p class="lead">{meeting.title}</p>
      <Facts
        facts={[
          [t('console.meetings.when'), spanOf(reader, meeting)],
          ...scopeFacts(reader, form),
          [t('console.meetings.field.reason'), typeof reason === 'string' && reason !== '' ? reason : '–'],
          [t('console.meetings.told'), toldText(reader, told)],
        ]}
      />
      <p>{t('console.meetings.cancel.means')}</p>
      <Confirm
        reader={reader}
        csrf={csrf}
        action={`${path}/cancel`}
        version={version}
        form={form}
        names={['reason', 'occurrence', 'scope']}
        kind="danger"
      >
        {t('console.meetings.cancel.confirm')}
      </Confirm>
    </ConsolePage>
  );
};

const Confirm = ({
  reader,
  csrf,
  action,
  version,
  form,
  names,
  kind,
  children,
}: {
  readonly reader: Reader;
  readonly csrf: string;
  readonly action: string;
  readonly version: number;
  readonly form: FormState;
  /** The fields that are sent again as they were typed. */
  readonly names: readonly string[];
  readonly kind: 'primary' | 'danger';
  readonly children: string;
}): VNode => (
  <Form reader={reader} action={action} csrf={csrf}>
    <HiddenField name="version" value={String(version)} />
    {names.map((name) => {
      const value = form.values[name];
      return typeof value === 'string' ? <HiddenField key={name} name={name} value={value} /> : null;
    })}
    <HiddenField name="confirmed" value="yes" />
    <Actions>
      <Button kind={kind}>{children}</Button>
      <ButtonLink kind="secondary" href={reader.href(action)}>
        {reader.t('console.meetings.back')}
      </ButtonLink>
    </Actions>
  </Form>
);

const toldText = (reader: Reader, told: ConsoleCount | undefined): string =>
  told
    ? reader.t('console.meetings.told.people', { count: countText(reader.t, told) })
    : reader.t('console.meetings.told.nobody');

const spanOf = ({ language }: Reader, { start, end, timeZone }: MeetingTime): string =>
  formatSpan(start, end, timeZone, language);
