/** Milliseconds after being asked to end; a supervisor or a container kills after ten seconds. */
const PATIENCE = 8_500;

/**
 * Ends this process in time when it is asked to, even if what it would wait for never comes: BullMQ waits without end for a
 * Redis that is away. What it had in hand is open in the database, and comes again.
 */
export function endInTime(): void {
  const asked = (): void => {
    setTimeout(() => {
      process.stderr.write('what was waited for did not come: ended without it\n');
      process.exit(1);
    }, PATIENCE).unref();
  };
  process.once('SIGTERM', asked);
  process.once('SIGINT', asked);
}
