import { cleanLine, cleanText, utc } from './content-lines.js';

export interface ToAdd {
  readonly title: string;
  readonly description: string;
  readonly location: string;
  readonly start: Date;
  readonly end: Date;
}

export interface AddToCalendarLinks {
  readonly google: string;
  /** outlook.com, for people */
  readonly outlook: string;
  /** Microsoft 365, for organisations */
  readonly office365: string;
}

/** Longer texts make addresses that some servers refuse. */
const LONGEST_DESCRIPTION = 1_000;

/** Pages of web calendars with the meeting filled in; whoever opens one decides whether to keep it. */
export function addToCalendarLinks({ title, description, location, start, end }: ToAdd): AddToCalendarLinks {
  const [text, details, where] = [cleanLine(title), shortened(cleanText(description)), cleanLine(location)];
  const compose = query({
    ...{ path: '/calendar/action/compose', rru: 'addevent', subject: text, body: details, location: where },
    ...{ startdt: start.toISOString(), enddt: end.toISOString() },
  });
  const template = query({ action: 'TEMPLATE', text, dates: `${utc(start)}/${utc(end)}`, details, location: where });
  return {
    google: `https://calendar.google.com/calendar/render?${template}`,
    outlook: `https://outlook.live.com/calendar/0/deeplink/compose?${compose}`,
    office365: `https://outlook.office.com/calendar/0/deeplink/compose?${compose}`,
  };
}

/** Spaces as %20: Outlook shows a plus as it stands. */
const query = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');

const shortened = (text: string): string =>
  text.length <= LONGEST_DESCRIPTION
    ? text
    : `${text.slice(0, LONGEST_DESCRIPTION).replace(/[\ud800-\udbff]$|\s+\S*$/, '')} …`;
