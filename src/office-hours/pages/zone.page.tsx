import type { VNode } from 'preact';
import { cityOf } from '../../../libs/time/city-names.js';
import { Button } from '../../../libs/web/components.js';
import { HiddenField, SelectField } from '../../../libs/web/form-fields.js';
import { freshForm } from '../../../libs/web/forms.js';
import { Page } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import { zoneChoices } from '../../regions/time-zones.js';
import { isFull, type Slots } from './slots.page.js';

/** What is read in a zone: the week of a page, and what else its address keeps. */
export type Read = Pick<Slots, 'path' | 'query' | 'timeZone'> & {
  /** The first day of the week; empty for that of the first free slot. */
  readonly first: string;
};

/** The form that shows the times in another zone; on a full page the way to it, as the list of zones is long. */
export const ZoneChoice = ({ reader, slots }: { readonly reader: Reader; readonly slots: Slots }): VNode => {
  const { path, query, timeZone, week } = slots;
  const read: Read = { path, query, timeZone, first: week.days[0] ?? '' };
  if (!isFull(slots)) return <ZoneForm reader={reader} read={read} />;
  const address = new URLSearchParams({ ...query, week: read.first }).toString();
  return (
    <p>
      <a href={reader.href(`${path}/zone?${address}`)}>{reader.t('office-hours.zone.other')}</a>
    </p>
  );
};

/** The same form on a page of its own. */
export const zonePage = (reader: Reader, { title, read }: { readonly title: string; readonly read: Read }): VNode => {
  const address = new URLSearchParams({ ...read.query, ...(read.first !== '' && { week: read.first }) }).toString();
  return (
    <Page reader={reader} title={reader.t('office-hours.zone.other')} noIndex path={`${read.path}/zone?${address}`}>
      <h1>{reader.t('office-hours.zone.other')}</h1>
      <p class="lead">{title}</p>
      <ZoneForm reader={reader} read={read} />
    </Page>
  );
};

/** Nothing that was typed into the other form is sent with it. */
const ZoneForm = ({ reader, read }: { readonly reader: Reader; readonly read: Read }): VNode => {
  const { t, language } = reader;
  const { path, query, timeZone, first } = read;
  const offered = zoneChoices(language);
  const isOffered = offered.some(({ options }) => options.some(({ value }) => value === timeZone));
  const choices = isOffered ? offered : [{ value: timeZone, label: cityOf(timeZone, language) }, ...offered];
  return (
    <form method="get" action={reader.href(path)} class="zone">
      {Object.entries(query)
        .filter(([name]) => name !== 'timeZone' && name !== 'region')
        .map(([name, value]) => (
          <HiddenField key={name} name={name} value={value} />
        ))}
      {first !== '' && <HiddenField name="week" value={first} />}
      <SelectField
        reader={reader}
        form={freshForm({ timeZone })}
        name="timeZone"
        label={t('office-hours.zone')}
        options={choices}
        required
      />
      <Button kind="secondary">{t('office-hours.zone.show')}</Button>
    </form>
  );
};
