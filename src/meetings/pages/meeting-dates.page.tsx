import type { VNode } from 'preact';
import { formatSpan } from '../../../libs/time/when.js';
import { CheckboxGroup, type FieldProps } from '../../../libs/web/form-fields.js';
import type { Reader } from '../../../libs/web/reader.js';
import { occurrencesOf, type Occurrence } from '../../invitations/series.js';
import type { Meeting } from '../meeting.js';

/** Dates that can be chosen one by one; more come into view as these go by. */
const MOST_CHOICES = 30;

interface Dates {
  readonly meeting: Meeting;
  readonly now: Date;
}

const ahead = ({ meeting, now }: Dates): readonly Occurrence[] =>
  meeting.series
    ? occurrencesOf(meeting.series)
        .filter(({ end, cancelled }) => end > now && cancelled === null)
        .sort((a, b) => a.start.getTime() - b.start.getTime())
    : [];

/** "Every week, 10 dates to come" */
export const DatesText = ({ reader, meeting, now }: Dates & { readonly reader: Reader }): VNode | null =>
  meeting.series ? (
    <>
      {reader.t(`meetings.repeats.${meeting.series.recurrence.repeats.frequency}`, {
        n: ahead({ meeting, now }).length,
      })}
    </>
  ) : null;

/** Signing up to single dates of a meeting that repeats. */
export const DateChoices = ({
  meeting,
  now,
  timeZone,
  ...field
}: Dates & Pick<FieldProps, 'reader' | 'form'> & { readonly timeZone: string }): VNode | null => {
  if (!meeting.series) return null;
  const { t, language } = field.reader;
  const open = ahead({ meeting, now });
  return (
    <>
      <CheckboxGroup
        {...field}
        name="occurrence"
        label={t('meetings.dates')}
        hint={t('meetings.dates.hint')}
        options={open.slice(0, MOST_CHOICES).map(({ original, start, end, title }) => ({
          value: original.toISOString(),
          label: `${formatSpan(start, end, timeZone, language)}${title === undefined ? '' : ` · ${title}`}`,
        }))}
      />
      {open.length > MOST_CHOICES && <p class="soft">{t('meetings.dates.more', { n: open.length - MOST_CHOICES })}</p>}
    </>
  );
};
