import type { VNode } from 'preact';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form, Notice, Table } from '../../libs/web/components.js';
import { DateField, SelectField, TextField } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { ConsolePage } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { shortDay } from '../../libs/web/short-day.js';
import { lastDayOf, type Person, type Role, type Term } from './person.js';
import type { SignedIn } from './sign-in.service.js';

/** A person as the list shows them: by what they are appointed for, never by who they are. */
export interface Listed {
  readonly person: Person;
  readonly term: Term;
  readonly region: string;
  readonly isSelf: boolean;
  readonly canRevoke: boolean;
}

interface PeopleProps {
  readonly people: readonly Listed[];
  readonly form: FormState;
  /** Those that the reader may appoint. */
  readonly roles: readonly Role[];
  readonly regions: readonly string[];
  /** What was just done. */
  readonly done?: 'appointed' | 'revoked' | undefined;
}

export const peoplePage = (
  reader: Reader,
  { csrf }: SignedIn,
  { people, form, roles, regions, done }: PeopleProps,
): VNode => {
  const { t } = reader;
  const field = { reader, form };
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('people.title')} wide>
      <h1>{t('people.title')}</h1>
      {done && <Notice kind="success">{t(`people.done.${done}`)}</Notice>}
      <p>{t('people.lead')}</p>
      <Table
        caption={t('people.list')}
        columns={[
          t('people.role'),
          t('people.region'),
          t('people.mandate'),
          t('people.resolution'),
          t('people.term'),
          t('people.act'),
        ]}
        rows={people.map((listed) => [
          <>
            {t(`people.role.${listed.person.role}`)} {listed.isSelf && <small>{t('people.you')}</small>}
          </>,
          listed.region || '–',
          listed.person.mandate || t('people.first'),
          listed.person.resolution || '–',
          termText(reader, listed),
          <>
            {t(`people.term.${listed.term}`)}{' '}
            {listed.canRevoke && (
              <span class="row-acts">
                <a href={reader.href(`/console/people/${listed.person.id}/revoke`)}>{t('people.revoke')}</a>
              </span>
            )}
          </>,
        ])}
      />
      <h2>{t('people.appoint')}</h2>
      <p>{t('people.appoint.lead')}</p>
      <ErrorSummary reader={reader} form={form} labels={labels(reader)} />
      <Form reader={reader} action="/console/people" csrf={csrf} autocomplete="off">
        <TextField
          {...field}
          name="email"
          type="email"
          label={t('people.email')}
          hint={t('people.email.hint')}
          required
        />
        <SelectField
          {...field}
          name="role"
          label={t('people.role')}
          empty={t('people.choose')}
          options={roles.map((role) => ({ value: role, label: t(`people.role.${role}`) }))}
          required
        />
        <TextField {...field} name="region" label={t('people.region')} max={100} suggestions={regions} />
        <TextField
          {...field}
          name="mandate"
          label={t('people.mandate')}
          hint={t('people.mandate.hint')}
          max={200}
          required
        />
        <TextField
          {...field}
          name="resolution"
          label={t('people.resolution')}
          hint={t('people.resolution.hint')}
          max={200}
          required
        />
        <DateField {...field} name="from" label={t('people.from')} required />
        <DateField {...field} name="until" label={t('people.until')} hint={t('people.until.hint')} required />
        <Actions>
          <Button>{t('people.appoint.button')}</Button>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

export const revokePage = (reader: Reader, { csrf }: SignedIn, listed: Listed): VNode => {
  const { t } = reader;
  const { person, region } = listed;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('people.revoke.title')}>
      <h1>{t('people.revoke.title')}</h1>
      <Facts
        facts={[
          [t('people.role'), t(`people.role.${person.role}`)],
          [t('people.region'), region || '–'],
          [t('people.mandate'), person.mandate || t('people.first')],
          [t('people.resolution'), person.resolution || '–'],
          [t('people.term'), termText(reader, listed)],
        ]}
      />
      <p>{t('people.revoke.text')}</p>
      {listed.isSelf && <Notice kind="warning">{t('people.revoke.self')}</Notice>}
      <Form reader={reader} action={`/console/people/${person.id}/revoke`} csrf={csrf}>
        <Actions>
          <Button kind="danger">{t('people.revoke')}</Button>
          <ButtonLink kind="secondary" href={reader.href('/console/people')}>
            {t('people.revoke.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

const labels = ({ t }: Reader): Readonly<Record<string, string>> => ({
  email: t('people.email'),
  role: t('people.role'),
  region: t('people.region'),
  mandate: t('people.mandate'),
  resolution: t('people.resolution'),
  from: t('people.from'),
  until: t('people.until'),
});

/** Terms are days, the same everywhere. */
function termText({ t, language }: Reader, { person }: Listed): string {
  const from = shortDay(language, person.from);
  if (person.until === null) return t('people.term.from', { from });
  return t('people.term.between', { from, until: shortDay(language, lastDayOf(person.until)) });
}
