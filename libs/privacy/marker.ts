import { createHmac, randomBytes } from 'node:crypto';
import type { Id } from './ids.js';

/** The secret of one meeting or board; destroyed at its closing, after which no marker can be traced back. */
export const newMarkerSecret = (): Buffer => randomBytes(32);

/** Counts someone once without knowing who: the same invitation gives the same marker, in this meeting only. */
export const marker = (secret: Uint8Array, invitation: Id): string =>
  createHmac('sha256', secret).update(invitation, 'utf8').digest('base64url');
