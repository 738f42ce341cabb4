import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The options of `gc` that matter here: V8 keeps nothing it could make anew, and gives the room back to the system. */
type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/** Milliseconds until whoever waited for the start has had their first pages: collecting stops everything for a moment. */
const SETTLED = 5_000;

/**
 * Called once when a process has started: loading leaves two fifths of its memory behind that nobody will use again, and
 * which V8 would keep for as long as little happens. It takes 0.2 s of processor; the room grows again under load.
 */
export function letGoOfStart(after = SETTLED): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as Collect;
    collect({ type: 'major', flavor: 'last-resort' });
  }, after).unref();
}
