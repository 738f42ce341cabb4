import { idInUid } from '../../libs/privacy/ids.js';
import type { TimedProduct } from './timed-product.js';

interface Said {
  readonly state: {
    readonly answer: string;
    readonly occurrences?: readonly { readonly original: Date; readonly answer: string }[];
  };
}

/** What a guest has said to all of a series, and to single dates by their original starts. @param uid of their invitation */
export async function answersIn(product: TimedProduct, uid: string): Promise<Readonly<Record<string, string>>> {
  const invitation = await product.database.collection('invitations').findOne({ _id: idInUid(uid) ?? '' });
  if (!invitation) throw new Error('no invitation');
  const { answer, occurrences = [] } = (invitation as unknown as Said).state;
  return {
    all: answer,
    ...Object.fromEntries(occurrences.map((each) => [each.original.toISOString(), each.answer])),
  };
}
