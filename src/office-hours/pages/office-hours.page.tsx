import type { VNode } from 'preact';
import { publicCount } from '../../../libs/privacy/bands.js';
import { cityOf } from '../../../libs/time/city-names.js';
import { formatWhen } from '../../../libs/time/when.js';
import type { FreeSlot } from '../../../libs/time/slots.js';
import { Actions, Button, ButtonLink, Card, ErrorSummary, Facts, Form, Notice } from '../../../libs/web/components.js';
import { countText } from '../../../libs/web/count-text.js';
import { Checkbox, EmailField, HiddenField, HoneypotField, TextArea } from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import { nameOfLanguage, namesOfLanguages } from '../../../libs/web/i18n.js';
import { Page } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import { HELD_MINUTES } from '../../deliveries/delivery.js';
import { REGIONS } from '../../regions/regions.js';
import type { DropIn } from '../hours/drop-ins.service.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { LIMITS } from './booking-form.js';
import { SlotPicker, WeekLinks, weekLink, type Slots } from './slots.page.js';
import { TalkFields, talkLabels } from './talk-fields.js';
import { waitText } from './wait-text.js';
import { ZoneChoice } from './zone.page.js';

/** All that is offered, in every language or in one. */
export const officeHoursListPage = (
  reader: Reader,
  { offered, spoken, me }: { readonly offered: readonly OfficeHours[]; readonly spoken: string; readonly me: string },
): VNode => {
  const { t, language } = reader;
  const shown = spoken === '' ? offered : offered.filter(({ languages }) => languages.includes(spoken));
  const all = [...new Set(offered.flatMap(({ languages }) => languages))].sort();
  const own = me === '' ? '' : `?${new URLSearchParams({ me }).toString()}`;
  return (
    <Page
      reader={reader}
      title={t('office-hours.title')}
      description={t('office-hours.description')}
      noIndex={me !== ''}
    >
      <h1>{t('office-hours.title')}</h1>
      <p class="lead">{t('office-hours.lead')}</p>
      {all.length > 1 && (
        <nav class="actions" aria-label={t('office-hours.by-language')}>
          <a href={reader.href('/office-hours')} {...(spoken === '' && { 'aria-current': 'true' as const })}>
            {t('office-hours.all-languages')}
          </a>
          {all.map((each) => (
            <a
              key={each}
              href={reader.href(`/office-hours?language=${each}`)}
              {...(each === spoken && { 'aria-current': 'true' as const })}
            >
              {nameOfLanguage(each, language)}
            </a>
          ))}
        </nav>
      )}
      {shown.length === 0 ? (
        <>
          <p>{t('office-hours.none')}</p>
          <Actions>
            <ButtonLink href={reader.href('/get-involved')}>{t('web.nav.get-involved')}</ButtonLink>
          </Actions>
        </>
      ) : (
        shown.map((hours) => (
          <Card key={hours.id} title={hours.title} href={reader.href(`/office-hours/${hours.id}${own}`)}>
            {hours.description !== '' && <p>{hours.description.split('\n')[0]}</p>}
            <p class="soft">
              {t('office-hours.length', { minutes: hours.slotMinutes })} · {spokenIn(reader, hours)} ·{' '}
              {cityOf(hours.timeZone, language)}
            </p>
          </Card>
        ))
      )}
    </Page>
  );
};

const spokenIn = ({ language }: Reader, { languages }: OfficeHours): string => namesOfLanguages(languages, language);

export interface OfficeHoursProps {
  readonly hours: OfficeHours;
  readonly slots: Slots;
  readonly form: FormState;
  /** Present while only some regions may book. */
  readonly opensToAll: Date | undefined;
  /** What is free near a time that another took. */
  readonly instead: readonly FreeSlot[] | undefined;
  /** The token of someone who came by their own fresh link: their address is known, and needs no confirming. */
  readonly me: string;
  /** The token of someone who waited in the queue in vain; empty for everyone else. */
  readonly ticket: string;
  readonly dropIn: DropIn;
  /** True for the address without any query, which alone is for search engines. */
  readonly isPlain: boolean;
}

/** The free slots of a week, and the form that books one. */
export const officeHoursPage = (reader: Reader, props: OfficeHoursProps): VNode => {
  const { t, language } = reader;
  const { hours, slots, opensToAll, isPlain } = props;
  return (
    <Page
      reader={reader}
      title={hours.title}
      description={hours.description === '' ? t('office-hours.description') : hours.description.slice(0, 200)}
      path={isPlain ? slots.path : weekLink(slots, slots.week.days[0] ?? '')}
      noIndex={!isPlain}
    >
      <h1>{hours.title}</h1>
      {hours.description.split('\n').map((line, index) => (
        <p key={index}>{line}</p>
      ))}
      <Facts
        facts={[
          [t('office-hours.fact.length'), t('office-hours.length', { minutes: hours.slotMinutes })],
          [t('office-hours.fact.languages'), spokenIn(reader, hours)],
          ...(hours.topics.length === 0
            ? []
            : [
                [
                  t('office-hours.fact.topics'),
                  hours.topics.map((topic) => t(`office-hours.topic.${topic}`)).join(', '),
                ] as const,
              ]),
          ...(hours.seats === 1
            ? []
            : [[t('office-hours.fact.seats'), t('office-hours.seats', { seats: hours.seats })] as const]),
        ]}
      />
      {opensToAll && (
        <Notice title={t('office-hours.first.title')}>
          {t('office-hours.first.text', {
            regions: hours.firstRegions.map((id) => REGIONS.find((region) => region.id === id)?.name ?? id).join(', '),
            when: formatWhen(opensToAll, slots.timeZone, language),
          })}
        </Notice>
      )}
      <DropInPart reader={reader} hours={hours} dropIn={props.dropIn} />
      <FirstChoice reader={reader} {...props} />
      <ZoneChoice reader={reader} slots={slots} />
      <Booking reader={reader} {...props} />
      <p>
        <a href={reader.href('/office-hours')}>{t('office-hours.all')}</a>
      </p>
    </Page>
  );
};

/** Whoever needs no slot: while the queue is open first of all, at other times as a hint. */
const DropInPart = ({
  reader,
  hours,
  dropIn: { waiting, minutes },
}: Pick<OfficeHoursProps, 'hours' | 'dropIn'> & { readonly reader: Reader }): VNode => {
  const { t } = reader;
  const href = reader.href(`/office-hours/${hours.id}/queue`);
  if (waiting === undefined) {
    return (
      <p>
        <a href={href}>{t('office-hours.drop-in')}</a>
        <br />
        <span class="soft">{t('office-hours.drop-in.later')}</span>
      </p>
    );
  }
  return (
    <Notice kind="success" title={t('office-hours.drop-in')}>
      <p>{t('office-hours.drop-in.now', { count: countText(t, publicCount(waiting)), wait: waitText(t, minutes) })}</p>
      <a href={href}>{t('office-hours.drop-in.go')}</a>
    </Notice>
  );
};

const FirstChoice = ({
  reader,
  slots,
  ticket,
  dropIn: { firstUntil },
}: Pick<OfficeHoursProps, 'slots' | 'ticket' | 'dropIn'> & { readonly reader: Reader }): VNode | null => {
  if (!firstUntil) return null;
  const { t, language } = reader;
  const when = formatWhen(firstUntil, slots.timeZone, language);
  return (
    <Notice title={t('office-hours.first-choice.title')}>
      {t(ticket === '' ? 'office-hours.first-choice.others' : 'office-hours.first-choice.yours', { when })}
    </Notice>
  );
};

const Booking = ({
  reader,
  hours,
  slots,
  form,
  instead,
  me,
  ticket,
  opensToAll,
}: OfficeHoursProps & { reader: Reader }): VNode => {
  const { t, language } = reader;
  const field = { reader, form };
  const labels = {
    slot: t('office-hours.choose'),
    email: t('interest.field.email'),
    ...talkLabels(reader),
    note: t('office-hours.field.note'),
  };
  const isToldAbove = instead !== undefined && Object.keys(form.errors).every((name) => name === 'slot');
  return (
    <>
      <h2>{labels.slot}</h2>
      {instead && (
        <Notice kind="warning" title={t('office-hours.taken.title')}>
          {instead.length === 0 ? t('office-hours.taken.none') : t('office-hours.taken.text')}
          {instead.length > 0 && (
            <ul>
              {instead.map(({ start }) => (
                <li key={start}>{formatWhen(new Date(start), slots.timeZone, language)}</li>
              ))}
            </ul>
          )}
        </Notice>
      )}
      {!isToldAbove && <ErrorSummary reader={reader} form={form} labels={labels} />}
      <WeekLinks reader={reader} slots={slots} />
      <Form reader={reader} action={slots.path}>
        <HoneypotField reader={reader} />
        <HiddenField name="timeZone" value={slots.timeZone} />
        <HiddenField name="week" value={slots.week.days[0] ?? ''} />
        {me !== '' && <HiddenField name="me" value={me} />}
        {ticket !== '' && <HiddenField name="ticket" value={ticket} />}
        <SlotPicker reader={reader} form={form} slots={slots} />
        {me === '' ? (
          <EmailField {...field} label={labels.email} hint={t('interest.promise.nobody-sees')} required />
        ) : (
          <p>{t('office-hours.known')}</p>
        )}
        <TalkFields reader={reader} form={form} hours={hours} needsRegion={opensToAll !== undefined} />
        <TextArea
          {...field}
          name="note"
          label={labels.note}
          hint={t('office-hours.field.note.hint')}
          max={LIMITS.note}
        />
        <Checkbox {...field} name="earlier" label={t('bookings.earlier.wish')} />
        <p>{t('meetings.promise')}</p>
        <Actions>
          <Button>{t('office-hours.book')}</Button>
        </Actions>
      </Form>
    </>
  );
};

/** The same whatever is known of the address. */
export const heldPage = (
  reader: Reader,
  { hours, start, timeZone }: { readonly hours: OfficeHours; readonly start: Date; readonly timeZone: string },
): VNode => {
  const { t } = reader;
  const path = `/office-hours/${hours.id}`;
  return (
    <Page reader={reader} title={t('office-hours.held.title')} noIndex path={path}>
      <h1>{t('office-hours.held.title')}</h1>
      <p class="lead">{t('web.pair', { name: hours.title, value: formatWhen(start, timeZone, reader.language) })}</p>
      <Notice kind="success">{t('office-hours.held.text', { minutes: HELD_MINUTES })}</Notice>
      <p>{t('office-hours.held.then')}</p>
      <p class="soft">{t('office-hours.held.nothing-came')}</p>
      <p>
        <a href={reader.href(path)}>{t('office-hours.back')}</a>
      </p>
    </Page>
  );
};
