import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The options of `gc` that matter here: V8 keeps nothing it could make anew, and gives the room back to the system. */
type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/** A start that cannot go on; the message names the setting that is wrong, and says what to do. */
export class StartRefused extends Error {}

/** Ends a process that could not start, with the reason: a sentence where somebody can act on it, else where it failed. */
export function giveUp(error: unknown): never {
  const reason = error instanceof StartRefused ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${reason ?? ''}\n`);
  process.exit(1);
}

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

/**
 * Called once a process that works in bursts has started (what is loaded before was compiled without the option, and is
 * read with no other): at most as much is left to collect as is in use. By itself V8 lets the heap grow to several times of
 * that, which on a small machine the other processes then lack; this takes a few percent more of the processor.
 */
export function growSlowly(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
