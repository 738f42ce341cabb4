import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TestMailbox } from '../test/support/mail.js';
import { projectRoot, startOwnRedis } from '../test/support/parts.js';
import { eventually } from '../test/support/waiting.js';

const FROM_SOURCES = ['--no-warnings', '--import', join(projectRoot, 'tools', 'typescript.mjs')];

interface Took {
  /** Milliseconds per mail, from the start of sending to the last mail's arrival; and of the sender's processor. */
  readonly wall: number;
  readonly cpu: number;
}

/**
 * Sends the same mails in turn through our libraries and as most projects do, each in a process of its own, to a server
 * in this one, and prints the medians of the rounds' ratios.
 */
export async function comparePipelines(count: number, rounds: number): Promise<void> {
  const [redis, mailbox] = await Promise.all([startOwnRedis(), TestMailbox.start()]);
  const took = { ours: [] as Took[], usual: [] as Took[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ['ours', 'usual'] as const) {
      took[name].push(
        await run(join('bench', `${name === 'ours' ? 'our' : 'usual'}-pipeline.ts`), count, redis.url(), mailbox),
      );
    }
  }
  const ratio = (of: keyof Took): number =>
    median(took.usual.map((each, round) => each[of] / (took.ours[round]?.[of] ?? Number.NaN)));
  console.log(`\nFrom the queue to a server that has taken it, ${String(count)} mails`);
  console.log(`  ours: ${median(took.ours.map(({ cpu }) => cpu * 1000)).toFixed(0)} us of processor per mail`);
  console.log(
    `  BullMQ, nodemailer and ical-generator: ours takes ${ratio('cpu').toFixed(2)}x less processor, to be 3x`,
  );
  console.log(`  and ${ratio('wall').toFixed(2)}x less time, the server's own work included`);
  await Promise.all([redis.close(), mailbox.close()]);
}

async function run(file: string, count: number, redisUrl: string, mailbox: TestMailbox): Promise<Took> {
  mailbox.box.clear();
  let [first, last, come] = [0, 0, 0];
  const end = mailbox.box.onMail(() => {
    last = performance.now();
    if (come === 0) first = last;
    come += 1;
  });
  const child = spawn(process.execPath, [...FROM_SOURCES, join(projectRoot, file), String(count)], {
    env: { ...process.env, REDIS_URL: redisUrl, SMTP_URL: mailbox.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [spent] = (await once(createInterface(child.stdout), 'line')) as [string];
  await Promise.all([eventually('the last mail', () => come >= count, 60_000), ended]);
  end();
  return { wall: (last - first) / count, cpu: Number(spent) / count };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
