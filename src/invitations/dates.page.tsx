import type { VNode } from 'preact';
import { formatSpan } from '../../libs/time/when.js';
import { SelectField } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import type { Reader } from '../../libs/web/reader.js';
import { presentAnswer, type Invitation } from './invitation.js';
import { invitationAt } from './occurrence.js';
import { occurrencesOf, type Occurrence } from './series.js';
import type { Subject } from './subject.js';

/** Dates that a page lists; more come into view as these go by. */
const MOST_DATES = 30;

interface Dates {
  readonly reader: Reader;
  readonly subject: Subject;
  readonly now: Date;
  readonly timeZone: string;
}

/** Those of a series that are not over, cancelled ones among them, soonest first. */
const datesAhead = ({ series }: Subject, now: Date): readonly Occurrence[] =>
  series
    ? occurrencesOf(series)
        .filter(({ end, gone }) => end > now && !gone)
        .sort((a, b) => a.start.getTime() - b.start.getTime())
    : [];

/** The dates of a meeting that repeats, with what was said of each where that is its own. */
export const DatesList = ({
  reader,
  subject,
  invitation,
  now,
  timeZone,
}: Dates & { readonly invitation: Invitation }): VNode => {
  const { t, language } = reader;
  const ahead = datesAhead(subject, now);
  return (
    <>
      <h2>{t('invitations.dates')}</h2>
      <ul>
        {ahead.slice(0, MOST_DATES).map((occurrence) => {
          const { original, start, end, title, cancelled } = occurrence;
          const when = formatSpan(start, end, timeZone, language);
          const at = invitationAt(invitation, original);
          const answer = at.left ? 'declined' : presentAnswer(at, { moves: occurrence.at.moves });
          return (
            <li key={original.toISOString()}>
              {cancelled === null ? when : <s>{when}</s>}
              {title !== undefined && <> · {title}</>}
              <br />
              <span class="soft">
                {cancelled !== null
                  ? t('invitations.dates.cancelled')
                  : answer === 'needs-action'
                    ? t('invitations.dates.open')
                    : t(`invitations.answer.${answer}`)}
              </span>
            </li>
          );
        })}
      </ul>
      {ahead.length > MOST_DATES && <p>{t('invitations.dates.more', { n: ahead.length - MOST_DATES })}</p>}
    </>
  );
};

/** For which dates an answer is: all of them, unless one is chosen. */
export const WhichDate = ({
  reader,
  subject,
  now,
  timeZone,
  form,
}: Dates & { readonly form: FormState }): VNode | null =>
  subject.series ? (
    <SelectField
      reader={reader}
      form={form}
      name="occurrence"
      label={reader.t('invitations.dates.which')}
      empty={reader.t('invitations.dates.all')}
      options={datesAhead(subject, now)
        .filter(({ cancelled }) => cancelled === null)
        .slice(0, MOST_DATES)
        .map(({ original, start, end }) => ({
          value: original.toISOString(),
          label: formatSpan(start, end, timeZone, reader.language),
        }))}
    />
  ) : null;
