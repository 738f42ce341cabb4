import type { VNode } from 'preact';
import { formatSpan } from '../../../libs/time/when.js';
import { Table } from '../../../libs/web/components.js';
import { DateField, NumberField, RadioGroup, SelectField, type FieldProps } from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import type { Reader } from '../../../libs/web/reader.js';
import { MOST_OCCURRENCES } from '../../../libs/time/recurrence.js';
import { occurrencesOf, type Occurrence } from '../../invitations/series.js';
import type { Meeting } from '../meeting.js';
import { SCOPES } from '../meeting-series.js';
import { REPEATS } from './series-form.js';

/** Dates that a page lists with their buttons; more come into view as these go by. */
const MOST_LISTED = 30;

type InForm = Pick<FieldProps, 'reader' | 'form'>;

/** How a new meeting repeats. */
export const RepeatFields = (field: InForm): VNode => {
  const { t } = field.reader;
  return (
    <>
      <SelectField
        {...field}
        name="repeats"
        label={t('console.meetings.field.repeats')}
        hint={t('console.meetings.field.repeats.hint')}
        options={REPEATS.map((value) => ({ value, label: t(`console.meetings.repeats.${value}`) }))}
      />
      <NumberField
        {...field}
        name="occurrences"
        label={t('console.meetings.field.occurrences')}
        hint={t('console.meetings.field.occurrences.hint')}
        min={1}
        max={MOST_OCCURRENCES}
      />
      <DateField
        {...field}
        name="lastDate"
        label={t('console.meetings.field.lastDate')}
        hint={t('console.meetings.field.lastDate.hint')}
      />
    </>
  );
};

interface DatesProps extends InForm {
  readonly meeting: Meeting;
  readonly occurrences: readonly Occurrence[];
}

/** One date of a meeting that repeats. */
export const DateOf = ({ meeting, occurrences, reader, form }: DatesProps): VNode => (
  <SelectField
    reader={reader}
    form={form}
    name="occurrence"
    label={reader.t('console.meetings.field.occurrence')}
    required
    options={occurrences.slice(0, MOST_LISTED).map(({ original, start, end }) => ({
      value: original.toISOString(),
      label: formatSpan(start, end, meeting.timeZone, reader.language),
    }))}
  />
);

/** Which dates of a meeting that repeats an act is of. */
export const PartFields = (props: DatesProps): VNode | null => {
  const { meeting, reader, form } = props;
  if (!meeting.series) return null;
  const { t } = reader;
  return (
    <>
      <DateOf {...props} />
      <RadioGroup
        reader={reader}
        form={form}
        name="scope"
        label={t('console.meetings.field.scope')}
        hint={t('console.meetings.field.scope.hint')}
        required
        options={SCOPES.map((value) => ({ value, label: t(`console.meetings.scope.${value}`) }))}
      />
    </>
  );
};

export const scopeFacts = ({ t }: Reader, form: FormState): readonly (readonly [string, string])[] => {
  const scope = SCOPES.find((each) => each === form.values['scope']);
  return scope ? [[t('console.meetings.field.scope'), t(`console.meetings.scope.${scope}`)]] : [];
};

/** The dates of a meeting that repeats, each with what can be done to it. */
export const Occurrences = ({
  reader,
  meeting,
  now,
}: {
  readonly reader: Reader;
  readonly meeting: Meeting;
  readonly now: Date;
}): VNode | null => {
  const { t, language } = reader;
  const { series } = meeting;
  if (!series) return null;
  const ahead = occurrencesOf(series).filter(({ end, gone }) => end > now && !gone);
  const isOpen = meeting.status !== 'cancelled';
  return (
    <>
      <h2>{t('console.meetings.dates')}</h2>
      <p>{t('console.meetings.dates.lead', { n: ahead.filter(({ cancelled }) => cancelled === null).length })}</p>
      <Table
        caption={t('console.meetings.dates.caption')}
        columns={[t('console.meetings.when'), t('console.meetings.state'), t('console.meetings.dates.acts')]}
        rows={ahead.slice(0, MOST_LISTED).map((occurrence) => {
          const query = `?occurrence=${encodeURIComponent(occurrence.original.toISOString())}&scope=this`;
          const path = `/console/meetings/${meeting.id}`;
          return [
            formatSpan(occurrence.start, occurrence.end, meeting.timeZone, language),
            stateText(reader, occurrence),
            isOpen && occurrence.cancelled === null ? (
              <span class="row-acts">
                <a href={reader.href(`${path}/move${query}`)}>{t('console.meetings.dates.move')}</a>{' '}
                <a href={reader.href(`${path}/rename${query}`)}>{t('console.meetings.dates.rename')}</a>{' '}
                {meeting.status === 'announced' && (
                  <a href={reader.href(`${path}/cancel${query}`)}>{t('console.meetings.dates.cancel')}</a>
                )}
              </span>
            ) : (
              '–'
            ),
          ];
        })}
      />
    </>
  );
};

const stateText = ({ t }: Reader, { cancelled, moved, title }: Occurrence): string => {
  if (cancelled !== null) return t('console.meetings.state.cancelled');
  return (
    [...(title === undefined ? [] : [title]), ...(moved ? [t('console.meetings.dates.moved')] : [])].join(' · ') || '–'
  );
};
