import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

export interface Load {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: (number: number) => string;
}

/** What one round of requests took. */
export interface Took {
  /** Milliseconds by the wall clock for each request. */
  readonly wall: number;
  /** Milliseconds of processor time that the server spent on each request; undefined where the system does not tell. */
  readonly cpu: number | undefined;
}

const AT_ONCE = 16;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

/** Sends `count` requests, 16 at once, and measures the server with this process id. */
export async function round(load: Load, count: number, pid: number | undefined): Promise<Took> {
  const cpuBefore = cpuOf(pid);
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) await send(load, number);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const wall = (performance.now() - began) / count;
  const cpuAfter = cpuOf(pid);
  return { wall, cpu: cpuBefore === undefined || cpuAfter === undefined ? undefined : (cpuAfter - cpuBefore) / count };
}

function send({ method, url, body }: Load, number: number): Promise<void> {
  const text = body?.(number);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const headers = {
    'accept-language': 'fr',
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(text ?? '')),
  };
  const outgoing = request(url, { method, agent, family: 4, ...(text !== undefined && { headers }) }, (answer) => {
    answer.resume();
    answer.on('end', () => {
      if ((answer.statusCode ?? 500) < 400) resolve(undefined);
      else reject(new Error(`${method} ${new URL(url).pathname} answered ${String(answer.statusCode)}`));
    });
  });
  outgoing.on('error', reject);
  outgoing.end(text);
  return promise;
}

const TICK = 10;

/** Milliseconds of processor time that a process has spent so far (Linux: /proc/<pid>/stat, in ticks of 10 ms). */
export function cpuOf(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
