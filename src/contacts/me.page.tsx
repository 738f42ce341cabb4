import type { VNode } from 'preact';
import {
  Actions,
  Button,
  ButtonLink,
  Card,
  Cards,
  ErrorSummary,
  Facts,
  Form,
  Notice,
  Table,
} from '../../libs/web/components.js';
import { EmailField } from '../../libs/web/form-fields.js';
import { freshForm, type FormState } from '../../libs/web/forms.js';
import { nameOfLanguage } from '../../libs/web/i18n.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { cityOf } from '../../libs/time/city-names.js';
import { formatDay, formatWhen } from '../../libs/time/when.js';
import type { Answer } from '../invitations/invitation.js';
import { countryName, isCountry } from '../regions/countries.js';
import { regionOf } from '../regions/regions.js';
import { type Contact, isAsked } from './contact.js';
import type { Held, HeldInvitation } from './held.js';
import { PauseForm, PreferencesForm } from './me-acts.page.js';
import { OwnCalendar } from './own-calendar.page.js';
import { usualDay } from './pause-end.js';

export const askPage = (reader: Reader, form: FormState): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.me.title')} description={t('contacts.me.ask.lead')} path="/me">
      <h1>{t('contacts.me.title')}</h1>
      <p class="lead">{t('contacts.me.ask.lead')}</p>
      <ErrorSummary reader={reader} form={form} labels={{ email: t('contacts.field.email') }} />
      <Form reader={reader} action="/me">
        <EmailField reader={reader} form={form} label={t('contacts.field.email')} required />
        <Actions>
          <Button>{t('contacts.me.ask.button')}</Button>
        </Actions>
      </Form>
      <p class="soft">{t('contacts.me.ask.same')}</p>
    </Page>
  );
};

/** The same for every address, known or not. */
export const sentPage = (reader: Reader): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('contacts.me.sent.title')} noIndex path="/me">
      <h1>{t('contacts.me.sent.title')}</h1>
      <Notice kind="success" title={t('contacts.promise.look')}>
        {t('contacts.me.sent.text')}
      </Notice>
      <p>{t('contacts.me.sent.valid')}</p>
      <Actions>
        <ButtonLink href={reader.href('/me')} kind="secondary">
          {t('contacts.me.sent.again')}
        </ButtonLink>
      </Actions>
    </Page>
  );
};

export interface Mine {
  readonly contact: Contact;
  readonly held: Held;
  /** The page of each invitation, in the order of `held.invitations`. */
  readonly places: readonly string[];
  /** The private feed's address, absolute. */
  readonly feed: string;
  readonly now: Date;
}

export const mePage = (reader: Reader, token: string, { contact, held, places, feed, now }: Mine): VNode => {
  const { t } = reader;
  const paused = contact.pausedUntil !== null && contact.pausedUntil > now;
  return (
    <Page reader={reader} title={t('contacts.me.title')} noIndex wide>
      <h1>{t('contacts.me.title')}</h1>
      <p class="lead">{t('contacts.me.lead')}</p>
      {isAsked(contact) && (
        <Notice title={t('contacts.still-interested.title')}>
          <p>{t('contacts.still-interested.text')}</p>
          <Form reader={reader} action={`/me/${token}/still-interested`}>
            <Button>{t('contacts.still-interested.button')}</Button>
          </Form>
        </Notice>
      )}
      <Facts facts={factsOf(reader, contact, held, paused)} />
      <p class="soft">{t('contacts.me.not-joined')}</p>
      <Invitations reader={reader} held={held} places={places} />
      {contact.status === 'confirmed' && (
        <Actions>
          <ButtonLink kind="secondary" href={reader.href(`/office-hours?me=${token}`)}>
            {t('contacts.me.book')}
          </ButtonLink>
        </Actions>
      )}
      <OwnCalendar reader={reader} token={token} feed={feed} />
      <h2>{t('contacts.preferences.title')}</h2>
      <PreferencesForm
        reader={reader}
        token={token}
        form={freshForm({ language: held.language, timeZone: held.timeZone, wants: held.wants })}
      />
      <h2>{t('contacts.me.acts')}</h2>
      <Cards>
        <Card level={3} title={t('contacts.export.title')}>
          <p>{t('contacts.export.text')}</p>
          <Form reader={reader} action={`/me/${token}/export`}>
            <Button kind="secondary">{t('contacts.export.button')}</Button>
          </Form>
        </Card>
        {(contact.unsubscribed || paused) && (
          <Card level={3} title={t('contacts.subscribe.title')}>
            <p>{t('contacts.subscribe.text')}</p>
            <Form reader={reader} action={`/me/${token}/subscribe`}>
              <Button kind="secondary">{t('contacts.subscribe.button')}</Button>
            </Form>
          </Card>
        )}
        {!contact.unsubscribed && (
          <>
            <Card level={3} title={t('contacts.pause.title')}>
              <p>{t('contacts.pause.text')}</p>
              <PauseForm reader={reader} token={token} form={freshForm({ until: usualDay(contact.timeZone, now) })} />
            </Card>
            <Card level={3} title={t('contacts.unsubscribe.title')}>
              <p>
                {t('contacts.unsubscribe.lead')} {t('contacts.unsubscribe.still')}
              </p>
              <Form reader={reader} action={`/me/${token}/unsubscribe`}>
                <Button kind="secondary">{t('contacts.unsubscribe.button')}</Button>
              </Form>
            </Card>
          </>
        )}
        <Card level={3} title={t('contacts.erase.title')}>
          <p>{t('contacts.erase.text')}</p>
          <ButtonLink href={reader.href(`/me/${token}/erase`)} kind="danger">
            {t('contacts.erase.title')}
          </ButtonLink>
        </Card>
      </Cards>
    </Page>
  );
};

function factsOf(reader: Reader, contact: Contact, held: Held, paused: boolean): (readonly [string, string])[] {
  const { t } = reader;
  const place = held.region === null ? held.place : (regionOf(held.region)?.name ?? held.region);
  const facts: (readonly [string, string | undefined])[] = [
    [t('contacts.field.email'), held.address],
    [t('contacts.field.region'), place ?? undefined],
    [t('contacts.field.country'), countryOf(reader, held.country)],
    [t('contacts.field.language'), nameOfLanguage(held.language, reader.language)],
    [t('contacts.field.timeZone'), cityOf(held.timeZone, reader.language)],
    [
      t('contacts.field.wants'),
      held.wants.length === 0
        ? t('contacts.wants.none')
        : held.wants.map((want) => t(`contacts.wants.${want}`)).join(', '),
    ],
    [t('contacts.field.state'), stateOf(reader, contact, paused)],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

const countryOf = (reader: Reader, country: string | null): string | undefined =>
  country !== null && isCountry(country) ? countryName(country, reader.language) : undefined;

function stateOf({ t, language }: Reader, contact: Contact, paused: boolean): string {
  if (contact.suppressed) return t('contacts.state.suppressed');
  if (contact.status === 'unconfirmed') return t('contacts.state.unconfirmed');
  if (contact.unsubscribed) return t('contacts.state.unsubscribed');
  if (paused && contact.pausedUntil)
    return t('contacts.state.paused', { day: formatDay(contact.pausedUntil, contact.timeZone, language) });
  return t('contacts.state.confirmed');
}

/** What is called off says so: nothing that was said of it counts any more. */
const replyOf = ({ cancelled, left, answer }: HeldInvitation): Answer | 'cancelled' | 'left' => {
  if (cancelled === true) return 'cancelled';
  return left ? 'left' : answer;
};

const Invitations = ({
  reader,
  held,
  places,
}: {
  readonly reader: Reader;
  readonly held: Held;
  readonly places: readonly string[];
}): VNode => {
  const { t } = reader;
  if (held.invitations.length === 0)
    return (
      <>
        <h2>{t('contacts.invitations.title')}</h2>
        <p>{t('contacts.invitations.none')}</p>
      </>
    );
  return (
    <Table
      heading
      caption={t('contacts.invitations.title')}
      columns={[t('contacts.invitations.meeting'), t('contacts.invitations.when'), t('contacts.invitations.reply')]}
      rows={held.invitations.map((invitation, index) => [
        <a href={reader.href(places[index] ?? '/meetings')}>{invitation.title}</a>,
        formatWhen(new Date(invitation.start), held.timeZone, reader.language),
        t(`contacts.reply.${replyOf(invitation)}`),
      ])}
    />
  );
};
