import type { VNode } from 'preact';
import { subscribeLinks } from '../../libs/calendar/subscribe-links.js';
import { Actions, Button, Form } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { Subscribe } from '../feeds/subscribe.js';

interface OwnCalendarProps {
  readonly reader: Reader;
  /** Of one's own page. */
  readonly token: string;
  /** The private feed's address, absolute. */
  readonly feed: string;
}

/** One's own page itself leads to no other company's: the ways that do stand behind a link. */
export const OwnCalendar = ({ reader, token, feed }: OwnCalendarProps): VNode => {
  const { t } = reader;
  return (
    <>
      <h2>{t('feeds.own.title')}</h2>
      <p>{t('feeds.own.text')}</p>
      <ul>
        <li>
          <a href={subscribeLinks(feed, '').webcal}>{t('feeds.subscribe.app')}</a>
        </li>
        <li>
          <a href={reader.href(`/me/${token}/feed`)}>{t('feeds.own.more')}</a>
        </li>
      </ul>
    </>
  );
};

export const ownCalendarPage = ({ reader, token, feed }: OwnCalendarProps): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('feeds.own.title')} noIndex>
      <h1>{t('feeds.own.title')}</h1>
      <p class="lead">{t('feeds.own.text')}</p>
      <p>{t('feeds.own.secret')}</p>
      <Subscribe reader={reader} address={feed} name={t('feeds.name.own')} />
      <Form reader={reader} action={`/me/${token}/feed`}>
        <p>{t('feeds.own.renew.text')}</p>
        <Actions>
          <Button kind="secondary">{t('feeds.own.renew')}</Button>
        </Actions>
      </Form>
      <p>
        <a href={reader.href(`/me/${token}`)}>{t('contacts.me.back')}</a>
      </p>
    </Page>
  );
};
