import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents } from '../../libs/database/documents.js';
import type { Id } from '../../libs/privacy/ids.js';
import { SESSIONS, SIGN_INS, type Session, type SignIn } from './people.schema.js';
import type { Person } from './person.js';

/** The door to sessions and to the links that begin them. */
@Injectable()
export class SessionsRepository {
  constructor(
    @InjectModel(SESSIONS) private readonly sessions: Documents<Session>,
    @InjectModel(SIGN_INS) private readonly signIns: Documents<SignIn>,
  ) {}

  async begin(secret: string, person: Pick<Person, 'id' | 'generation'>, expires: Date): Promise<void> {
    const session: Session = { _id: hashOf(secret), person: person.id, generation: person.generation, expires };
    await this.sessions.insertMany([session]);
  }

  async find(secret: string, now: Date): Promise<Session | undefined> {
    const found = await this.sessions.findOne({ _id: hashOf(secret), expires: trusted({ $gt: now }) }).lean();
    return found ?? undefined;
  }

  async end(secret: string): Promise<void> {
    await this.sessions.deleteOne({ _id: hashOf(secret) });
  }

  async endAllOf(person: Id): Promise<void> {
    await this.sessions.deleteMany({ person });
    await this.signIns.deleteMany({ person });
  }

  async keepSignIn(signIn: SignIn): Promise<void> {
    await this.signIns.insertMany([signIn]);
  }

  async signIn(id: Id): Promise<SignIn | undefined> {
    return (await this.signIns.findById(id).lean()) ?? undefined;
  }

  countOpen(person: Id, now: Date): Promise<number> {
    return this.signIns.countDocuments({ person, expires: trusted({ $gt: now }), used: false });
  }

  /** True for the one caller who used it: of two at once the second finds it used. */
  async use(id: Id): Promise<boolean> {
    const { modifiedCount } = await this.signIns.updateOne({ _id: id, used: false }, { $set: { used: true } });
    return modifiedCount === 1;
  }

  /** What has run out is of no use. Links stay a day, so that an old one still says that it was used. */
  async forget(expiredBefore: Date, linksExpiredBefore: Date): Promise<void> {
    await this.sessions.deleteMany({ expires: trusted({ $lt: expiredBefore }) });
    await this.signIns.deleteMany({ expires: trusted({ $lt: linksExpiredBefore }) });
  }
}

/** The secret has 256 random bits: a plain hash cannot be turned round. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
