import { mongo } from 'mongoose';
import { insertNew } from '../../libs/database/duplicate-key.js';
import { type KeyNote, keyNoteOf, recognise } from '../../libs/privacy/key-note.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import type { Settings } from '../config.js';
import { StartRefused } from '../starting.js';

/** There is one: which key writes into this database. */
interface StoredKeyNote extends KeyNote {
  readonly _id: 'secret-key';
}

/** Milliseconds for a database that starts at the same time as we do. */
const PATIENCE = 60_000;

/**
 * Called before anything else uses the database. Under another key nothing in it could be read, no link would work, and what
 * was written from then on would be lost to the right one. So the first process notes its key there, and each that starts
 * must hold it. Throws StartRefused, and MongoError when there is no database.
 */
export async function expectKnownKey(
  settings: Pick<Settings, 'MONGODB_URI' | 'SECRET_KEY' | 'SECRET_KEY_PREVIOUS'>,
): Promise<void> {
  const client = await mongo.MongoClient.connect(settings.MONGODB_URI, { serverSelectionTimeoutMS: PATIENCE });
  try {
    const ring = KeyRing.of(settings.SECRET_KEY, settings.SECRET_KEY_PREVIOUS);
    if (await isKnown(client.db().collection<StoredKeyNote>('key_note'), ring)) return;
  } finally {
    await client.close();
  }
  throw new StartRefused(
    'SECRET_KEY: is another than the one by which the data in this database was written. ' +
      'Bring that one back, or name it as SECRET_KEY_PREVIOUS.',
  );
}

/** Between a look and a write others may note their key, and one that follows it: so what was written is looked at again. */
const MOST_LOOKS = 4;

/** Of processes that start at once with several keys, the one that notes its own first decides. */
async function isKnown(notes: mongo.Collection<StoredKeyNote>, ring: KeyRing): Promise<boolean> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const note = await notes.findOne({ _id: 'secret-key' });
    if (!note) {
      await insertNew(notes, [{ _id: 'secret-key', ...keyNoteOf(ring) }]);
      continue;
    }
    const recognised = recognise(ring, note);
    if (!recognised.ok) return false;
    if (recognised.value === 'known') return true;
    await notes.updateOne({ _id: 'secret-key', by: note.by }, { $set: keyNoteOf(ring) });
  }
  return false;
}
