import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { refuse, type Result } from '../../libs/rules/decision.js';
import { idFromBytes, Ids, type Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { Catalogue, DEFAULT_LANGUAGE, type Language } from '../../libs/web/i18n.js';
import { SETTINGS, type Settings } from '../config.js';
import { readAddress, type Address } from '../contacts/address.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { RegionsService } from '../regions/regions.service.js';
import { zoneFor } from '../regions/time-zones.js';
import { PeopleRepository } from './people.repository.js';
import * as rules from './person.js';
import { ROLES, termOf, type AppointRefusal, type Person, type RevokeRefusal, type Role } from './person.js';
import { SignInService } from './sign-in.service.js';

/** What the form of the console asks about someone to be appointed. */
export interface Invited extends Pick<Person, 'role' | 'mandate' | 'resolution' | 'from' | 'until'> {
  readonly email: Address;
  /** As typed. */
  readonly region: string;
  /** What mails are written in unless the region says otherwise. */
  readonly language: Language;
}

/** Someone who can host, by what may be shown of them. */
export interface Host {
  readonly contact: Id;
  readonly role: Role;
  /** Region, mandate and resolution: never a name or an address. */
  readonly label: string;
}

/** The public face of people: who has which role, and for how long. */
@Injectable()
export class PeopleService implements OnApplicationBootstrap {
  constructor(
    private readonly people: PeopleRepository,
    private readonly contacts: ContactsService,
    private readonly regions: RegionsService,
    private readonly signIns: SignInService,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.ensureAdministrator();
  }

  get(id: Id): Promise<Person | undefined> {
    return this.people.get(id);
  }

  /** Every appointment: the strongest role first, then the latest term. */
  async list(): Promise<Person[]> {
    const order = (person: Person): number => ROLES.indexOf(person.role);
    return (await this.people.all()).sort((a, b) => order(a) - order(b) || b.from.getTime() - a.from.getTime());
  }

  ofContact(contact: Id): Promise<Person[]> {
    return this.people.ofContact(contact);
  }

  /** Appoints someone; their contact is made if there is none, and a mail tells them. */
  async appoint(given: Invited, by: Role): Promise<Result<Person, AppointRefusal | 'closing' | 'exists'>> {
    const now = this.clock.now();
    const { role, mandate, resolution, from, until } = given;
    const region = this.regions.find(given.region);
    const term = { role, mandate, resolution, from, until, region: region?.id ?? given.region };
    // Decided before the contact is made: a refusal leaves nothing behind.
    const allowed = rules.appoint({ ...term, id: '', contact: '' }, by, now);
    if (!allowed.ok) return allowed;
    const contact = await this.contacts.ensureAppointed({
      ...given.email,
      language: region?.languages.find((language) => this.catalogue.has(language)) ?? given.language,
      timeZone: region?.timeZone ?? zoneFor({ language: given.language }),
      region: region?.id ?? null,
      country: region?.country ?? null,
      place: null,
      wants: [],
    });
    if (contact.status === 'closing') return refuse('closing');
    const id = this.ids.next();
    const decided = rules.appoint({ ...term, id, contact: contact.id }, by, now);
    return decided.ok ? this.people.store.create(id, decided.state, decided.events) : decided;
  }

  async revoke(id: Id, by: Role): Promise<Result<Person, RevokeRefusal | 'unknown'>> {
    const now = this.clock.now();
    const others = await this.administratorsBeside(id, now);
    let before: Person | undefined;
    const revoked = await this.people.store.change(id, (person) => {
      before = person;
      return rules.revoke(person, by, others, now);
    });
    if (revoked.ok) {
      if (revoked.value === before || revoked.value.role !== 'administrator') return revoked;
      // Two who revoke each other at once have both seen another: whoever finds nobody left takes it back.
      if ((await this.administratorsBeside(id, now)) > 0) return revoked;
      await this.people.store.change(id, rules.reinstate);
      return refuse('last-administrator');
    }
    const { reason } = revoked;
    return refuse(reason === 'changed-meanwhile' || reason === 'taken' ? 'unknown' : reason);
  }

  /** Ends every appointment of a contact that is being erased. */
  async forgetContact(contact: Id): Promise<void> {
    for (const { id } of await this.people.ofContact(contact)) await this.people.store.change(id, rules.forget);
  }

  /** Who may be chosen to host, each contact once under its strongest role. */
  async hosts(): Promise<Host[]> {
    const now = this.clock.now();
    const byContact = Map.groupBy(await this.people.all(), ({ contact }) => contact);
    return [...byContact.values()]
      .flatMap((people) => rules.strongest(people, now) ?? [])
      .sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role))
      .map((person) => ({ contact: person.contact, role: person.role, label: this.labelOf(person) }));
  }

  /** The place an appointment is for, by its name. */
  regionOf({ region }: Pick<Person, 'region'>): string {
    return this.regions.get(region)?.name ?? region;
  }

  /** The contact of ADMIN_EMAIL, administrator by now; undefined where the variable is not set. Safe on many processes. */
  async ensureAdministrator(): Promise<Id | undefined> {
    if (this.settings.ADMIN_EMAIL === undefined) return undefined;
    const address = readAddress(this.settings.ADMIN_EMAIL);
    if (!address) throw new Error('ADMIN_EMAIL: must be an address that mail can be sent to');
    const { id: contact } = await this.contacts.ensureAppointed({
      ...address,
      language: DEFAULT_LANGUAGE,
      timeZone: Temporal.Now.timeZoneId(),
      region: null,
      country: null,
      place: null,
      wants: [],
    });
    const now = this.clock.now();
    const administrators = await this.people.withRole('administrator');
    if (rules.needsFirst(contact, administrators, now)) {
      const before = administrators.filter((person) => person.contact === contact).length;
      const id = firstId(contact, before);
      await this.people.store.create(id, rules.appointFirst(id, contact, now));
    }
    return contact;
  }

  /** A link that signs the administrator of ADMIN_EMAIL in, once; undefined where the variable is not set. */
  async signInLink(): Promise<string | undefined> {
    const contact = await this.ensureAdministrator();
    return contact === undefined ? undefined : this.signIns.linkFor(contact);
  }

  /** How many administrators' terms run, beside one person's. */
  private async administratorsBeside(id: Id, now: Date): Promise<number> {
    const administrators = await this.people.withRole('administrator');
    return administrators.filter((person) => person.id !== id && termOf(person, now) === 'running').length;
  }

  private labelOf(person: Person): string {
    return [this.regionOf(person), person.mandate, person.resolution].filter((part) => part !== '').join(' · ');
  }
}

/** The same id on every process that starts, so that only one of them creates it. */
const firstId = (contact: Id, before: number): Id =>
  idFromBytes(
    createHash('sha256')
      .update(`administrator|${contact}|${String(before)}`)
      .digest()
      .subarray(0, 16),
  );
