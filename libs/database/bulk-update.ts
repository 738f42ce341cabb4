import { bulkFailures } from './duplicate-key.js';

export interface OneUpdate {
  readonly filter: object;
  readonly update: object;
}

/**
 * What became of one of many updates: it changed something, found nothing to change, or met a unique key. `unclear`: some
 * of those without an error found nothing, and the database does not tell which.
 */
export type Updated = 'changed' | 'missed' | 'taken' | 'unclear';

interface Outcome {
  readonly modifiedCount: number;
}

/** The driver's collection (`model.collection`): Mongoose would look at every field again. */
interface BulkCollection {
  bulkWrite(operations: { updateOne: OneUpdate }[], options: object): Promise<Outcome>;
}

/** Updates many single documents in one round trip; one that fails keeps no other from being done. */
export async function updateEach(collection: BulkCollection, updates: readonly OneUpdate[]): Promise<Updated[]> {
  const operations = updates.map((updateOne) => ({ updateOne }));
  try {
    const { modifiedCount } = await collection.bulkWrite(operations, {
      ordered: false,
      ignoreUndefined: true,
    });
    const outcome = outcomeOf(modifiedCount, updates.length);
    return updates.map(() => outcome);
  } catch (error) {
    const failures = bulkFailures(error);
    // A lost connection comes as a bulk error as well, with no failed write in it: then nobody knows what was written.
    if (failures.length === 0 || failures.some(({ code }) => code !== 11000)) throw error;
    const taken = new Set(failures.map(({ index }) => index));
    const outcome = outcomeOf((error as Outcome).modifiedCount, updates.length - taken.size);
    return updates.map((_, index) => (taken.has(index) ? 'taken' : outcome));
  }
}

function outcomeOf(modified: number, asked: number): Updated {
  if (modified === asked) return 'changed';
  return modified === 0 ? 'missed' : 'unclear';
}
