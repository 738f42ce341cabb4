import type { VNode } from 'preact';
import { Actions, Button, ErrorSummary, Form, Notice } from '../../../libs/web/components.js';
import {
  CheckboxGroup,
  DateField,
  HiddenField,
  NumberField,
  SelectField,
  TextArea,
  TextField,
  type Option,
  type OptionGroup,
} from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import { nameOfLanguage } from '../../../libs/web/i18n.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import { TOPICS } from '../hours/office-hours.js';
import type { ShownCalendar } from './host-calendar.page.js';
import { DAYS, LIMITS } from './office-hours-form.js';

export interface Choices {
  readonly languages: readonly string[];
  readonly timeZones: readonly (Option | OptionGroup)[];
  readonly hosts: readonly Option[];
  readonly regions: readonly Option[];
}

interface FormPageProps {
  readonly form: FormState;
  readonly choices: Choices;
  readonly calendar: ShownCalendar;
  /** Absent for new ones. */
  readonly editing?: { readonly id: string; readonly version: number; readonly changedMeanwhile: boolean };
}

export const officeHoursFormPage = (
  reader: Reader,
  { csrf, role }: SignedIn,
  { form, choices, calendar, editing }: FormPageProps,
): VNode => {
  const { t, language } = reader;
  const field = { reader, form };
  const labels = Object.fromEntries(FIELDS.map((name) => [name, t(`console.office-hours.field.${name}`)]));
  const title = t(editing ? 'console.office-hours.edit' : 'console.office-hours.new');
  const action = editing ? `/console/office-hours/${editing.id}/edit` : '/console/office-hours/new';
  const draft = form.values['draft'];
  const label = (name: (typeof FIELDS)[number]) => ({ ...field, name, label: labels[name] });
  return (
    <ConsolePage reader={reader} csrf={csrf} title={title} path={action}>
      <h1>{title}</h1>
      <p class="lead">{t(editing ? 'console.office-hours.edit.lead' : 'console.office-hours.new.lead')}</p>
      {editing?.changedMeanwhile === true && (
        <Notice kind="warning" title={t('console.meetings.changed.title')}>
          {t('console.office-hours.changed')}
        </Notice>
      )}
      <ErrorSummary reader={reader} form={form} labels={labels} />
      <Form reader={reader} action={action} csrf={csrf} autocomplete="off">
        {typeof draft === 'string' && <HiddenField name="draft" value={draft} />}
        {editing && <HiddenField name="version" value={String(editing.version)} />}
        <TextField {...label('title')} max={LIMITS.title} required />
        <TextArea
          {...label('description')}
          hint={t('console.office-hours.hint.description')}
          max={LIMITS.description}
        />
        <SelectField {...label('timeZone')} options={choices.timeZones} required />
        <h2>{t('console.office-hours.week')}</h2>
        <p class="hint">{t('console.office-hours.hint.ranges')}</p>
        {DAYS.map((day) => (
          <TextField key={day} {...label(day)} max={LIMITS.ranges} />
        ))}
        <SelectField
          {...label('everyWeeks')}
          options={(['1', '2'] as const).map((value) => ({ value, label: t(`console.office-hours.every.${value}`) }))}
          required
        />
        <DateField {...label('from')} required />
        <DateField {...label('until')} />
        <TextArea {...label('exceptions')} hint={t('console.office-hours.hint.exceptions')} max={LIMITS.exceptions} />
        <h2>{t('console.office-hours.slots')}</h2>
        <NumberField {...label('slotMinutes')} {...LIMITS.slot} hint={t('console.office-hours.hint.fives')} required />
        <NumberField
          {...label('bufferMinutes')}
          {...LIMITS.buffer}
          hint={t('console.office-hours.hint.buffer')}
          required
        />
        <NumberField {...label('leadMinutes')} {...LIMITS.lead} hint={t('console.office-hours.hint.lead')} required />
        <NumberField
          {...label('horizonDays')}
          {...LIMITS.horizon}
          hint={t('console.office-hours.hint.horizon')}
          required
        />
        <NumberField {...label('seats')} {...LIMITS.seats} hint={t('console.office-hours.hint.seats')} required />
        <NumberField {...label('maxPerDay')} {...LIMITS.perDay} hint={t('console.office-hours.hint.maxPerDay')} />
        <h2>{t('console.office-hours.for-whom')}</h2>
        <CheckboxGroup
          {...label('language')}
          options={choices.languages.map((value) => ({ value, label: nameOfLanguage(value, language) }))}
          required
        />
        <CheckboxGroup
          {...label('topics')}
          hint={t('console.office-hours.hint.topics')}
          options={TOPICS.map((value) => ({ value, label: t(`office-hours.topic.${value}`) }))}
        />
        {role !== 'host' && (
          <CheckboxGroup {...label('hosts')} hint={t('console.office-hours.hint.hosts')} options={choices.hosts} />
        )}
        <CheckboxGroup
          {...label('firstRegions')}
          hint={t('console.office-hours.hint.firstRegions')}
          options={choices.regions}
        />
        <DateField {...label('firstUntil')} />
        <TextField {...label('room')} type="url" hint={t('console.office-hours.hint.room')} max={LIMITS.room} />
        <TextField
          {...label('calendarUrl')}
          type="url"
          hint={`${t('console.calendar.hint.form')} ${t('console.calendar.now', { calendar: calendar.text })}`}
          max={LIMITS.calendar}
        />
        <Actions>
          <Button>{t('console.meetings.save')}</Button>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

const FIELDS = [
  ...(['title', 'description', 'timeZone', ...DAYS, 'everyWeeks', 'from', 'until', 'exceptions'] as const),
  ...(['slotMinutes', 'bufferMinutes', 'leadMinutes', 'horizonDays', 'seats', 'maxPerDay'] as const),
  ...(['language', 'topics', 'hosts', 'firstRegions', 'firstUntil', 'room', 'calendarUrl'] as const),
] as const;
