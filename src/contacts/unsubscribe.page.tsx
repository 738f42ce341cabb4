import type { VNode } from 'preact';
import { Actions, Button, ButtonLink, Form, Notice } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';

export const unsubscribePage = (reader: Reader, token: string): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.unsubscribe.title')} noIndex>
      <h1>{t('contacts.unsubscribe.title')}</h1>
      <p class="lead">{t('contacts.unsubscribe.lead')}</p>
      <p>{t('contacts.unsubscribe.still')}</p>
      <Form reader={reader} action={`/unsubscribe/${token}`}>
        <Actions>
          <Button>{t('contacts.unsubscribe.button')}</Button>
        </Actions>
      </Form>
      <Elsewhere reader={reader} />
    </Page>
  );
};

export const unsubscribedPage = (reader: Reader, token: string): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.unsubscribed.title')} noIndex path={`/unsubscribe/${token}`}>
      <h1>{t('contacts.unsubscribed.title')}</h1>
      <Notice kind="success">{t('contacts.unsubscribed.done')}</Notice>
      <p>{t('contacts.unsubscribe.still')}</p>
      <Form reader={reader} action={`/unsubscribe/${token}/subscribe`}>
        <p>{t('contacts.unsubscribed.back')}</p>
        <Actions>
          <Button kind="secondary">{t('contacts.subscribe.button')}</Button>
        </Actions>
      </Form>
      <Elsewhere reader={reader} />
    </Page>
  );
};

export const subscribedPage = (reader: Reader, token: string): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.subscribed.title')} noIndex path={`/unsubscribe/${token}`}>
      <h1>{t('contacts.subscribed.title')}</h1>
      <Notice kind="success">{t('contacts.subscribed.done')}</Notice>
      <Actions>
        <ButtonLink href={reader.href('/meetings')}>{t('contacts.confirmed.meetings')}</ButtonLink>
      </Actions>
    </Page>
  );
};

/** For whoever wants something else than the one thing this link may do. */
const Elsewhere = ({ reader }: { readonly reader: Reader }): VNode => (
  <p class="soft">
    {reader.t('contacts.unsubscribe.more')} <a href={reader.href('/me')}>{reader.t('contacts.me.title')}</a>
  </p>
);
