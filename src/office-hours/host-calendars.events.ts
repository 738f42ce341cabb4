/** What happens to a host's own calendar: it is to be read, now or in a while. Timers die with its document. */
export interface HostCalendarEvent {
  readonly type: 'host-calendar.read-due';
  readonly data: { readonly reading: number };
  readonly dueAt?: Date;
}

export const HOST_CALENDAR_EVENTS: readonly HostCalendarEvent['type'][] = ['host-calendar.read-due'];
