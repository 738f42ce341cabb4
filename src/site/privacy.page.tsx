import type { VNode } from 'preact';
import { Actions, ButtonLink, Notice, Table } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';

/** What is kept, each with for how long and what it is for. */
const KEPT = [
  ...(['answers', 'address', 'unconfirmed', 'invitations', 'bookings', 'ticket', 'letters', 'counts'] as const),
  ...(['calendar', 'sessions', 'network', 'blocked', 'erased'] as const),
];
/** Who might look, and what they could learn. */
const WHO = ['visitors', 'coordination', 'copy', 'key', 'backups', 'server'] as const;
const NOT_KEPT = ['cookies', 'names', 'logs', 'third', 'sale'] as const;
const RIGHTS = ['see', 'pause', 'unsubscribe', 'erase'] as const;

export const privacyPage = (reader: Reader, contactEmail: string): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('web.footer.privacy')} description={t('site.privacy.lead')} wide>
      <h1>{t('web.footer.privacy')}</h1>
      <p class="lead">{t('site.privacy.lead')}</p>
      <Notice>
        {t('site.promise.anonymous')} {t('site.promise.never-disclosed')} {t('site.promise.not-joined')}
      </Notice>
      <p>
        {t('site.promise.nobody-sees')} {t('site.promise.room')}
      </p>
      <Table
        heading
        caption={t('site.privacy.kept')}
        columns={[t('site.privacy.what'), t('site.privacy.how-long'), t('site.privacy.how')]}
        rows={KEPT.map((what) => [
          t(`site.privacy.kept.${what}`),
          t(`site.privacy.kept.${what}.long`),
          t(`site.privacy.kept.${what}.how`),
        ])}
      />
      <h2>{t('site.privacy.not-kept')}</h2>
      <ul>
        {NOT_KEPT.map((what) => (
          <li key={what}>{t(`site.privacy.not-kept.${what}`)}</li>
        ))}
      </ul>
      <Table
        heading
        caption={t('site.privacy.who')}
        columns={[t('site.privacy.who.someone'), t('site.privacy.who.learns')]}
        rows={WHO.map((who) => [t(`site.privacy.who.${who}`), t(`site.privacy.who.${who}.learns`)])}
      />
      <h2>{t('site.privacy.counts')}</h2>
      <p>{t('site.privacy.counts.text')}</p>
      <h2>{t('site.privacy.rights')}</h2>
      <ul>
        {RIGHTS.map((right) => (
          <li key={right}>{t(`site.privacy.rights.${right}`)}</li>
        ))}
      </ul>
      <Actions>
        <ButtonLink href={reader.href('/me')}>{t('contacts.me.title')}</ButtonLink>
      </Actions>
      <p>
        {t('site.privacy.ask')} <a href={`mailto:${contactEmail}`}>{contactEmail}</a>
      </p>
    </Page>
  );
};
