import type { ComponentChildren, VNode } from 'preact';
import { Actions, Button, ButtonLink, ErrorSummary, Form, Notice } from '../../libs/web/components.js';
import {
  CheckboxGroup,
  EmailField,
  HoneypotField,
  SelectField,
  TextArea,
  TextField,
} from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { nameOfLanguage } from '../../libs/web/i18n.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { WANTS } from '../contacts/contact.js';
import { countryChoices } from '../regions/countries.js';
import { REGIONS } from '../regions/regions.js';
import { zoneChoices } from '../regions/time-zones.js';
import { CONTRIBUTIONS, LIMITS, LONG_ANSWERS } from './interest.js';

/** What went amiss with the form as a whole. */
export type Trouble = 'empty' | 'nothing-saved' | 'address-not-saved';

export function interestPage(reader: Reader, given: FormState, trouble?: Trouble): VNode {
  const { t } = reader;
  const form = { ...given, values: { language: reader.language, ...given.values } };
  const title = t('interest.title');
  // The answers are safe already: sent once more they would be counted twice.
  const answersAreSafe = trouble === 'address-not-saved';
  return (
    <Page reader={reader} title={title} description={t('interest.description')} path="/get-involved">
      <h1>{title}</h1>
      <p class="lead">{t('interest.lead')}</p>
      {trouble === undefined ? (
        <Notice>{t('interest.promise.commitment')}</Notice>
      ) : (
        <Notice kind="warning" title={t(`interest.trouble.${trouble}.title`)}>
          {t(`interest.trouble.${trouble}.text`)}
        </Notice>
      )}
      <ErrorSummary reader={reader} form={form} labels={labelsOf(reader)} />
      {!answersAreSafe && <WhatIsKept reader={reader} />}
      <Form reader={reader} action="/get-involved">
        <HoneypotField reader={reader} />
        <div class="all-optional">
          <Where reader={reader} form={form} />
          {!answersAreSafe && <Answers reader={reader} form={form} />}
          <StayInTouch reader={reader} form={form} />
        </div>
        <p>
          {t('interest.promise.commitment')} {t('interest.promise.never-disclosed')}
        </p>
        <Actions>
          <Button>{t('interest.button')}</Button>
        </Actions>
      </Form>
    </Page>
  );
}

interface PartProps {
  readonly reader: Reader;
  readonly form: FormState;
}

const Part = ({ title, lead, children }: { title: string; lead?: string; children: ComponentChildren }): VNode => (
  <fieldset class="part">
    <legend>{title}</legend>
    {lead !== undefined && <p class="soft">{lead}</p>}
    {children}
  </fieldset>
);

const Where = ({ reader, form }: PartProps): VNode => {
  const { t } = reader;
  return (
    <Part title={t('interest.part.where')}>
      <TextField
        reader={reader}
        form={form}
        name="region"
        label={t('interest.field.region')}
        hint={t('interest.hint.region')}
        max={LIMITS.region}
        suggestions={REGIONS.map(({ name }) => name)}
      />
      <SelectField
        reader={reader}
        form={form}
        name="country"
        label={t('interest.field.country')}
        empty={t('interest.empty-choice')}
        options={countryChoices(reader.language).map(({ country, name }) => ({ value: country, label: name }))}
      />
    </Part>
  );
};

const Answers = ({ reader, form }: PartProps): VNode => {
  const { t } = reader;
  return (
    <>
      <Part title={t('interest.part.think')} lead={t('interest.part.think.lead')}>
        {LONG_ANSWERS.map((name) => (
          <TextArea
            key={name}
            reader={reader}
            form={form}
            name={name}
            label={t(`interest.field.${name}`)}
            max={LIMITS.answer}
            rows={3}
          />
        ))}
      </Part>
      <Part title={t('interest.part.share')}>
        <CheckboxGroup
          reader={reader}
          form={form}
          name="contributions"
          label={t('interest.field.contributions')}
          options={CONTRIBUTIONS.map((value) => ({
            value,
            label: t(`interest.contribution.${value}`),
            hint: t(`interest.contribution.${value}.hint`),
          }))}
        />
        <TextField
          reader={reader}
          form={form}
          name="targetGroup"
          label={t('interest.field.targetGroup')}
          hint={
            <>
              {t('interest.hint.targetGroup')} {t('web.limit', { max: LIMITS.targetGroup })}
            </>
          }
        />
      </Part>
    </>
  );
};

const StayInTouch = ({ reader, form }: PartProps): VNode => {
  const { t } = reader;
  return (
    <Part title={t('interest.part.touch')} lead={t('interest.part.touch.lead')}>
      <EmailField reader={reader} form={form} label={t('interest.field.email')} hint={t('interest.hint.email')} />
      <CheckboxGroup
        reader={reader}
        form={form}
        name="wants"
        label={t('interest.field.wants')}
        options={WANTS.map((value) => ({ value, label: t(`contacts.wants.${value}`) }))}
      />
      <SelectField
        reader={reader}
        form={form}
        name="language"
        label={t('interest.field.language')}
        options={reader.languages.map((value) => ({ value, label: nameOfLanguage(value) }))}
      />
      <SelectField
        reader={reader}
        form={form}
        name="timeZone"
        label={t('interest.field.timeZone')}
        hint={t('interest.hint.timeZone')}
        empty={t('interest.by-place')}
        options={zoneChoices(reader.language)}
      />
    </Part>
  );
};

const WhatIsKept = ({ reader }: { readonly reader: Reader }): VNode => {
  const { t } = reader;
  return (
    <details>
      <summary>{t('interest.kept.title')}</summary>
      <ul>
        <li>
          {t('interest.promise.anonymous')} {t('interest.kept.answers')}
        </li>
        <li>{t('interest.kept.address')}</li>
        <li>{t('interest.promise.nobody-sees')}</li>
        <li>{t('interest.promise.not-joined')}</li>
        <li>{t('interest.kept.not')}</li>
      </ul>
      <p>
        <a href={reader.href('/privacy')}>{t('interest.kept.more')}</a>
      </p>
    </details>
  );
};

const FIELDS = [
  'region',
  'country',
  ...LONG_ANSWERS,
  'contributions',
  'targetGroup',
  'email',
  'wants',
  'language',
  'timeZone',
] as const;

const labelsOf = ({ t }: Reader): Readonly<Record<string, string>> =>
  Object.fromEntries(FIELDS.map((name) => [name, t(`interest.field.${name}`)]));

export const answersKeptPage = (reader: Reader): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('interest.thanks.title')} noIndex>
      <h1>{t('interest.thanks.title')}</h1>
      <Notice kind="success">{t('interest.thanks.answers')}</Notice>
      <p>{t('interest.thanks.later')}</p>
      <p>{t('interest.promise.commitment')}</p>
      <Next reader={reader} />
    </Page>
  );
};

/** The same for every address, so that nobody learns here which are known. */
export const addressLeftPage = (reader: Reader): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('interest.mailbox.title')} noIndex>
      <h1>{t('interest.mailbox.title')}</h1>
      <Notice kind="success" title={t('interest.promise.look')}>
        {t('interest.mailbox.sent')}
      </Notice>
      <p>{t('interest.mailbox.confirm')}</p>
      <p>
        {t('interest.mailbox.answers')} {t('interest.promise.commitment')}
      </p>
      <p class="soft">{t('interest.mailbox.nothing-came')}</p>
      <Next reader={reader} />
    </Page>
  );
};

const Next = ({ reader }: { readonly reader: Reader }): VNode => (
  <Actions>
    <ButtonLink href={reader.href('/meetings')}>{reader.t('interest.next.meetings')}</ButtonLink>
    <ButtonLink href={reader.href('/basics')} kind="secondary">
      {reader.t('interest.next.basics')}
    </ButtonLink>
  </Actions>
);
