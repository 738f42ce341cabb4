import { Injectable } from '@nestjs/common';
import { Ids } from '../../libs/privacy/ids.js';
import { FeedbackConnection } from './feedback.connection.js';
import type { Form } from './feedback.js';
import { howManyFit, sizeOf } from './padding.js';
import { SealedLists } from './sealed-lists.js';
import { shuffle } from './shuffle.js';
import { WAITING, type WaitingForms } from './waiting-forms.schema.js';

/** Where forms wait for their release. */
@Injectable()
export class WaitingFormsRepository {
  constructor(
    private readonly connection: FeedbackConnection,
    private readonly lists: SealedLists,
    private readonly ids: Ids,
  ) {}

  /**
   * Adds as many of the forms, from the first, as the open document takes, and shuffles it anew: one write.
   * @returns how many are safe now; none when another process wrote in between or the document was full, and it is the
   * caller's to try again
   */
  async add(forms: readonly Form[]): Promise<number> {
    const open = await this.waiting.findOne({ state: 'waiting', full: false }, { sort: { _id: 1 } });
    return open ? this.addTo(open, forms) : this.begin(forms);
  }

  private async begin(forms: readonly Form[]): Promise<number> {
    const some = forms.slice(0, howManyFit(forms));
    if (some.length === 0) throw new RangeError('one form is larger than a document');
    const _id = this.ids.next();
    const sealed = this.lists.seal(WAITING, _id, shuffle(some));
    await this.waiting.insertOne({ _id, version: this.ids.next(), state: 'waiting', full: false, sealed });
    return some.length;
  }

  private async addTo({ _id, version, sealed }: WaitingForms, forms: readonly Form[]): Promise<number> {
    const present = this.lists.open(WAITING, _id, sealed) as readonly Form[];
    const count = howManyFit(
      forms,
      present.reduce((bytes, form) => bytes + sizeOf(form), 1),
    );
    const change =
      count === 0
        ? { full: true }
        : { sealed: this.lists.seal(WAITING, _id, shuffle([...present, ...forms.slice(0, count)])) };
    const { matchedCount } = await this.waiting.updateOne(
      { _id, version, state: 'waiting' },
      { $set: { ...change, version: this.ids.next() } },
    );
    return matchedCount === 1 ? count : 0;
  }

  private get waiting() {
    return this.connection.collection<WaitingForms>(WAITING);
  }
}
