import type { Contact } from '../../src/contacts/contact.js';
import type { Delivery, Fixed } from '../../src/deliveries/delivery.js';
import { invite, type Invitation } from '../../src/invitations/invitation.js';
import type { Subject } from '../../src/invitations/subject.js';
import { countedId } from './ids.js';

/** What deliveries are about, each with everything in it that a test does not care for. */

export const aSubject = (more: Partial<Subject> = {}): Subject => ({
  id: countedId(900),
  status: 'announced',
  revision: 1,
  sequence: 0,
  moves: 0,
  changedAt: new Date('2027-01-05T09:00:00Z'),
  start: new Date('2027-01-12T18:00:00Z'),
  end: new Date('2027-01-12T19:30:00Z'),
  timeZone: 'Europe/Berlin',
  title: 'Ideas for Copargo and Alfter',
  description: 'We collect ideas.\nEveryone is welcome.',
  languages: ['fr', 'de'],
  dialIn: '+229 00 00 00, 12#',
  capacity: null,
  cancelReason: '',
  audience: 'everyone',
  host: countedId(800),
  ...more,
});

export const anInvitation = (more: Partial<Invitation> = {}): Invitation => ({
  ...invite(
    { id: countedId(500), subject: countedId(900), contact: countedId(1), role: 'guest' },
    { sequence: 0, moves: 0 },
  ),
  ...more,
});

export const aContact = (more: Partial<Contact> = {}): Contact => ({
  id: countedId(1),
  status: 'confirmed',
  dataKey: new Uint8Array(),
  address: new Uint8Array(),
  index: 'index',
  language: 'fr',
  timeZone: 'Africa/Porto-Novo',
  region: 'copargo',
  country: 'BJ',
  place: null,
  wants: ['meetings'],
  wishes: [],
  unsubscribed: false,
  pausedUntil: null,
  suppressed: false,
  generation: 0,
  asked: 0,
  keepBlocked: false,
  ...more,
});

export const aFixed = (more: Partial<Fixed> = {}): Fixed => ({
  revision: 1,
  changes: 0,
  sequence: 0,
  moves: 0,
  partstat: 'NEEDS-ACTION',
  dtstamp: new Date('2027-01-11T09:00:00Z'),
  date: new Date('2027-01-11T09:00:00Z'),
  language: 'fr',
  timeZone: 'Africa/Porto-Novo',
  messageId: `<${countedId(7)}@come-together.example>`,
  inReplyTo: null,
  keyId: 'key',
  template: 1,
  generation: 0,
  ...more,
});

export const aDelivery = (more: Partial<Delivery> = {}): Delivery => ({
  _id: countedId(7),
  key: `${countedId(500)}|g0`,
  kind: 'request',
  contact: countedId(1),
  invitation: countedId(500),
  subject: countedId(900),
  revision: 1,
  changes: 0,
  canWait: false,
  state: 'open',
  dueAt: new Date('2027-01-11T09:00:00Z'),
  notAfter: new Date('2027-01-12T19:30:00Z'),
  attempts: 0,
  failures: 0,
  ...more,
});
