/**
 * What happens to one guest's place alone. `changes` names the mail it causes: g<changes>; `occurrence` is the original
 * start of the one that it is about, where it is not all of it.
 */
export type InvitationEvent =
  | { type: 'invitation.made'; data: { changes: number } }
  | { type: 'invitation.request-due'; data: { changes: number; occurrence?: Date } }
  | { type: 'invitation.cancel-due'; data: { changes: number; occurrence?: Date } }
  /** Of a booking alone, out of a calendar, which has let go of the entry itself: the slot is free again. */
  | { type: 'invitation.declined'; data: { changes: number } };

export const INVITATION_EVENTS: readonly InvitationEvent['type'][] = [
  'invitation.made',
  'invitation.request-due',
  'invitation.cancel-due',
];
