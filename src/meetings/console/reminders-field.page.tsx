import type { VNode } from 'preact';
import { CheckboxGroup, HiddenField, type FieldProps } from '../../../libs/web/form-fields.js';
import { duration } from './duration-text.js';
import { LIMITS, USUAL_REMINDERS } from './meeting-form.js';

/** Of what was posted, only this can be told as a time; the sentence beside the field says what is wrong with the rest. */
const isPossible = (minutes: number): boolean =>
  Number.isInteger(minutes) && minutes >= LIMITS.reminders.min && minutes <= LIMITS.reminders.max;

/** How long before the start reminders go out: the usual times, and those that the meeting has besides. */
export const RemindersField = ({ reader, form }: Pick<FieldProps, 'reader' | 'form'>): VNode => {
  const { t, language } = reader;
  const chosen = [form.values['reminders'] ?? []].flat().flatMap((each) => each.split(','));
  const minutes = new Set([...USUAL_REMINDERS, ...chosen.map(Number).filter(isPossible)]);
  return (
    <>
      {/* Where no box is ticked, this still says that there was a choice. */}
      <HiddenField name="reminders" value="" />
      <CheckboxGroup
        reader={reader}
        form={{ ...form, values: { ...form.values, reminders: chosen } }}
        name="reminders"
        label={t('console.meetings.field.reminders')}
        hint={t('console.meetings.field.reminders.hint')}
        options={[...minutes]
          .sort((a, b) => b - a)
          .map((each) => ({ value: String(each), label: duration(language, each) }))}
      />
    </>
  );
};
