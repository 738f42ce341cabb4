import type { VNode } from 'preact';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form } from '../../../libs/web/components.js';
import { HiddenField, TextField } from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import type { OfficeHours } from '../hours/office-hours.js';
import type { Slot } from '../slots/slot.js';
import { SlotPicker, WeekLinks, type Slots } from '../pages/slots.page.js';
import type { Booked } from '../slots/slots.repository.js';
import { spanOf } from './host-week.page.js';

interface ActProps extends Booked {
  readonly hours: OfficeHours;
  readonly form: FormState;
  readonly who: string;
}

const pathOf = ({ hours, booking }: Pick<ActProps, 'hours' | 'booking'>): string =>
  `/console/office-hours/${hours.id}/bookings/${booking.id}`;

export const movePage = (reader: Reader, { csrf }: SignedIn, props: ActProps & { readonly slots: Slots }): VNode => {
  const { t } = reader;
  const { hours, slot, form, who, slots } = props;
  const path = `${pathOf(props)}/move`;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.office-hours.move.title')} path={path}>
      <h1>{t('console.office-hours.move.title')}</h1>
      <About reader={reader} hours={hours} slot={slot} who={who} />
      <ErrorSummary reader={reader} form={form} labels={{ slot: t('office-hours.choose') }} />
      <WeekLinks reader={reader} slots={slots} />
      <Form reader={reader} action={path} csrf={csrf}>
        <SlotPicker reader={reader} form={form} slots={slots} />
        <Actions>
          <Button>{t('console.meetings.move.look')}</Button>
          <Back reader={reader} hours={hours} />
        </Actions>
      </Form>
    </ConsolePage>
  );
};

/** Who gets what, before it happens: one button sends the same again. */
export const movePreviewPage = (
  reader: Reader,
  { csrf }: SignedIn,
  props: ActProps & { readonly to: Pick<Slot, 'start' | 'end'> },
): VNode => {
  const { t } = reader;
  const { hours, slot, who, to } = props;
  const path = `${pathOf(props)}/move`;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.office-hours.move.ask')} path={path}>
      <h1>{t('console.office-hours.move.ask')}</h1>
      <About reader={reader} hours={hours} slot={slot} who={who} to={to} />
      <p>{t('console.office-hours.move.means')}</p>
      <Form reader={reader} action={path} csrf={csrf}>
        <HiddenField name="slot" value={to.start.toISOString()} />
        <HiddenField name="confirmed" value="yes" />
        <Actions>
          <Button>{t('console.office-hours.move.confirm')}</Button>
          <Back reader={reader} hours={hours} />
        </Actions>
      </Form>
    </ConsolePage>
  );
};

export const cancelPage = (reader: Reader, { csrf }: SignedIn, props: ActProps): VNode => {
  const { t } = reader;
  const { hours, slot, form, who } = props;
  const path = `${pathOf(props)}/cancel`;
  const label = t('console.meetings.field.reason');
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.office-hours.cancel.title')} path={path}>
      <h1>{t('console.office-hours.cancel.title')}</h1>
      <About reader={reader} hours={hours} slot={slot} who={who} />
      <ErrorSummary reader={reader} form={form} labels={{ reason: label }} />
      <Form reader={reader} action={path} csrf={csrf}>
        <TextField
          reader={reader}
          form={form}
          name="reason"
          label={label}
          hint={t('console.office-hours.cancel.reason')}
          max={500}
        />
        <Actions>
          <Button>{t('console.meetings.cancel.look')}</Button>
          <Back reader={reader} hours={hours} />
        </Actions>
      </Form>
    </ConsolePage>
  );
};

export const cancelPreviewPage = (
  reader: Reader,
  { csrf }: SignedIn,
  props: ActProps & { readonly reason: string },
): VNode => {
  const { t } = reader;
  const { hours, slot, who, reason } = props;
  const path = `${pathOf(props)}/cancel`;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.office-hours.cancel.ask')} path={path}>
      <h1>{t('console.office-hours.cancel.ask')}</h1>
      <About reader={reader} hours={hours} slot={slot} who={who} />
      {reason !== '' && <Facts facts={[[t('console.meetings.field.reason'), reason]]} />}
      <p>{t('console.office-hours.cancel.means')}</p>
      <Form reader={reader} action={path} csrf={csrf}>
        <HiddenField name="reason" value={reason} />
        <HiddenField name="confirmed" value="yes" />
        <Actions>
          <Button kind="danger">{t('console.office-hours.cancel.confirm')}</Button>
          <Back reader={reader} hours={hours} />
        </Actions>
      </Form>
    </ConsolePage>
  );
};

const About = ({
  reader,
  hours,
  slot,
  who,
  to,
}: Pick<ActProps, 'hours' | 'slot' | 'who'> & {
  readonly reader: Reader;
  readonly to?: Pick<Slot, 'start' | 'end'>;
}): VNode => (
  <Facts
    facts={[
      [reader.t('bookings.who'), who],
      [reader.t(to ? 'console.meetings.move.now' : 'bookings.when'), spanOf(reader, slot, hours)],
      ...(to ? [[reader.t('console.meetings.move.new'), spanOf(reader, to, hours)] as const] : []),
    ]}
  />
);

const Back = ({ reader, hours }: { readonly reader: Reader; readonly hours: OfficeHours }): VNode => (
  <ButtonLink kind="secondary" href={reader.href(`/console/office-hours/${hours.id}`)}>
    {reader.t('console.office-hours.back')}
  </ButtonLink>
);
