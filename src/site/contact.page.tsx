import type { VNode } from 'preact';
import { Actions, ButtonLink, Facts, Notice } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';

const mailLink = (address: string): VNode => <a href={`mailto:${address}`}>{address}</a>;

export const contactPage = (reader: Reader, contactEmail: string): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('web.footer.contact')} description={t('site.contact.lead')}>
      <h1>{t('web.footer.contact')}</h1>
      <p class="lead">{t('site.contact.lead')}</p>
      <p>{mailLink(contactEmail)}</p>
      <Notice title={t('site.contact.anonymous.title')}>{t('site.contact.anonymous')}</Notice>
      <Actions>
        <ButtonLink href={reader.href('/get-involved')}>{t('site.home.get-involved')}</ButtonLink>
        <ButtonLink href={reader.href('/me')} kind="secondary">
          {t('contacts.me.title')}
        </ButtonLink>
      </Actions>
    </Page>
  );
};

/** @param operator who sends the mails: the name that stands in MAIL_FROM */
export const imprintPage = (reader: Reader, operator: string, contactEmail: string): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('web.footer.imprint')} description={t('site.imprint.lead')}>
      <h1>{t('web.footer.imprint')}</h1>
      <p class="lead">{t('site.imprint.lead')}</p>
      <Facts
        facts={[
          [t('site.imprint.operator'), operator],
          [t('site.imprint.reach'), mailLink(contactEmail)],
        ]}
      />
      <h2>{t('site.imprint.who')}</h2>
      <p>{t('site.imprint.who.text')}</p>
      <h2>{t('site.imprint.figures')}</h2>
      <p>{t('site.imprint.figures.text')}</p>
      <h2>{t('site.imprint.software')}</h2>
      <p>{t('site.imprint.software.text')}</p>
      <Actions>
        <ButtonLink href={reader.href('/contact')} kind="secondary">
          {t('web.footer.contact')}
        </ButtonLink>
      </Actions>
    </Page>
  );
};
