import type { VNode } from 'preact';
import { formatSpan } from '../../../libs/time/when.js';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form } from '../../../libs/web/components.js';
import type { FormState } from '../../../libs/web/forms.js';
import { Page } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { SlotPicker, WeekLinks, type Slots } from './slots.page.js';

interface MoveProps {
  readonly hours: OfficeHours;
  readonly slots: Slots;
  readonly form: FormState;
  readonly path: string;
  readonly now: { readonly start: Date; readonly end: Date };
}

/** Another time for the same booking. */
export const moveBookingPage = (reader: Reader, { hours, slots, form, path, now }: MoveProps): VNode => {
  const { t, language } = reader;
  return (
    <Page reader={reader} title={t('bookings.move')} noIndex path={`${path}/move`}>
      <h1>{t('bookings.move')}</h1>
      <p class="lead">{hours.title}</p>
      <Facts facts={[[t('bookings.move.now'), formatSpan(now.start, now.end, slots.timeZone, language)]]} />
      <p>{t('bookings.move.text')}</p>
      <ErrorSummary reader={reader} form={form} labels={{ slot: t('office-hours.choose') }} />
      <WeekLinks reader={reader} slots={slots} />
      <Form reader={reader} action={`${path}/move`}>
        <SlotPicker reader={reader} form={form} slots={slots} />
        <Actions>
          <Button>{t('bookings.move.button')}</Button>
          <ButtonLink kind="secondary" href={reader.href(path)}>
            {t('bookings.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </Page>
  );
};
