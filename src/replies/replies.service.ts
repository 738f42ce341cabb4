import { Injectable, type OnModuleInit } from '@nestjs/common';
import { languageOf } from '../../libs/mail/language-of.js';
import { done, refuse, type Result } from '../../libs/rules/decision.js';
import { openWithRing, sealWithRing, type SealedPlace } from '../../libs/privacy/envelope.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { Clock, DAY, plus } from '../../libs/time/clock.js';
import type { Address } from '../contacts/address.js';
import type { Contact } from '../contacts/contact.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { StandIns } from '../contacts/stand-ins.service.js';
import { Correspondents, type CorrespondentSource, type Exchange } from '../deliveries/correspondents.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { RepliesRepository } from './replies.repository.js';
import { WRITTEN_REPLIES, type WrittenReply } from './replies.schema.js';
import { placeOf, type ReplyPlace } from './reply-place.js';

/** A reply as the console may show it: what was written, and as much of where it comes from as tells nobody. */
export interface ShownReply extends Pick<WrittenReply, 'kind' | 'language' | 'day'> {
  readonly id: Id;
  readonly text: string;
  readonly place: ReplyPlace;
  readonly answer: string | undefined;
  readonly answeredOn: Date | undefined;
}

/** Days after which what was written is forgotten, and with it whoever wrote and is no contact. */
export const KEPT_DAYS = 30;
/** Replies of one sender that are taken on one day. */
const MOST_OF_A_DAY = 20;

/** The public face of what people write: kept sealed, shown without a sender, answered through the mailer. */
@Injectable()
export class RepliesService implements OnModuleInit, CorrespondentSource {
  constructor(
    private readonly replies: RepliesRepository,
    private readonly contacts: ContactsService,
    private readonly standIns: StandIns,
    private readonly deliveries: DeliveriesService,
    private readonly correspondents: Correspondents,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  onModuleInit(): void {
    this.correspondents.register(this);
  }

  /** @param key of the mail: the same again is kept once */
  async keep(key: string, kind: WrittenReply['kind'], sender: Id, text: string): Promise<void> {
    const day = dayOf(this.clock.now());
    if ((await this.replies.countWrittenOn(sender, day)) >= MOST_OF_A_DAY) return;
    const id = this.ids.next();
    await this.replies.keepWritten({
      _id: id,
      key,
      kind,
      sender,
      text: sealWithRing(this.ring, PURPOSE, text, at(id, 'text')),
      language: languageOf(text) ?? null,
      day,
    });
    // Who is erased meanwhile, or was a moment ago, leaves nothing of it.
    if (!(await this.contacts.stays(sender)) && !(await this.replies.correspondent(sender)))
      await this.replies.forgetContact(sender);
  }

  /** Whom an answer can reach: the contact of an address, or someone who is kept only to be answered. */
  async senderAt(address: Address, language: string, days = KEPT_DAYS): Promise<Id> {
    const contact = await this.contacts.findByAddress(address.canonical);
    if (contact) return contact.id;
    const { id, ...standIn } = this.standIns.make(this.ids.next(), address, language);
    const until = plus(this.clock.now(), days * DAY);
    return this.replies.ensureCorrespondent(this.standIns.indexes(address), { _id: id, ...standIn, until });
  }

  async latest(limit: number): Promise<readonly ShownReply[]> {
    const [written, neighbours] = await Promise.all([
      this.replies.latestWritten(limit),
      this.contacts.countAudience({}),
    ]);
    const senders = await this.contacts.many(written.map(({ sender }) => sender));
    return written.map((reply) => this.shown(reply, placeOf(senders.get(reply.sender), neighbours)));
  }

  async get(id: Id): Promise<ShownReply | undefined> {
    const reply = await this.replies.writtenReply(id);
    if (!reply) return undefined;
    const [sender, neighbours] = await Promise.all([this.contacts.get(reply.sender), this.contacts.countAudience({})]);
    return this.shown(reply, placeOf(sender, neighbours));
  }

  /** Answers once; the mail goes to whoever wrote, without anyone seeing to whom. */
  async answer(id: Id, text: string): Promise<Result<undefined, 'unknown' | 'answered-already'>> {
    const reply = await this.replies.writtenReply(id);
    if (!reply) return refuse('unknown');
    const sealed = sealWithRing(this.ring, PURPOSE, text, at(id, 'answer'));
    const isFirst = await this.replies.keepAnswer(id, sealed, dayOf(this.clock.now()));
    // Also for an answer that is there: whoever kept it may have ended before the mail was made.
    await this.deliveries.tell(reply.sender, 'personal-reply', id, { about: id });
    return isFirst ? done(undefined) : refuse('answered-already');
  }

  /** Exact: whoever shows it puts it into bands. */
  countWishes(subject: Id, moves: number): Promise<number> {
    return this.replies.countWishes(subject, moves);
  }

  async find(id: Id): Promise<Contact | undefined> {
    const found = await this.replies.correspondent(id);
    if (!found || found.until <= this.clock.now()) return undefined;
    const { _id, until: _until, ...standIn } = found;
    return this.standIns.asContact({ ...standIn, id: _id });
  }

  async exchange(about: Id): Promise<Exchange | undefined> {
    const reply = await this.replies.writtenReply(about);
    const answer = reply && this.answerOf(reply);
    return reply && answer !== undefined ? { wrote: this.textOf(reply), answer } : undefined;
  }

  /**
   * What came while the erasure waited for its last mails, too. What was written before the address was left is kept
   * apart, and goes only with a contact who showed that it is theirs: anyone can type an address that then lapses.
   */
  async forget(contact: Contact): Promise<void> {
    await this.replies.forgetContact(contact.id);
    if (contact.confirmBy !== undefined) return;
    for (const id of await this.replies.correspondentsAt(this.standIns.indexesOf(contact))) {
      await this.deliveries.forgetContact(id);
      await this.replies.forgetContact(id);
      await this.replies.forgetCorrespondent(id);
    }
  }

  async forgetOld(): Promise<void> {
    const now = this.clock.now();
    await this.replies.forgetBefore(plus(now, -KEPT_DAYS * DAY), now);
  }

  private shown(reply: WrittenReply, place: ReplyPlace): ShownReply {
    const { _id: id, kind, language, day, answeredOn } = reply;
    return { id, kind, language, day, place, text: this.textOf(reply), answer: this.answerOf(reply), answeredOn };
  }

  private textOf({ _id, text }: WrittenReply): string {
    return openWithRing(this.ring, PURPOSE, text, at(_id, 'text')).toString('utf8');
  }

  private answerOf({ _id, answer }: WrittenReply): string | undefined {
    return answer && openWithRing(this.ring, PURPOSE, answer, at(_id, 'answer')).toString('utf8');
  }
}

const PURPOSE = 'written-reply';
const at = (id: Id, field: 'text' | 'answer'): SealedPlace => ({ collection: WRITTEN_REPLIES, id, field });
const dayOf = (now: Date): Date => new Date(Math.floor(now.getTime() / DAY) * DAY);
