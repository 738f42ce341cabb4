import type { VNode } from 'preact';
import { writeRanges } from '../../../libs/time/availability.js';
import { cityOf } from '../../../libs/time/city-names.js';
import { Actions, ButtonLink, Card } from '../../../libs/web/components.js';
import type { Language } from '../../../libs/web/i18n.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { CALENDAR_PATH } from './host-calendar.page.js';
import { DAYS } from './office-hours-form.js';

export const consoleListPage = (reader: Reader, { csrf, role }: SignedIn, all: readonly OfficeHours[]): VNode => {
  const { t } = reader;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.office-hours.title')}>
      <h1>{t('console.office-hours.title')}</h1>
      {role === 'host' && <p>{t('console.office-hours.own')}</p>}
      <Actions>
        <ButtonLink href={reader.href('/console/office-hours/new')}>{t('console.office-hours.new')}</ButtonLink>
        <ButtonLink kind="secondary" href={reader.href(CALENDAR_PATH)}>
          {t('console.calendar.open')}
        </ButtonLink>
      </Actions>
      {all.length === 0 ? (
        <p>{t('console.office-hours.none')}</p>
      ) : (
        all.map((hours) => (
          <Card key={hours.id} title={hours.title} href={reader.href(`/console/office-hours/${hours.id}`)}>
            {weekOf(reader, hours).map((line) => (
              <p key={line}>{line}</p>
            ))}
            <p class="soft">
              {t('office-hours.length', { minutes: hours.slotMinutes })} · {cityOf(hours.timeZone, reader.language)}
            </p>
          </Card>
        ))
      )}
    </ConsolePage>
  );
};

/** As it stands within a sentence: small in French and Spanish. 0 is Monday. */
const weekday = (index: number, language: Language): string =>
  new Date(Date.UTC(2024, 0, 1 + index)).toLocaleDateString(language, { weekday: 'long', timeZone: 'UTC' });

/** "Monday, Thursday: 18:00–20:00", a line for each kind of day. */
function weekOf({ t, language }: Reader, { week }: OfficeHours): readonly string[] {
  const days = DAYS.map((_, index) => ({ index, value: writeRanges(week[index] ?? []).replaceAll('-', '–') }));
  const open = Map.groupBy(days, ({ value }) => value);
  open.delete('');
  return [...open].map(([value, same]) => {
    const names = same.map(({ index }) => weekday(index, language)).join(', ');
    return t('web.pair', { name: names.charAt(0).toLocaleUpperCase(language) + names.slice(1), value });
  });
}
