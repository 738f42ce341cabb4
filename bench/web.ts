/**
 * `npm run bench`: forms, pages and announcements, each beside a baseline, in ratios of one interleaved run.
 * `-- --requests 500 --rounds 3 --contacts 200,400` makes it shorter.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { HONEYPOT } from '../libs/web/form-fields.js';
import { announce, draftMeeting, signIn } from '../test/support/journeys.js';
import { projectRoot } from '../test/support/parts.js';
import { Product } from '../test/support/product.js';
import { eventually } from '../test/support/waiting.js';
import { cpuOf, type Load, median, round, type Took } from './load.js';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '5' },
    contacts: { type: 'string', default: '1000,10000' },
  },
});
const requests = Number(values.requests);
const rounds = Number(values.rounds);
const crowds = values.contacts.split(',').map(Number);

const FROM_SOURCES = ['--no-warnings', '--import', join(projectRoot, 'tools', 'typescript.mjs')];
const ANSWERS = {
  howToStart: 'Planter des arbres avec les écoles, un arbre par enfant.',
  questions: 'Qui paie les plants ?',
  region: 'Copargo',
  country: 'BJ',
  language: 'fr',
  timeZone: 'Africa/Porto-Novo',
};

const product = await Product.start({ parts: 'own', env: { LOG_LEVEL: 'warn' } });
try {
  await forms();
  await announcements();
} finally {
  await product.stop();
}
process.exit();

interface Contender {
  readonly name: string;
  readonly load: Load;
  readonly pid: number | undefined;
}

async function forms(): Promise<void> {
  const page = await product.visitor('fr').open('/get-involved');
  const path = join(product.folder, 'page.html');
  writeFileSync(path, page.bytes);
  const child = spawn(process.execPath, [...FROM_SOURCES, join(projectRoot, 'bench', 'plain-server.ts'), path], {
    env: { ...process.env, MONGODB_URI: product.env['MONGODB_URI'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  const plain = (target: string): string => `http://127.0.0.1:${port}${target}`;
  const [web, bare] = [product.web.pid, child.pid];
  const answers = (): string => new URLSearchParams(ANSWERS).toString();
  // What a robot sends is read, checked and answered like everyone's, and kept nowhere.
  const ofRobot = (): string => new URLSearchParams({ ...ANSWERS, [HONEYPOT]: 'x' }).toString();
  let people = 0;
  const withAddress = (): string =>
    new URLSearchParams({ ...ANSWERS, email: `bench-${String(people++)}@crowd.example`, wants: 'meetings' }).toString();
  const form = `${product.address}/get-involved`;
  await compare('A page of the form', [
    { name: 'node:http, put together by hand', load: { method: 'GET', url: plain('/') }, pid: bare },
    { name: 'GET /get-involved', load: { method: 'GET', url: form }, pid: web },
  ]);
  await compare('Answers checked and kept nowhere', [
    { name: 'node:http and a JSON schema', load: { method: 'POST', url: plain('/'), body: ofRobot }, pid: bare },
    { name: 'POST /get-involved, as a robot sends it', load: { method: 'POST', url: form, body: ofRobot }, pid: web },
  ]);
  await compare('Answers without an address', [
    {
      name: 'node:http and a JSON schema, kept nowhere',
      load: { method: 'POST', url: plain('/'), body: answers },
      pid: bare,
    },
    {
      name: 'node:http and a JSON schema, one plain insert',
      load: { method: 'POST', url: plain('/keep'), body: answers },
      pid: bare,
    },
    { name: 'POST /get-involved, sealed and kept', load: { method: 'POST', url: form, body: answers }, pid: web },
  ]);
  await compare('Answers with an address', [
    {
      name: 'node:http and a JSON schema, one plain insert',
      load: { method: 'POST', url: plain('/keep'), body: withAddress },
      pid: bare,
    },
    {
      name: 'POST /get-involved, sealed, kept, and a mail on its way',
      load: { method: 'POST', url: form, body: withAddress },
      pid: web,
    },
  ]);
  child.kill();
}

/** Each contender in turn, again and again: what disturbs the machine disturbs all of them. The first is the measure. */
async function compare(title: string, contenders: readonly Contender[]): Promise<void> {
  const took = new Map<string, Took[]>(contenders.map(({ name }) => [name, []]));
  for (const { load, pid } of contenders) await round(load, Math.ceil(requests / 10), pid);
  for (let again = 0; again < rounds; again++)
    for (const { name, load, pid } of contenders) took.get(name)?.push(await round(load, requests, pid));
  const of = (name: string, what: 'wall' | 'cpu'): number =>
    median((took.get(name) ?? []).map((each) => each[what] ?? Number.NaN));
  const [measure] = contenders;
  show(
    title,
    contenders.map(({ name }) => {
      const ratio = (what: 'wall' | 'cpu'): string => `${(of(name, what) / of(measure?.name ?? '', what)).toFixed(2)}x`;
      return [
        name,
        `${ratio('wall')} time`,
        `${ratio('cpu')} processor`,
        `${(of(name, 'cpu') * 1000).toFixed(0)} µs of it each`,
      ];
    }),
  );
}

async function announcements(): Promise<void> {
  const coordinator = await signIn(product);
  const rows: string[][] = [];
  let [there, firstEach] = [0, 0];
  for (const crowd of crowds) {
    await product.script('crowd.ts', String(crowd));
    there = Math.max(there, crowd);
    const ours = await whileSending(there, product.worker.pid, async () => {
      await announce(coordinator, await draftMeeting(coordinator, { title: `For ${String(crowd)}` }));
    });
    const usual = await usualPipeline(crowd);
    firstEach ||= ours.wall;
    rows.push([
      `${String(crowd)} people`,
      `${(usual.wall / ours.wall).toFixed(2)}x the rate of BullMQ, nodemailer and ical-generator`,
      ours.cpu === undefined ? '' : `${((usual.cpu ?? Number.NaN) / ours.cpu).toFixed(2)}x less processor each`,
      `${(ours.wall / firstEach).toFixed(2)}x the time each of the smallest`,
      `${(1000 / ours.wall).toFixed(0)} a second`,
    ]);
  }
  show('An announcement, until the last mail has come', rows);
}

/** From the act until so many invitations have come, per mail. */
async function whileSending(count: number, pid: number | undefined, act: () => Promise<unknown>): Promise<Took> {
  product.mailbox.box.clear();
  let come = 0;
  const end = product.mailbox.box.onMail(({ raw }) => {
    if (raw.includes('method=')) come += 1;
  });
  const [began, cpuBefore] = [performance.now(), cpuOf(pid)];
  await act();
  await eventually(`${String(count)} invitations`, () => come >= count, 1_800_000);
  const [wall, cpuAfter] = [(performance.now() - began) / count, cpuOf(pid)];
  end();
  return { wall, cpu: cpuBefore === undefined || cpuAfter === undefined ? undefined : (cpuAfter - cpuBefore) / count };
}

async function usualPipeline(count: number): Promise<Took> {
  let cpu: number | undefined;
  const { wall } = await whileSending(count, undefined, async () => {
    const { REDIS_URL, SMTP_URL } = product.env;
    const child = spawn(
      process.execPath,
      [...FROM_SOURCES, join(projectRoot, 'bench', 'usual-pipeline.ts'), String(count)],
      {
        env: { ...process.env, REDIS_URL, SMTP_URL },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [spent] = (await once(createInterface(child.stdout), 'line')) as [string];
    cpu = Number(spent) / count;
  });
  return { wall, cpu };
}

function show(title: string, rows: readonly (readonly string[])[]): void {
  console.log(`\n${title}`);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd());
}
