/** What happens to an appointment. The end of the term is a timer in the appointment's own document. */
export type PersonEvent =
  { type: 'person.appointed' } | { type: 'person.term-ended'; dueAt: Date } | { type: 'person.revoked' };

export const PEOPLE_EVENTS: readonly PersonEvent['type'][] = [
  'person.appointed',
  'person.term-ended',
  'person.revoked',
];
