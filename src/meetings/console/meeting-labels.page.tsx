import type { VNode } from 'preact';
import { Notice } from '../../../libs/web/components.js';
import type { Reader } from '../../../libs/web/reader.js';

/** What was typed is kept; saving again is then meant. */
export const ChangedMeanwhile = ({ reader }: { readonly reader: Reader }): VNode => (
  <Notice kind="warning" title={reader.t('console.meetings.changed.title')}>
    {reader.t('console.meetings.changed.text')}
  </Notice>
);

export const labels = ({ t }: Reader): Readonly<Record<string, string>> => ({
  title: t('console.meetings.field.title'),
  description: t('console.meetings.field.description'),
  date: t('console.meetings.field.date'),
  time: t('console.meetings.field.time'),
  fold: t('console.meetings.field.fold'),
  timeZone: t('console.meetings.field.timeZone'),
  durationMinutes: t('console.meetings.field.durationMinutes'),
  audience: t('console.meetings.field.audience'),
  languages: t('console.meetings.field.languages'),
  room: t('console.meetings.field.room'),
  dialIn: t('console.meetings.field.dialIn'),
  capacity: t('console.meetings.field.capacity'),
  reminders: t('console.meetings.field.reminders'),
  host: t('console.meetings.field.host'),
  reason: t('console.meetings.field.reason'),
  repeats: t('console.meetings.field.repeats'),
  occurrences: t('console.meetings.field.occurrences'),
  lastDate: t('console.meetings.field.lastDate'),
  occurrence: t('console.meetings.field.occurrence'),
  scope: t('console.meetings.field.scope'),
});
