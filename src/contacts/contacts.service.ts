import { Injectable } from '@nestjs/common';
import { Database } from '../../libs/database/database.js';
import { accept, type Result } from '../../libs/rules/decision.js';
import { blindIndex, blindIndexes } from '../../libs/privacy/blind-index.js';
import { ErasureLog } from '../../libs/privacy/erasure-log.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { Clock } from '../../libs/time/clock.js';
import * as rules from './contact.js';
import { type Contact, type Erasure, type Want, wantsMail } from './contact.js';
import { ContactsRepository, type Audience, type AudienceCount } from './contacts.repository.js';
import { canonicalOf } from './address.js';
import { Vault } from './vault.js';

/** What someone left by a public form. `canonical` is what the blind index is made of. */
export interface Enrolment {
  readonly address: string;
  readonly canonical: string;
  readonly language: string;
  readonly timeZone: string;
  readonly region: string | null;
  readonly country: string | null;
  readonly place: string | null;
  readonly wants: readonly Want[];
  /** A meeting to sign up for once the address is confirmed. */
  readonly wish?: Id;
  /** A booking confirms the address by its own mail. */
  readonly for?: 'booking';
}

export type EnrolmentOutcome =
  { readonly outcome: 'enrolled' | 'waiting' | 'known'; readonly contact: Contact } | { readonly outcome: 'silent' };

/** Contacts read at once while keys change. */
const CARRIED_AT_ONCE = 200;

/** The public face of contacts. None of its answers holds an address. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly contacts: ContactsRepository,
    private readonly vault: Vault,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly erasures: ErasureLog,
    private readonly database: Database,
  ) {}

  get(id: Id): Promise<Contact | undefined> {
    return this.contacts.get(id);
  }

  many(ids: readonly Id[]): Promise<Map<Id, Contact>> {
    return this.contacts.many(ids);
  }

  /** False once it is being erased: what is written about it after that is found by no erasure. */
  async stays(id: Id): Promise<boolean> {
    const contact = await this.contacts.get(id);
    return contact !== undefined && contact.status !== 'closing';
  }

  findByAddress(canonical: string): Promise<Contact | undefined> {
    return this.contacts.findByIndex(blindIndexes(this.ring, 'address', canonical));
  }

  /**
   * Takes an address from a public form. A known one is left as it is; a blocked or closing one gets no answer.
   * Two forms with one address at once make one contact (unique blind index).
   */
  async enrol(given: Enrolment): Promise<EnrolmentOutcome> {
    const known = await this.findByAddress(given.canonical);
    if (known) return this.again(known, given);
    if (await this.contacts.isBlocked(blindIndexes(this.ring, 'blocked', given.canonical)))
      return { outcome: 'silent' };
    const contact = await this.insert(given, (fresh) => rules.enrol(fresh, this.clock.now(), given.for === 'booking'));
    if (contact) return { outcome: 'enrolled', contact };
    const first = await this.findByAddress(given.canonical);
    return first ? this.again(first, given) : { outcome: 'silent' };
  }

  /** The contact of someone with a role, who is confirmed by their appointment; made when there is none. */
  async ensureAppointed(given: Enrolment): Promise<Contact> {
    const known = await this.findByAddress(given.canonical);
    if (known) {
      const confirmed = await this.confirm(known.id);
      return confirmed.ok ? confirmed.value : known;
    }
    const made = await this.insert(given, (fresh) => rules.appoint(fresh, this.clock.now()));
    const contact = made ?? (await this.findByAddress(given.canonical));
    if (!contact) throw new Error('an appointed contact vanished');
    return contact;
  }

  confirm(id: Id) {
    return this.contacts.store.change(id, (contact) => rules.confirm(contact, this.clock.now()));
  }

  unsubscribe(id: Id) {
    return this.contacts.store.change(id, rules.unsubscribe);
  }

  subscribeAgain(id: Id) {
    return this.contacts.store.change(id, rules.subscribeAgain);
  }

  suppress(id: Id) {
    return this.contacts.store.change(id, rules.suppress);
  }

  pause(id: Id, until: Date | null) {
    return this.contacts.store.change(id, (contact) => rules.pause(contact, until, this.clock.now()));
  }

  stillInterested(id: Id) {
    return this.contacts.store.change(id, (contact) => rules.stillInterested(contact, this.clock.now()));
  }

  prefer(id: Id, wished: Pick<Contact, 'language' | 'timeZone' | 'wants'>) {
    return this.contacts.store.change(id, (contact) => rules.prefer(contact, wished));
  }

  renewFeed(id: Id) {
    return this.contacts.store.change(id, rules.renewFeed);
  }

  /** Lets go of an unconfirmed address. When it was left again meanwhile, answers when to look once more. */
  async lapse(id: Id): Promise<Date | undefined> {
    const looked = await this.contacts.store.change(id, (contact) => rules.lapse(contact, this.clock.now()));
    return looked.ok && looked.value.status === 'unconfirmed' ? looked.value.confirmBy : undefined;
  }

  endInSilence(id: Id, asked: number) {
    return this.contacts.store.change(id, (contact) => rules.endInSilence(contact, asked, this.clock.now()));
  }

  askAgain(id: Id, asked: number) {
    return this.contacts.store.change(id, (contact) => rules.askAgain(contact, asked, this.clock.now()));
  }

  /**
   * Carries every contact over to the key that writes now: its own key is wrapped by it, and its address found by it.
   * Run again, or on several processes, it changes nothing. @returns how many were carried over
   */
  async carryOver(): Promise<number> {
    let carried = 0;
    for (let after: Id | undefined; ;) {
      const page = await this.contacts.page(after, CARRIED_AT_ONCE);
      for (const contact of page.filter((each) => !this.vault.isCurrent(each))) {
        const index = blindIndex(this.ring, 'address', canonicalOf(this.vault.address(contact)));
        const under = { dataKey: this.vault.rewrapped(contact), index };
        const changed = await this.contacts.store.change(contact.id, (state) =>
          this.vault.isCurrent(state) ? accept(state) : rules.carryOver(state, under),
        );
        if (changed.ok) carried += 1;
      }
      after = page.at(-1)?.id;
      if (page.length < CARRIED_AT_ONCE) return carried;
    }
  }

  erase(id: Id, wished: Erasure): Promise<Result<Contact, string>> {
    return this.contacts.store.change(id, (contact) => rules.erase(contact, wished, this.clock.now()));
  }

  /**
   * Destroys key, index and everything in the document; the random id alone is kept, to be replayed after a restore. What is
   * kept for a contact elsewhere is forgotten after this: whoever has written more of it by then finds the contact gone.
   */
  async destroy(id: Id): Promise<void> {
    const contact = await this.contacts.get(id);
    if (contact?.keepBlocked) {
      // The index is keyed with another field's key, so that the hash that stays matches nothing else.
      await this.contacts.block(blindIndex(this.ring, 'blocked', canonicalOf(this.vault.address(contact))));
    }
    await this.erasures.append({ id, keepBlocked: contact?.keepBlocked === true });
    await this.contacts.destroy(id, this.clock.now());
    await this.database.forgetDeleted();
  }

  /** Takes the empty document away at once where the entry that asked for it is the last; else the sweep does. */
  removeDestroyed(id: Id, entry: Id): Promise<void> {
    return this.contacts.removeDestroyed(id, entry);
  }

  pageOfAudience(audience: Audience, after: Id | undefined, limit: number): Promise<Contact[]> {
    return this.contacts.pageOfAudience(audience, after, limit);
  }

  countAudience(audience: Audience): Promise<AudienceCount[]> {
    return this.contacts.countAudience(audience, this.clock.now());
  }

  /** Whether a contact is told of new meetings. */
  hearsOfMeetings(contact: Contact): boolean {
    return contact.wants.includes('meetings') && wantsMail(contact, this.clock.now());
  }

  /** Everything held about a contact, for its owner alone. */
  held(contact: Contact): { readonly address: string; readonly place: string | null } {
    return { address: this.vault.address(contact), place: this.vault.place(contact) };
  }

  private async again(contact: Contact, given: Enrolment): Promise<EnrolmentOutcome> {
    if (contact.status === 'closing') return { outcome: 'silent' };
    if (contact.status === 'confirmed') return { outcome: 'known', contact };
    const changed = await this.contacts.store.change(contact.id, (state) =>
      rules.enrolAgain(state, given, this.clock.now()),
    );
    return changed.ok ? { outcome: 'waiting', contact: changed.value } : { outcome: 'silent' };
  }

  private async insert(
    given: Enrolment,
    rule: (fresh: rules.NewContact) => ReturnType<typeof rules.enrol>,
  ): Promise<Contact | undefined> {
    const id = this.ids.next();
    const { state, events } = rule({
      id,
      ...this.vault.seal(id, given.address, given.place),
      index: blindIndex(this.ring, 'address', given.canonical),
      language: given.language,
      timeZone: given.timeZone,
      region: given.region,
      country: given.country,
      wants: given.wants,
      wishes: given.wish === undefined ? [] : [given.wish],
    });
    const created = await this.contacts.store.create(id, state, events);
    return created.ok ? created.value : undefined;
  }
}
