import type { VNode } from 'preact';
import { Actions, Button, ButtonLink, ErrorSummary, Form, Notice } from '../../libs/web/components.js';
import { Checkbox, CheckboxGroup, DateField, SelectField } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { nameOfLanguage } from '../../libs/web/i18n.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { cityOf } from '../../libs/time/city-names.js';
import { formatDay } from '../../libs/time/when.js';
import { isTimeZone } from '../../libs/time/zones.js';
import { zoneChoices } from '../regions/time-zones.js';
import { type Erasure, WANTS } from './contact.js';

interface OwnFormProps {
  readonly reader: Reader;
  readonly token: string;
  readonly form: FormState;
}

export const PreferencesForm = ({ reader, token, form }: OwnFormProps): VNode => {
  const { t } = reader;
  const field = { reader, form, required: true };
  return (
    <Form reader={reader} action={`/me/${token}/preferences`}>
      <SelectField
        {...field}
        name="language"
        label={t('contacts.field.language')}
        options={reader.languages.map((value) => ({ value, label: nameOfLanguage(value) }))}
      />
      <SelectField
        {...field}
        name="timeZone"
        label={t('contacts.field.timeZone')}
        options={[...presentZone(form, reader.language), ...zoneChoices(reader.language)]}
      />
      <CheckboxGroup
        {...field}
        name="wants"
        label={t('contacts.field.wants')}
        options={WANTS.map((value) => ({ value, label: t(`contacts.wants.${value}`) }))}
      />
      <Actions>
        <Button kind="secondary">{t('contacts.preferences.button')}</Button>
      </Actions>
    </Form>
  );
};

/** A zone of theirs that is not among those offered stays to be chosen. */
function presentZone(form: FormState, language: string): { readonly value: string; readonly label: string }[] {
  const present = form.values['timeZone'];
  if (typeof present !== 'string' || !isTimeZone(present)) return [];
  const offered = zoneChoices(language).some(({ options }) => options.some(({ value }) => value === present));
  return offered ? [] : [{ value: present, label: cityOf(present, language) }];
}

export const preferencesPage = (reader: Reader, token: string, form: FormState): VNode => {
  const { t } = reader;
  const labels = {
    language: t('contacts.field.language'),
    timeZone: t('contacts.field.timeZone'),
    wants: t('contacts.field.wants'),
  };
  return (
    <Page reader={reader} title={t('contacts.preferences.title')} noIndex path={`/me/${token}`}>
      <h1>{t('contacts.preferences.title')}</h1>
      <ErrorSummary reader={reader} form={form} labels={labels} />
      <PreferencesForm reader={reader} token={token} form={form} />
      <Back reader={reader} token={token} />
    </Page>
  );
};

export const PauseForm = ({ reader, token, form }: OwnFormProps): VNode => (
  <Form reader={reader} action={`/me/${token}/pause`}>
    <DateField reader={reader} form={form} name="until" label={reader.t('contacts.pause.until')} required />
    <Actions>
      <Button kind="secondary">{reader.t('contacts.pause.button')}</Button>
    </Actions>
  </Form>
);

export const pausePage = (reader: Reader, token: string, form: FormState): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.pause.title')} noIndex path={`/me/${token}`}>
      <h1>{t('contacts.pause.title')}</h1>
      <p>{t('contacts.pause.text')}</p>
      <ErrorSummary reader={reader} form={form} labels={{ until: t('contacts.pause.until') }} />
      <PauseForm reader={reader} token={token} form={form} />
      <Back reader={reader} token={token} />
    </Page>
  );
};

export type Act = 'preferences' | 'feed' | 'still-interested' | 'pause' | 'unsubscribe' | 'subscribe';

/** Says what happened, and shows the way back. */
export const donePage = (
  reader: Reader,
  token: string,
  act: Act,
  paused?: { readonly until: Date; readonly timeZone: string },
): VNode => {
  const { t, language } = reader;
  const day = paused && formatDay(paused.until, paused.timeZone, language);
  return (
    <Page reader={reader} title={t(`contacts.done.${act}.title`)} noIndex path={`/me/${token}`}>
      <h1>{t(`contacts.done.${act}.title`)}</h1>
      <Notice kind="success">{t(`contacts.done.${act}.text`, day === undefined ? undefined : { day })}</Notice>
      {(act === 'pause' || act === 'unsubscribe') && (
        <Form reader={reader} action={`/me/${token}/subscribe`}>
          <p>
            {t('contacts.unsubscribe.still')} {t('contacts.unsubscribed.back')}
          </p>
          <Button kind="secondary">{t('contacts.subscribe.button')}</Button>
        </Form>
      )}
      <Back reader={reader} token={token} />
    </Page>
  );
};

export const erasePage = (reader: Reader, token: string, form: FormState): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.erase.title')} noIndex>
      <h1>{t('contacts.erase.title')}</h1>
      <p class="lead">{t('contacts.erase.text')}</p>
      <p>{t('contacts.erase.answers')}</p>
      <Form reader={reader} action={`/me/${token}/erase`}>
        <Checkbox
          reader={reader}
          form={form}
          name="cancelFirst"
          label={t('contacts.erase.cancel-first')}
          hint={t('contacts.erase.cancel-first-hint')}
        />
        <Checkbox
          reader={reader}
          form={form}
          name="keepBlocked"
          label={t('contacts.erase.keep-blocked')}
          hint={t('contacts.erase.keep-blocked-hint')}
        />
        <Actions>
          <Button kind="danger">{t('contacts.erase.button')}</Button>
          <ButtonLink href={reader.href(`/me/${token}`)} kind="secondary">
            {t('contacts.me.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </Page>
  );
};

export const erasedPage = (reader: Reader, { cancelFirst, keepBlocked }: Erasure): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.erased.title')} noIndex path="/me">
      <h1>{t('contacts.erased.title')}</h1>
      <Notice kind="success">{t(cancelFirst ? 'contacts.erased.cancel-first' : 'contacts.erased.at-once')}</Notice>
      <p>{t(keepBlocked ? 'contacts.erased.blocked' : 'contacts.erased.no-trace')}</p>
      <p>{t('contacts.erased.thanks')}</p>
      <Actions>
        <ButtonLink href={reader.href('/')}>{t('web.problem.home')}</ButtonLink>
      </Actions>
    </Page>
  );
};

const Back = ({ reader, token }: Omit<OwnFormProps, 'form'>): VNode => (
  <p>
    <a href={reader.href(`/me/${token}`)}>{reader.t('contacts.me.back')}</a>
  </p>
);
