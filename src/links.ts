import { Inject, Injectable } from '@nestjs/common';
import type { Result } from '../libs/rules/decision.js';
import type { Id } from '../libs/privacy/ids.js';
import { type KeyId, KeyRing } from '../libs/privacy/keys.js';
import { checkLink, parseLink, writeLink, type Link, type LinkPurpose } from '../libs/privacy/links.js';
import { Clock } from '../libs/time/clock.js';
import { SETTINGS, type Settings } from './config.js';

const PATHS: Record<LinkPurpose, string> = {
  confirm: 'confirm',
  invitation: 'invitations',
  join: 'join',
  unsubscribe: 'unsubscribe',
  me: 'me',
  'sign-in': 'sign-in',
  booking: 'bookings',
  feed: 'feeds',
  queue: 'queue',
};

/** An object with links: its id, and the generation that makes them void when raised. */
export interface Linked {
  readonly id: Id;
  readonly generation: number;
}

export type LinkRefusal = 'unknown' | 'expired' | 'wrong-purpose';

/** Writes and checks the links that mails carry; the database holds none of them. */
@Injectable()
export class Links {
  constructor(
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The key that writes today; a delivery keeps it, so that a repeat writes the same link. */
  get keyId(): KeyId {
    return this.ring.currentId;
  }

  /** An absolute address that acts on one object for one purpose. */
  url(purpose: LinkPurpose, linked: Linked, options: { keyId?: KeyId; expires?: Date } = {}): string {
    return this.page(`${PATHS[purpose]}/${this.token(purpose, linked, options)}`);
  }

  token(purpose: LinkPurpose, linked: Linked, options: { keyId?: KeyId; expires?: Date } = {}): string {
    return writeLink(this.ring, { purpose, id: linked.id, generation: linked.generation, ...options });
  }

  /** An absolute address of a public page. */
  page(path: string): string {
    return `${this.settings.PUBLIC_URL}/${path}`;
  }

  /**
   * Finds what a token is for and verifies it.
   * @param find loads the object by the id that the token names
   */
  async open<Found>(
    purpose: LinkPurpose,
    token: string,
    find: (id: Id) => Promise<(Found & { readonly generation: number }) | undefined>,
  ): Promise<Result<{ readonly found: Found; readonly link: Link }, LinkRefusal>> {
    const parsed = parseLink(token);
    if (!parsed.ok) return parsed;
    const found = await find(parsed.value.id);
    if (!found) return { ok: false, reason: 'unknown' };
    const checked = checkLink(this.ring, parsed.value, purpose, found.generation, this.clock.now());
    return checked.ok ? { ok: true, value: { found, link: checked.value } } : checked;
  }
}
