import type { VNode } from 'preact';
import { Actions, Button, ButtonLink, ErrorSummary, Form, Notice } from '../../../libs/web/components.js';
import { EmailField, HoneypotField, SelectField, TextField } from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import { nameOfLanguage } from '../../../libs/web/i18n.js';
import { Page } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import { countryChoices } from '../../regions/countries.js';
import { REGIONS } from '../../regions/regions.js';
import { zoneChoices } from '../../regions/time-zones.js';
import type { Meeting } from '../meeting.js';
import { DateChoices } from './meeting-dates.page.js';
import { LONGEST_REGION } from './sign-up.js';

interface SignUpProps {
  readonly meeting: Meeting;
  readonly now: Date;
  /** The reader's first, where it is known. */
  readonly timeZones: readonly string[];
  readonly form: FormState;
  readonly full: boolean;
  /** A failure of ours kept the form from being saved. */
  readonly notSaved: boolean;
}

/** The form by which someone comes to a meeting, or to dates of it. */
export const SignUp = ({
  reader,
  meeting,
  now,
  timeZones,
  form,
  full,
  notSaved,
  path,
}: SignUpProps & { readonly reader: Reader; readonly path: string }): VNode => {
  const { t, language } = reader;
  const field = { reader, form };
  const labels = {
    email: t('interest.field.email'),
    region: t('interest.field.region'),
    country: t('interest.field.country'),
    language: t('interest.field.language'),
    timeZone: t('interest.field.timeZone'),
    occurrence: t('meetings.dates'),
  };
  return (
    <>
      <h2 id="sign-up">{t('meetings.sign-up')}</h2>
      <p>{t('meetings.sign-up.lead')}</p>
      {full && <p>{t('meetings.full.lead')}</p>}
      {notSaved && (
        <Notice kind="warning" title={t('web.problem.503.title')}>
          {t('web.problem.503.text')}
        </Notice>
      )}
      <ErrorSummary reader={reader} form={form} labels={labels} />
      <Form reader={reader} action={path}>
        <HoneypotField reader={reader} />
        <EmailField {...field} label={labels.email} hint={t('interest.promise.nobody-sees')} required />
        <DateChoices {...field} meeting={meeting} now={now} timeZone={timeZones[0] ?? meeting.timeZone} />
        <TextField
          {...field}
          name="region"
          label={labels.region}
          hint={t('interest.hint.region')}
          max={LONGEST_REGION}
          suggestions={REGIONS.map(({ name }) => name)}
        />
        <SelectField
          {...field}
          name="country"
          label={labels.country}
          empty={t('interest.empty-choice')}
          options={countryChoices(language).map(({ country, name }) => ({ value: country, label: name }))}
        />
        <SelectField
          {...field}
          name="language"
          label={labels.language}
          options={reader.languages.map((value) => ({ value, label: nameOfLanguage(value) }))}
          required
        />
        <SelectField
          {...field}
          name="timeZone"
          label={labels.timeZone}
          hint={t('interest.hint.timeZone')}
          empty={t('interest.by-place')}
          options={zoneChoices(language)}
        />
        <p>{t('meetings.promise')}</p>
        <Actions>
          <Button>{t('meetings.sign-up.button')}</Button>
        </Actions>
      </Form>
    </>
  );
};

/** The same whatever is known of the address. */
export const signedUpPage = (reader: Reader, meeting: Meeting): VNode => {
  const { t } = reader;
  const path = `/meetings/${meeting.id}`;
  return (
    <Page reader={reader} title={t('interest.mailbox.title')} noIndex path={path}>
      <h1>{t('interest.mailbox.title')}</h1>
      <p class="lead">{meeting.title}</p>
      <Notice kind="success">{t('meetings.signed-up.sent')}</Notice>
      <p>{t('meetings.signed-up.then')}</p>
      <p class="soft">{t('interest.mailbox.nothing-came')}</p>
      <Actions>
        <ButtonLink href={reader.href(path)}>{t('participation.to-meeting')}</ButtonLink>
        <ButtonLink kind="secondary" href={reader.href('/meetings')}>
          {t('meetings.all')}
        </ButtonLink>
      </Actions>
    </Page>
  );
};
