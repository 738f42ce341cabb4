import { describe, expect, it } from '@jest/globals';
import { aContact, aDelivery, aFixed, anInvitation, aSubject } from '../../test/support/deliveries.js';
import { countedId } from '../../test/support/ids.js';
import type { Contact } from '../contacts/contact.js';
import type { Invitation } from '../invitations/invitation.js';
import { revisionKey, type Delivery } from './delivery.js';
import { reach } from './reach.js';

const now = new Date('2027-01-11T10:00:00Z');
const tomorrow = new Date('2027-01-12T10:00:00Z');

const announcement: Partial<Delivery> = { canWait: true };
const signUp: Partial<Delivery> = {};
const update: Partial<Delivery> = { key: revisionKey(countedId(500), 2), revision: 2 };
const cancel: Partial<Delivery> = { kind: 'cancel', key: revisionKey(countedId(500), 2), revision: 2 };
const reminder: Partial<Delivery> = { kind: 'reminder' };
const meLink: Partial<Delivery> = { kind: 'me-link' };
const confirmation: Partial<Delivery> = { kind: 'confirmation' };
const question: Partial<Delivery> = { kind: 'still-interested', canWait: true };
const note: Partial<Delivery> = { kind: 'meetings-note', canWait: true };

const paused: Partial<Contact> = { pausedUntil: tomorrow };
const unsubscribed: Partial<Contact> = { unsubscribed: true };
const accepted = anInvitation({ answer: 'accepted' });
const told = aDelivery({ _id: countedId(8), state: 'sent', fixed: aFixed() });

const look = (row: Partial<Delivery>, contact: Partial<Contact>, invitation: Invitation, moves: number): string =>
  reach(aDelivery(row), aContact(contact), { invitation, subject: aSubject({ revision: 2, moves }) }, [told], now);

describe('what still reaches a contact', () => {
  it.each<[string, Partial<Delivery>, Partial<Contact>, string]>([
    ['an announcement, anyone', announcement, {}, 'send'],
    ['anything, a suppressed address', cancel, { suppressed: true }, 'fail'],
    ['an announcement, whoever unsubscribed', announcement, unsubscribed, 'supersede'],
    ['a reminder, whoever unsubscribed', reminder, unsubscribed, 'supersede'],
    ['a note, whoever unsubscribed', note, unsubscribed, 'supersede'],
    ['a changed meeting, whoever unsubscribed', update, unsubscribed, 'send'],
    ['a cancellation, whoever unsubscribed', cancel, unsubscribed, 'send'],
    ['the yearly question, whoever unsubscribed', question, unsubscribed, 'send'],
    ['an announcement, whoever pauses', announcement, paused, 'supersede'],
    ['a reminder, whoever pauses', reminder, paused, 'supersede'],
    ['a reminder after the pause', reminder, { pausedUntil: now }, 'send'],
    ['what one signed up for oneself, in a pause', signUp, paused, 'send'],
    ['the link one asked for, in a pause', meLink, paused, 'send'],
    ['a changed text, in a pause', update, paused, 'supersede'],
    ['a cancellation, in a pause', cancel, paused, 'send'],
    ['the yearly question, in a pause', question, paused, 'send'],
    ['a CANCEL, whoever is being erased', cancel, { status: 'closing' }, 'send'],
    ['a link, whoever is being erased', meLink, { status: 'closing' }, 'supersede'],
    ['the confirmation, whoever has not confirmed', confirmation, { status: 'unconfirmed' }, 'send'],
    ['the link one asked for, whoever has not confirmed', meLink, { status: 'unconfirmed' }, 'send'],
    ['a mail of a booking, whoever has not confirmed', { kind: 'booking' }, { status: 'unconfirmed' }, 'send'],
    ['an announcement, whoever has not confirmed', announcement, { status: 'unconfirmed' }, 'supersede'],
    ['the confirmation, whoever has confirmed', confirmation, {}, 'supersede'],
  ])('%s', (_, row, contact, verdict) => {
    expect(look(row, contact, anInvitation(), 0)).toBe(verdict);
  });

  it('is, in a pause, a move of what was accepted, and no other move', () => {
    expect(look(update, paused, accepted, 1)).toBe('send');
    expect(look(update, paused, anInvitation(), 1)).toBe('supersede');
    expect(look(update, paused, accepted, 0)).toBe('supersede');
  });
});
