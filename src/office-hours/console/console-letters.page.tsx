import type { VNode } from 'preact';
import type { ConsoleCount } from '../../../libs/privacy/bands.js';
import { formatWhen } from '../../../libs/time/when.js';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form, Notice } from '../../../libs/web/components.js';
import { countText } from '../../../libs/web/count-text.js';
import { HiddenField, TextArea } from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import { nameOfLanguage } from '../../../libs/web/i18n.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import { MOST_OF_A_LETTER } from '../letters/conversation.js';
import type { ReadLetter } from '../letters/conversations.service.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { SlotPicker, WeekLinks, type Slots } from '../pages/slots.page.js';
import type { Booked } from '../slots/slots.repository.js';
import { spanOf } from './host-week.page.js';

/** What the page after an act says was done. */
export const DONE = ['sent', 'offered'] as const;

interface BookingProps extends Booked {
  readonly hours: OfficeHours;
  readonly form: FormState;
}

interface OneBookingProps extends BookingProps {
  readonly who: string;
  readonly note: string;
  readonly isOwn: boolean;
  readonly letters: readonly ReadLetter[];
  /** Whether it was said that nobody came; undefined where nothing may be said now. */
  readonly missed: boolean | undefined;
  readonly missedInMonth: ConsoleCount;
  readonly saved: (typeof DONE)[number] | undefined;
  readonly now: Date;
}

const pathOf = ({ hours, booking }: Pick<BookingProps, 'hours' | 'booking'>): string =>
  `/console/office-hours/${hours.id}/bookings/${booking.id}`;

/** All that its host knows of a booking, and can do. */
export const oneBookingPage = (reader: Reader, { csrf }: SignedIn, props: OneBookingProps): VNode => {
  const { t } = reader;
  const { hours, slot, booking, who, note, form, isOwn, letters, missed, missedInMonth, saved, now } = props;
  const path = pathOf(props);
  const isToCome = booking.status === 'confirmed' && slot.start > now;
  const label = t('console.bookings.write');
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.bookings.title')} path={path}>
      <p>
        <a href={reader.href(`/console/office-hours/${hours.id}`)}>{hours.title}</a>
      </p>
      <h1>{t('console.bookings.title')}</h1>
      {saved && (
        <Notice kind="success">
          {t(saved === 'sent' ? 'console.bookings.write.sent' : 'console.bookings.offer.done')}
        </Notice>
      )}
      <Facts
        facts={[
          [t('bookings.when'), spanOf(reader, slot, hours)],
          [t('bookings.who'), who],
          ...(note === '' ? [] : [[t('bookings.note'), note] as const]),
          [t('console.bookings.missed.month'), countText(t, missedInMonth)],
        ]}
      />
      {isOwn && isToCome && (
        <Actions>
          <ButtonLink kind="secondary" href={reader.href(`${path}/offer`)}>
            {t('console.bookings.offer')}
          </ButtonLink>
          <ButtonLink kind="secondary" href={reader.href(`${path}/move`)}>
            {t('console.meetings.move')}
          </ButtonLink>
          <ButtonLink kind="secondary" href={reader.href(`${path}/cancel`)}>
            {t('console.office-hours.cancel')}
          </ButtonLink>
        </Actions>
      )}
      {missed !== undefined && (
        <Form reader={reader} action={`${path}/missed`} csrf={csrf}>
          {!missed && <HiddenField name="missed" value="yes" />}
          <p>{t(missed ? 'console.bookings.missed.said' : 'console.bookings.missed.text')}</p>
          <Actions>
            <Button kind="secondary">{t(missed ? 'console.bookings.missed.undo' : 'console.bookings.missed')}</Button>
          </Actions>
        </Form>
      )}
      {!isOwn && <p>{t('console.bookings.letters.other')}</p>}
      {letters.length > 0 && <h2>{t('console.bookings.letters')}</h2>}
      {letters.map((letter) => (
        <section key={letter.id}>
          <p class="soft">
            {headingOf(reader, letter)} · {formatWhen(letter.at, hours.timeZone, reader.language)}
          </p>
          <Words text={letter.text} language={letter.language} />
        </section>
      ))}
      {isOwn && booking.status === 'confirmed' && (
        <Form reader={reader} action={`${path}/write`} csrf={csrf}>
          <ErrorSummary reader={reader} form={form} labels={{ text: label }} />
          <HiddenField name="draft" value={String(form.values['draft'] ?? '')} />
          <TextArea
            reader={reader}
            form={form}
            name="text"
            label={label}
            hint={t('console.bookings.write.hint')}
            max={MOST_OF_A_LETTER}
            rows={6}
            required
          />
          <Actions>
            <Button>{t('console.bookings.write.look')}</Button>
          </Actions>
        </Form>
      )}
    </ConsolePage>
  );
};

/** As it will go out: one button sends the same again. */
export const letterPreviewPage = (
  reader: Reader,
  { csrf }: SignedIn,
  props: BookingProps & { readonly text: string },
): VNode => {
  const { t } = reader;
  const { hours, text, form } = props;
  const path = pathOf(props);
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.bookings.write.ask')} path={path}>
      <h1>{t('console.bookings.write.ask')}</h1>
      <p>{t('mail.host-note.text', { title: hours.title })}</p>
      <Words text={text} language={null} />
      <Form reader={reader} action={`${path}/write`} csrf={csrf}>
        <HiddenField name="draft" value={String(form.values['draft'] ?? '')} />
        <HiddenField name="text" value={text} />
        <HiddenField name="confirmed" value="yes" />
        <Actions>
          <Button>{t('console.bookings.write.send')}</Button>
          <ButtonLink kind="secondary" href={reader.href(path)}>
            {t('bookings.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

export const offerPage = (
  reader: Reader,
  { csrf }: SignedIn,
  props: BookingProps & { readonly who: string; readonly slots: Slots },
): VNode => {
  const { t } = reader;
  const { hours, slot, who, slots, form } = props;
  const path = pathOf(props);
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.bookings.offer')} path={`${path}/offer`}>
      <h1>{t('console.bookings.offer')}</h1>
      <Facts
        facts={[
          [t('bookings.who'), who],
          [t('bookings.when'), spanOf(reader, slot, hours)],
        ]}
      />
      <p>{t('console.bookings.offer.text')}</p>
      <ErrorSummary reader={reader} form={form} labels={{ slot: t('office-hours.choose') }} />
      <WeekLinks reader={reader} slots={slots} />
      <Form reader={reader} action={`${path}/offer`} csrf={csrf}>
        <SlotPicker reader={reader} form={form} slots={slots} />
        <Actions>
          <Button>{t('console.bookings.offer.button')}</Button>
          <ButtonLink kind="secondary" href={reader.href(path)}>
            {t('bookings.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

/** Who wrote it, by what they are here, and in which language a visitor did. */
function headingOf({ t, language }: Reader, { from, language: written }: ReadLetter): string {
  if (from === 'visitor' && written !== null)
    return t('console.bookings.letters.reply-in', { language: nameOfLanguage(written, language) });
  return t(`console.bookings.letters.from.${from}`);
}

const Words = ({ text, language }: { readonly text: string; readonly language: string | null }): VNode => (
  <blockquote {...(language !== null && { lang: language })}>
    {text.split('\n').flatMap((line, index) => (index === 0 ? [line] : [<br key={index} />, line]))}
  </blockquote>
);
