import type { VNode } from 'preact';
import type { Id } from '../../libs/privacy/ids.js';
import { Actions, Button, ButtonLink, Form, Notice } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { formatWhen } from '../../libs/time/when.js';
import type { Subject } from '../invitations/subject.js';
import type { Want } from './contact.js';

export const confirmPage = (
  reader: Reader,
  token: string,
  { wants, wished }: { readonly wants: readonly Want[]; readonly wished: readonly Subject[] },
): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.confirm.title')} noIndex>
      <h1>{t('contacts.confirm.title')}</h1>
      <p class="lead">{t('contacts.confirm.lead')}</p>
      <h2>{t('contacts.confirm.then')}</h2>
      <ul>
        {wished.map(({ id, title }) => (
          <li key={id}>{t('contacts.confirm.wish', { title })}</li>
        ))}
        {wants.map((want) => (
          <li key={want}>{t(`contacts.confirm.want.${want}`)}</li>
        ))}
        <li>{t('contacts.confirm.out')}</li>
      </ul>
      <p>{t('contacts.promise.commitment')}</p>
      <p>{t('contacts.promise.address')}</p>
      <Form reader={reader} action={`/confirm/${token}`}>
        <Actions>
          <Button>{t('contacts.confirm.button')}</Button>
        </Actions>
      </Form>
      <p class="soft">{t('contacts.confirm.not-you')}</p>
    </Page>
  );
};

export interface Confirmed {
  /** It was confirmed before: the page says so. */
  readonly already: boolean;
  /** Meetings to come. */
  readonly next: readonly Subject[];
  readonly timeZone: string;
  /** Meetings whose invitations are on their way. */
  readonly wishes: readonly Id[];
}

export const confirmedPage = (reader: Reader, { already, next, timeZone, wishes }: Confirmed): VNode => {
  const { t } = reader;
  const title = t(already ? 'contacts.confirmed.already-title' : 'contacts.confirmed.title');
  return (
    <Page reader={reader} title={title} noIndex>
      <h1>{title}</h1>
      <Notice kind="success">{t(already ? 'contacts.confirmed.already' : 'contacts.confirmed.thanks')}</Notice>
      {!already && wishes.length > 0 && <p>{t('contacts.confirmed.invitation-comes')}</p>}
      <h2>{t('contacts.confirmed.next')}</h2>
      {next.length === 0 ? (
        <p>{t('contacts.confirmed.none')}</p>
      ) : (
        <ul>
          {next.map((subject) => (
            <li key={subject.id}>
              <a href={reader.href(`/meetings/${subject.id}`)}>{subject.title}</a>
              <br />
              {formatWhen(subject.start, timeZone, reader.language)}
            </li>
          ))}
        </ul>
      )}
      <Actions>
        <ButtonLink href={reader.href('/meetings')}>{t('contacts.confirmed.meetings')}</ButtonLink>
        <ButtonLink href={reader.href('/basics')} kind="secondary">
          {t('contacts.confirmed.basics')}
        </ButtonLink>
      </Actions>
      <p class="soft">
        {t('contacts.confirmed.own')} <a href={reader.href('/me')}>{t('contacts.me.title')}</a>
      </p>
    </Page>
  );
};
