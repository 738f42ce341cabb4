/** True for a write refused by a unique index (MongoDB error 11000), singly or in an unordered bulk. */
export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 11000;
}

/**
 * Runs an unordered bulk insert of which some may be there already: a repeat changes nothing. `collection` is the
 * driver's (`model.collection`): Mongoose would make a document object of every row of a fan-out.
 * @returns how many were new
 */
export async function insertNew<Doc>(
  collection: { insertMany(documents: Doc[], options: object): Promise<{ readonly insertedCount: number }> },
  documents: readonly NoInfer<Doc>[],
): Promise<number> {
  if (documents.length === 0) return 0;
  try {
    const { insertedCount } = await collection.insertMany([...documents], {
      ordered: false,
      ignoreUndefined: true,
    });
    return insertedCount;
  } catch (error) {
    const failures = bulkFailures(error);
    // A lost connection comes as a bulk error as well, with no failed write in it: then nobody knows what was written.
    if (failures.length === 0 || failures.some(({ code }) => code !== 11000)) throw error;
    return documents.length - failures.length;
  }
}

/** The writes that failed in an unordered bulk, by their places in it. */
export function bulkFailures(error: unknown): { readonly index: number; readonly code: number }[] {
  if (typeof error !== 'object' || error === null || !('writeErrors' in error)) return [];
  const { writeErrors } = error;
  const list: unknown[] = Array.isArray(writeErrors) ? writeErrors : [writeErrors];
  return list.map((failure) => {
    const { index, code } = failure as { index?: unknown; code?: unknown };
    return { index: Number(index), code: Number(code) };
  });
}
