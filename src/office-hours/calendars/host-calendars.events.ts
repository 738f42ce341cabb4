/** What happens to a host's own calendar. Timers die with its document. */
export type HostCalendarEvent =
  /** It is to be read, now or in a while. */
  | { readonly type: 'host-calendar.read-due'; readonly data: { readonly reading: number }; readonly dueAt?: Date }
  /** It could not be read for a day; once for each time that it fails for so long. */
  | { readonly type: 'host-calendar.fails'; readonly data: { readonly since: Date } };

export const HOST_CALENDAR_EVENTS: readonly HostCalendarEvent['type'][] = [
  'host-calendar.read-due',
  'host-calendar.fails',
];
