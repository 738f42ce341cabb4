import type { mongo } from 'mongoose';

/**
 * What a server answers that does not let its users flush, or knows no such command: Unauthorized, IllegalOperation,
 * CommandNotFound, CommandNotSupported, AtlasError.
 */
const REFUSALS: ReadonlySet<unknown> = new Set([13, 20, 59, 115, 8000]);

/**
 * Makes what was deleted unreadable in the embedded store's journal; on a real server only a flush. A hosted one may refuse:
 * it rolls its journal over by itself, as docs/privacy.md says.
 */
export async function forgetDeleted(db: Pick<mongo.Db, 'admin'>): Promise<void> {
  try {
    await db.admin().command({ fsync: 1 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && REFUSALS.has(error.code))) throw error;
  }
}
