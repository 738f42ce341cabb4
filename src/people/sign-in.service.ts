import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { done, refuse, type Result } from '../../libs/rules/decision.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { Clock, DAY, MINUTE, plus } from '../../libs/time/clock.js';
import { SessionCookie } from '../../libs/web/cookies.js';
import { csrfToken, isCsrfToken } from '../../libs/web/csrf.js';
import { SETTINGS, type Settings } from '../config.js';
import type { Address } from '../contacts/address.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { SIGN_IN_MINUTES } from '../deliveries/delivery.js';
import { Links } from '../links.js';
import { PeopleRepository } from './people.repository.js';
import type { Session, SignIn } from './people.schema.js';
import { MOST_OPEN_LINKS, sessionEnds, strongest, termOf, type Person, type Role } from './person.js';
import { SessionsRepository } from './sessions.repository.js';

/** Who is signed in, as controllers see it. */
export interface SignedIn {
  readonly person: Id;
  readonly contact: Id;
  readonly role: Role;
  /** What every form of the console carries back. */
  readonly csrf: string;
}

export type LinkRefused = 'broken' | 'used';

/** Signing in by a mailed link, and the sessions that begin so. */
@Injectable()
export class SignInService {
  private readonly cookie: SessionCookie;

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly people: PeopleRepository,
    private readonly contacts: ContactsService,
    private readonly deliveries: DeliveriesService,
    private readonly links: Links,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.cookie = new SessionCookie(settings.PUBLIC_URL);
  }

  /** Mails a link to whoever has a role under this address; does nothing for anyone else. */
  async ask({ canonical }: Address): Promise<void> {
    const contact = await this.contacts.findByAddress(canonical);
    const person = contact && strongest(await this.people.ofContact(contact.id), this.clock.now());
    if (!person) return;
    const open = await this.sessions.countOpen(person.id, this.clock.now());
    if (this.settings.RATE_LIMITS && open >= MOST_OPEN_LINKS) return;
    const signIn = await this.keep(person);
    await this.deliveries.tell(person.contact, 'sign-in', signIn._id, { about: signIn._id, until: signIn.expires });
  }

  /** A link for a contact without a mail, for whoever starts the server; undefined when no role runs. */
  async linkFor(contact: Id): Promise<string | undefined> {
    const person = strongest(await this.people.ofContact(contact), this.clock.now());
    if (!person) return undefined;
    const { _id, expires } = await this.keep(person);
    return this.links.url('sign-in', { id: _id, generation: 0 }, { expires });
  }

  /** What a link would do; nothing is changed. */
  async open(token: string): Promise<Result<Person, LinkRefused>> {
    const opened = await this.find(token);
    return opened.ok ? done(opened.value.person) : opened;
  }

  /** Uses a link: the header that sets the cookie. Of two that use one link at once, the second is told so. */
  async signIn(token: string): Promise<Result<{ readonly setCookie: string }, LinkRefused>> {
    const opened = await this.find(token);
    if (!opened.ok) return opened;
    const { person, signIn } = opened.value;
    if (!(await this.sessions.use(signIn._id))) return refuse('used');
    const now = this.clock.now();
    const secret = randomBytes(32).toString('base64url');
    const expires = sessionEnds(person, now);
    await this.sessions.begin(secret, person, expires);
    // Whoever takes part here need not answer the yearly question as well to stay.
    await this.contacts.stillInterested(person.contact);
    await this.sessions.forget(now, plus(now, -DAY));
    return done({ setCookie: this.cookie.write(secret, (expires.getTime() - now.getTime()) / 1_000) });
  }

  /** Whom a request's Cookie header signs in: the session runs, the role was not revoked, the term is not over. */
  async signedIn(cookieHeader: string | undefined): Promise<SignedIn | undefined> {
    const secret = this.cookie.read(cookieHeader);
    const session = secret === undefined ? undefined : await this.sessions.find(secret, this.clock.now());
    const person = session && (await this.holderOf(session));
    if (secret === undefined || !person) return undefined;
    const csrf = csrfToken(this.ring.current('csrf').key, secret);
    return { person: person.id, contact: person.contact, role: person.role, csrf };
  }

  /** Whether a form was sent from a page of this session. */
  isOwnForm(cookieHeader: string | undefined, csrf: unknown): boolean {
    const secret = this.cookie.read(cookieHeader);
    return secret !== undefined && this.ring.all('csrf').some(({ key }) => isCsrfToken(key, secret, csrf));
  }

  /** Ends the session: the header that removes the cookie. */
  async signOut(cookieHeader: string | undefined): Promise<{ readonly setCookie: string }> {
    const secret = this.cookie.read(cookieHeader);
    if (secret !== undefined) await this.sessions.end(secret);
    return { setCookie: this.cookie.clear() };
  }

  /** Ends every session and link of a person whose role ended. */
  endAllOf(person: Id): Promise<void> {
    return this.sessions.endAllOf(person);
  }

  private async keep({ id }: Person): Promise<SignIn> {
    const expires = plus(this.clock.now(), SIGN_IN_MINUTES * MINUTE);
    const signIn: SignIn = { _id: this.ids.next(), person: id, expires, used: false };
    await this.sessions.keepSignIn(signIn);
    return signIn;
  }

  private async find(token: string): Promise<Result<{ person: Person; signIn: SignIn }, LinkRefused>> {
    const opened = await this.links.open('sign-in', token, async (id) => {
      const signIn = await this.sessions.signIn(id);
      return signIn && { signIn, generation: 0 };
    });
    if (!opened.ok) return refuse('broken');
    const { signIn } = opened.value.found;
    const person = await this.people.get(signIn.person);
    if (!person || termOf(person, this.clock.now()) !== 'running') return refuse('broken');
    return signIn.used ? refuse('used') : done({ person, signIn });
  }

  private async holderOf({ person: id, generation }: Session): Promise<Person | undefined> {
    const person = await this.people.get(id);
    if (person?.generation !== generation || termOf(person, this.clock.now()) !== 'running') return undefined;
    return person;
  }
}
