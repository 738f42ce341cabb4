/** Holds the parts that all tests of a run share. Reads names of parts, answers where they are, ends with its input. */
import { createInterface } from 'node:readline';
import { type OwnPart, startOwnRedis, startOwnStore } from './parts.js';

const starts: Promise<OwnPart>[] = [];

for await (const name of createInterface(process.stdin)) {
  const start = name === 'redis' ? startOwnRedis() : startOwnStore();
  starts.push(start);
  start.then(
    (part) => {
      console.log(`${name} ready ${part.url()}`);
    },
    (error: unknown) => {
      console.log(`${name} failed ${error instanceof Error ? error.message : String(error)}`);
    },
  );
}
for (const outcome of await Promise.allSettled(starts)) if (outcome.status === 'fulfilled') await outcome.value.close();
