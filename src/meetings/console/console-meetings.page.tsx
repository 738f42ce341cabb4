import type { VNode } from 'preact';
import { formatSpan } from '../../../libs/time/when.js';
import { Actions, Button, ButtonLink, ErrorSummary, Form, Table } from '../../../libs/web/components.js';
import {
  CheckboxGroup,
  DateField,
  HiddenField,
  NumberField,
  RadioGroup,
  SelectField,
  TextArea,
  TextField,
  TimeField,
  type FieldProps,
  type Option,
  type OptionGroup,
} from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import { nameOfLanguage } from '../../../libs/web/i18n.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import type { Meeting } from '../meeting.js';
import { LIMITS } from './meeting-form.js';
import { ActForm, type ActProps } from './console-frames.page.js';
import { RemindersField } from './reminders-field.page.js';
import { RepeatFields } from './console-series.page.js';
import { labels } from './meeting-labels.page.js';

export const meetingsPage = (
  reader: Reader,
  { csrf, role }: SignedIn,
  meetings: readonly Meeting[],
  now: Date,
): VNode => {
  const { t } = reader;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.meetings.title')} wide>
      <h1>{t('console.meetings.title')}</h1>
      {role === 'host' && <p>{t('console.meetings.own')}</p>}
      <Actions>
        <ButtonLink href={reader.href('/console/meetings/new')}>{t('console.meetings.new')}</ButtonLink>
      </Actions>
      {meetings.length === 0 ? (
        <p>{t('console.meetings.none')}</p>
      ) : (
        <Table
          caption={t('console.meetings.list')}
          columns={[t('console.meetings.field.title'), t('console.meetings.when'), t('console.meetings.state')]}
          rows={meetings.map((meeting) => [
            <a href={reader.href(`/console/meetings/${meeting.id}`)}>{meeting.title}</a>,
            formatSpan(meeting.start, meeting.end, meeting.timeZone, reader.language),
            t(`console.meetings.state.${stateOf(meeting, now)}`),
          ])}
        />
      )}
    </ConsolePage>
  );
};

export const stateOf = (meeting: Meeting, now: Date): 'draft' | 'announced' | 'held' | 'cancelled' =>
  meeting.status === 'announced' && meeting.end <= now ? 'held' : meeting.status;

export interface Choices {
  readonly languages: readonly string[];
  readonly timeZones: readonly (Option | OptionGroup)[];
  readonly audiences: readonly Option[];
  readonly hosts: readonly Option[];
}

export const newMeetingPage = (reader: Reader, { csrf, role }: SignedIn, form: FormState, choices: Choices): VNode => {
  const { t } = reader;
  const field = { reader, form };
  const draft = form.values['draft'];
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.meetings.new')}>
      <h1>{t('console.meetings.new')}</h1>
      <p class="lead">{t('console.meetings.new.lead')}</p>
      <ErrorSummary reader={reader} form={form} labels={labels(reader)} />
      <Form reader={reader} action="/console/meetings/new" csrf={csrf} autocomplete="off">
        {typeof draft === 'string' && <HiddenField name="draft" value={draft} />}
        <TextField {...field} name="title" label={t('console.meetings.field.title')} max={LIMITS.title} required />
        <Description {...field} />
        <StartFields {...field} />
        <SelectField
          {...field}
          name="timeZone"
          label={t('console.meetings.field.timeZone')}
          hint={t('console.meetings.field.timeZone.hint')}
          options={choices.timeZones}
          required
        />
        <NumberField
          {...field}
          name="durationMinutes"
          label={t('console.meetings.field.durationMinutes')}
          min={LIMITS.duration.min}
          max={LIMITS.duration.max}
          required
        />
        <RepeatFields {...field} />
        <SelectField
          {...field}
          name="audience"
          label={t('console.meetings.field.audience')}
          hint={t('console.meetings.field.audience.hint')}
          options={choices.audiences}
          required
        />
        <DetailFields {...field} languages={choices.languages} />
        {role === 'host' ? (
          <p>{t('console.meetings.own')}</p>
        ) : (
          <SelectField
            {...field}
            name="host"
            label={t('console.meetings.field.host')}
            hint={t('console.meetings.field.host.hint')}
            options={choices.hosts}
            required
          />
        )}
        <Actions>
          <Button>{t('console.meetings.save')}</Button>
        </Actions>
        <p class="soft">{t('console.meetings.save.hint')}</p>
      </Form>
    </ConsolePage>
  );
};

interface EditProps extends ActProps {
  readonly meeting: Meeting;
  readonly languages: readonly string[];
}

export const editPage = (reader: Reader, by: SignedIn, props: EditProps): VNode => {
  const { t } = reader;
  const field = { reader, form: props.form };
  return (
    <ActForm
      reader={reader}
      by={by}
      act="edit"
      button={t('console.meetings.save')}
      props={props}
      before={props.meeting.status === 'announced' && <p>{t('console.meetings.edit.announced')}</p>}
    >
      <TextField {...field} name="title" label={t('console.meetings.field.title')} max={LIMITS.title} required />
      <Description {...field} />
      <DetailFields {...field} languages={props.languages} />
    </ActForm>
  );
};

type InForm = Pick<FieldProps, 'reader' | 'form'>;

const Description = (field: InForm): VNode => (
  <TextArea
    {...field}
    name="description"
    label={field.reader.t('console.meetings.field.description')}
    hint={field.reader.t('console.meetings.field.description.hint')}
    max={LIMITS.description}
    rows={6}
  />
);

/** Day and time; which of two, only where clocks show the time twice. */
export const StartFields = (field: InForm): VNode => {
  const { t } = field.reader;
  const asks = field.form.errors['fold'] !== undefined || field.form.values['fold'] !== undefined;
  return (
    <>
      <DateField {...field} name="date" label={t('console.meetings.field.date')} required />
      <TimeField {...field} name="time" label={t('console.meetings.field.time')} required />
      {asks && (
        <RadioGroup
          {...field}
          name="fold"
          label={t('console.meetings.field.fold')}
          options={[
            { value: 'earlier', label: t('console.meetings.field.fold.earlier') },
            { value: 'later', label: t('console.meetings.field.fold.later') },
          ]}
          required
        />
      )}
    </>
  );
};

const DetailFields = ({ languages, ...field }: InForm & { readonly languages: readonly string[] }): VNode => {
  const { t, language } = field.reader;
  return (
    <>
      <CheckboxGroup
        {...field}
        name="languages"
        label={t('console.meetings.field.languages')}
        hint={t('console.meetings.field.languages.hint')}
        options={languages.map((each) => ({ value: each, label: nameOfLanguage(each, language) }))}
      />
      <TextField
        {...field}
        name="room"
        type="url"
        label={t('console.meetings.field.room')}
        hint={t('console.meetings.field.room.hint')}
        max={LIMITS.room}
      />
      <TextField
        {...field}
        name="dialIn"
        label={t('console.meetings.field.dialIn')}
        hint={t('console.meetings.field.dialIn.hint')}
        max={LIMITS.dialIn}
      />
      <NumberField
        {...field}
        name="capacity"
        label={t('console.meetings.field.capacity')}
        hint={t('console.meetings.field.capacity.hint')}
        min={LIMITS.capacity.min}
        max={LIMITS.capacity.max}
      />
      <RemindersField {...field} />
    </>
  );
};
