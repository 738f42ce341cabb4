import type { VNode } from 'preact';
import { SelectField, TextField } from '../../../libs/web/form-fields.js';
import { freshForm, type FormState } from '../../../libs/web/forms.js';
import { nameOfLanguage } from '../../../libs/web/i18n.js';
import type { Reader } from '../../../libs/web/reader.js';
import { REGIONS } from '../../regions/regions.js';
import { TOPICS, type OfficeHours } from '../hours/office-hours.js';
import { LIMITS } from './booking-form.js';

/** What the fields are called, also in a summary of errors. */
export const talkLabels = ({ t }: Reader) => ({
  language: t('office-hours.field.language'),
  topic: t('office-hours.field.topic'),
  region: t('interest.field.region'),
});

interface TalkFieldsProps {
  readonly reader: Reader;
  readonly form: FormState;
  readonly hours: OfficeHours;
  /** While those of regions come first, whoever names none may not book. */
  readonly needsRegion: boolean;
}

/** What a host likes to know before a talk, whether it is booked or someone drops in. */
export const TalkFields = ({ reader, form, hours, needsRegion }: TalkFieldsProps): VNode => {
  const { t, language } = reader;
  const field = { reader, form };
  const labels = talkLabels(reader);
  const isKept = typeof form.values['language'] === 'string';
  return (
    <>
      <SelectField
        reader={reader}
        form={isKept ? form : freshForm({ language })}
        name="language"
        label={labels.language}
        options={hours.languages.map((each) => ({ value: each, label: nameOfLanguage(each, language) }))}
        required
      />
      <SelectField
        {...field}
        name="topic"
        label={labels.topic}
        empty={t('interest.empty-choice')}
        options={(hours.topics.length === 0 ? TOPICS : hours.topics).map((topic) => ({
          value: topic,
          label: t(`office-hours.topic.${topic}`),
        }))}
      />
      <TextField
        {...field}
        name="region"
        label={labels.region}
        hint={t(needsRegion ? 'office-hours.first.region' : 'office-hours.field.region.hint')}
        max={LIMITS.region}
        suggestions={REGIONS.map(({ name }) => name)}
        required={needsRegion}
      />
    </>
  );
};
