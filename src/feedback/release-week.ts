/** An ISO 8601 week, as 2027-W02: sorts as it comes in time. */
export type Week = string;

/** The week whose release is due at `now`: each begins on Monday at 03:00 UTC. */
export function releaseWeek(now: Date): Week {
  const day = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .subtract({ hours: 3 })
    .toZonedDateTimeISO('UTC')
    .toPlainDate();
  return `${String(day.yearOfWeek)}-W${String(day.weekOfYear).padStart(2, '0')}`;
}
