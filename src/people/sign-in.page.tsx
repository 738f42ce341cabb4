import type { VNode } from 'preact';
import { Actions, Button, ErrorSummary, Form, Notice } from '../../libs/web/components.js';
import { EmailField } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { SIGN_IN_MINUTES } from '../deliveries/delivery.js';
import type { Role } from './person.js';

export const askPage = (reader: Reader, form: FormState): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('people.sign-in.title')} noIndex>
      <h1>{t('people.sign-in.title')}</h1>
      <p class="lead">{t('people.sign-in.lead')}</p>
      <ErrorSummary reader={reader} form={form} labels={{ email: t('people.sign-in.email') }} />
      <Form reader={reader} action="/sign-in">
        <EmailField
          reader={reader}
          form={form}
          label={t('people.sign-in.email')}
          hint={t('people.sign-in.hint', { minutes: SIGN_IN_MINUTES })}
          required
        />
        <Actions>
          <Button>{t('people.sign-in.send')}</Button>
        </Actions>
      </Form>
      <p class="soft">{t('people.sign-in.only-roles')}</p>
    </Page>
  );
};

export const askedPage = (reader: Reader): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('people.sign-in.asked.title')} noIndex path="/sign-in">
      <h1>{t('people.sign-in.asked.title')}</h1>
      <Notice kind="success">{t('people.sign-in.asked.text', { minutes: SIGN_IN_MINUTES })}</Notice>
      <p>{t('people.sign-in.asked.nothing')}</p>
      <p>
        <a href={reader.href('/sign-in')}>{t('people.sign-in.asked.again')}</a>
      </p>
    </Page>
  );
};

export const signInPage = (reader: Reader, role: Role): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('people.sign-in.title')} noIndex>
      <h1>{t('people.sign-in.title')}</h1>
      <p class="lead">{t('people.sign-in.as', { role: t(`people.role.${role}`) })}</p>
      <p>{t('people.sign-in.cookie')}</p>
      <Form reader={reader} action={reader.path}>
        <Actions>
          <Button>{t('people.sign-in.button')}</Button>
        </Actions>
      </Form>
    </Page>
  );
};
