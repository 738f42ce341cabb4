import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The first value other than undefined and false that `look` gives. Looks again and again, so that a test waits no longer than
 * it must and says what it waited for when that never comes.
 * @param patience in milliseconds
 */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
  patience = 60_000,
): Promise<Value> {
  const last = Date.now() + patience;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > last) throw new Error(`waited in vain for ${what}`);
    await sleep(25);
  }
}
