/** What happens to a contact. Timers (with `dueAt`) live in the contact's own document and die with it. */
export type ContactEvent =
  | { type: 'contact.enrolled' }
  | { type: 'contact.unconfirmed'; dueAt: Date }
  | { type: 'contact.confirmed' }
  | { type: 'contact.year-passed'; data: { asked: number }; dueAt: Date }
  | { type: 'contact.asked'; data: { asked: number } }
  | { type: 'contact.silent'; data: { asked: number }; dueAt: Date }
  | { type: 'contact.closing' }
  | { type: 'contact.erasing'; data: { until: Date } };

export const CONTACT_EVENTS: readonly ContactEvent['type'][] = [
  'contact.enrolled',
  'contact.unconfirmed',
  'contact.confirmed',
  'contact.year-passed',
  'contact.asked',
  'contact.silent',
  'contact.closing',
  'contact.erasing',
];
