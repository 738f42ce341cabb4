import { rmSync } from 'node:fs';

/** After all tests of a project; the last one finds nothing left to end. */
export default async function closeParts() {
  const parts = globalThis.testParts;
  if (!parts) return;
  globalThis.testParts = undefined;
  parts.server.close();
  await parts.end();
  rmSync(parts.folder, { recursive: true, force: true });
}
