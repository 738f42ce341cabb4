import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { unfold } from './content-lines.js';

export interface EventModel {
  readonly method: 'REQUEST' | 'CANCEL' | 'DECLINECOUNTER' | 'PUBLISH';
  readonly start: Date;
  readonly end: Date;
  /** Cleaned texts */
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  readonly status: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED' | null;
  /** Minutes before the start */
  readonly alarms: readonly number[];
}

export interface EventLines {
  /** SUMMARY, LOCATION, DESCRIPTION, STATUS: those that are there, with their escapes, unfolded. */
  readonly properties: readonly string[];
  /** VALARM components; they stand after every property, as Outlook refuses them before one (RFC 5545 3.6.1). */
  readonly alarms: readonly string[];
}

const WRITTEN: ReadonlySet<string> = new Set(['SUMMARY', 'LOCATION', 'DESCRIPTION', 'STATUS']);

/**
 * Texts and alarms of one meeting as ical-generator writes them. It escapes addresses and UID wrongly or not at all and
 * knows no time that clocks show twice, so whatever holds one is not asked of it; nor is the order of lines.
 */
export function eventLines({ method, status, alarms, ...event }: EventModel): EventLines {
  const calendar = ical({ method: ICalCalendarMethod[method] });
  const written = calendar.createEvent(event);
  if (status !== null) written.status(ICalEventStatus[status]);
  for (const minutes of alarms) {
    written.createAlarm({ type: ICalAlarmType.display, trigger: minutes * 60, description: event.summary });
  }
  const properties: string[] = [];
  const alarmLines: string[] = [];
  let inAlarm = false;
  for (const line of unfold(calendar.toString())) {
    if (line === 'BEGIN:VALARM') inAlarm = true;
    if (inAlarm) alarmLines.push(line);
    else if (WRITTEN.has(nameOf(line)) && line !== 'DESCRIPTION:') properties.push(line);
    if (line === 'END:VALARM') inAlarm = false;
  }
  return { properties, alarms: alarmLines };
}

export const nameOf = (line: string): string => /^[A-Z-]*/.exec(line)?.[0] ?? '';

/** A trigger as it is written: `-PT1H30M` before the start. */
export function trigger(minutes: number): string {
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60), minutes % 60];
  if (minutes === 0) return 'PT0S';
  const time = `${hours > 0 ? `${String(hours)}H` : ''}${rest > 0 ? `${String(rest)}M` : ''}`;
  return `-P${days > 0 ? `${String(days)}D` : ''}${time === '' ? '' : `T${time}`}`;
}
