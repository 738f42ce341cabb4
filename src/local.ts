/**
 * Everything on one machine: store, Redis, mailbox, web and worker, each a process of its own (the mailbox lives here).
 * What MONGODB_URI, REDIS_URL or SMTP_URL name is used instead of our own.
 */
import { rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings, type Settings } from './config.js';
import { secretKeyFor, socketFolder, takeFolder } from './local/folder.js';
import { greeting } from './local/greeting.js';
import { Mailbox } from './local/mailbox.js';
import { openMailboxWindow } from './local/mailbox-http.js';
import { endOrphans, forgetRunning } from './local/orphans.js';
import { anyFreePort, freePortFrom, tryPort, tryWebPort } from './local/ports.js';
import type { KeptProcess } from './local/processes.js';
import { redisAnswers, redisProgram } from './local/redis-server.js';
import { storeProgram } from './local/store-server.js';
import { StartFailure, Supervisor } from './local/supervisor.js';
import { letGoOfStart } from './starting.js';

const projectRoot = join(import.meta.dirname, '..', '..');
const isProduction = process.env['NODE_ENV'] === 'production';
const given = (name: string): string | undefined => process.env[name] || undefined;
const ends: (() => Promise<void> | void)[] = [];

let ending: Promise<void> | undefined;
const end = (code: number): Promise<void> =>
  (ending ??= (async () => {
    for (const step of ends.toReversed()) await step();
    process.exit(code);
  })());

const isEnding = (): boolean => ending !== undefined;

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(0));
process.on('disconnect', () => void end(0));

try {
  await start();
} catch (error) {
  if (!isEnding()) console.error(error instanceof StartFailure ? error.message : error);
  await end(1);
}

async function start(): Promise<void> {
  const settings = checkSettings();
  const dataDir = resolve(settings.DATA_DIR);
  await takeDataFolder(settings, dataDir);
  const secretKey = secretKeyFor(dataDir, {
    given: given('SECRET_KEY'),
    previous: given('SECRET_KEY_PREVIOUS'),
    keepsData: given('MONGODB_URI') === undefined,
  });
  await endOrphans(dataDir);
  ends.push(() => {
    forgetRunning(dataDir);
  });
  const port = await choosePort(settings);
  const folder = socketFolder();
  ends.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const supervisor = new Supervisor(dataDir, folder);
  ends.push(() => supervisor.stop());

  const [mongodb, redis, mail] = await Promise.all([
    given('MONGODB_URI') ?? startStore(supervisor, folder, dataDir),
    given('REDIS_URL') ?? startRedis(supervisor, folder, dataDir),
    given('SMTP_URL') === undefined ? startMailbox() : undefined,
  ]);
  if (isEnding()) return;
  const inbound = await chooseInboundPort(settings);
  const email = given('ADMIN_EMAIL') ?? (isProduction ? '' : 'coordinator@come-together.example');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PORT: String(port),
    DATA_DIR: dataDir,
    MONGODB_URI: mongodb,
    REDIS_URL: redis,
    SMTP_URL: mail?.smtp ?? given('SMTP_URL'),
    DEV_MAIL_URL: mail?.http,
    SECRET_KEY: secretKey,
    ADMIN_EMAIL: email,
    INBOUND_SMTP_PORT: inbound === undefined ? undefined : String(inbound),
  };
  const metricsPort = await chooseMetricsPort(settings);
  const signIn = startWeb(supervisor, { ...env, METRICS_PORT: String(metricsPort) }, isLoopback(settings.HOST));
  supervisor.start({
    name: 'worker',
    mark: 'worker.js',
    command: process.execPath,
    args: ['--enable-source-maps', join(import.meta.dirname, 'worker.js')],
    env: { ...env, METRICS_PORT: '0' },
    onMessage: () => undefined,
  });
  await supervisor.until(signIn.web, () => isReady(settings.HOST, port), 90_000);
  const link = await Promise.race([
    signIn.link,
    sleep(isLoopback(settings.HOST) ? 5_000 : 0, undefined, { ref: false }),
  ]);
  if (isEnding()) return;
  const address = given('PUBLIC_URL') === undefined ? `http://localhost:${String(port)}` : settings.PUBLIC_URL;
  console.log(
    greeting({
      address,
      mailbox: mail && isLoopback(settings.HOST) ? `http://localhost:${String(port)}/dev/mail` : undefined,
      inbound,
      signIn: link === undefined ? undefined : { link, email },
      dataDir: relative(process.cwd(), dataDir) || dataDir,
    }),
  );
  letGoOfStart();
}

/** The settings, with stand-ins for what this process brings itself. Throws one line per broken variable. */
function checkSettings(): Settings {
  const brought = {
    MONGODB_URI: 'mongodb://127.0.0.1/',
    REDIS_URL: '/',
    SMTP_URL: 'smtp://127.0.0.1',
    ...(isProduction ? {} : { SECRET_KEY: 'A'.repeat(43) }),
  };
  const set = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const outcome = readSettings({ ...brought, ...set });
  if (!outcome.ok) throw new StartFailure(outcome.problems.join('\n'));
  return outcome.settings;
}

async function takeDataFolder(settings: Settings, dataDir: string): Promise<void> {
  let lock: ReturnType<typeof takeFolder>;
  try {
    lock = takeFolder(dataDir);
  } catch (error) {
    throw new StartFailure(`DATA_DIR: ${dataDir} cannot be used: ${error instanceof Error ? error.message : ''}`);
  }
  if (lock === undefined) {
    const port = String(await freePortFrom(settings.PORT + 1, settings.HOST));
    throw new StartFailure(
      `Another start is using ${settings.DATA_DIR}. Try: PORT=${port} DATA_DIR=./data-2 npm start`,
    );
  }
  const held = lock;
  ends.push(() => {
    held.close();
  });
}

async function choosePort({ PORT, HOST }: Settings): Promise<number> {
  if (PORT === 0) return freePortFrom(3000, HOST);
  const state = await tryWebPort(PORT, HOST).catch((error: unknown) => {
    throw new StartFailure(`HOST: cannot listen on ${HOST}: ${error instanceof Error ? error.message : ''}`);
  });
  if (state === 'free') return PORT;
  const other = String(await freePortFrom(state === 'forbidden' ? 3000 : PORT + 1, HOST));
  const trouble = state === 'forbidden' ? 'may not be used without more rights' : 'is taken';
  throw new StartFailure(`Port ${String(PORT)} ${trouble}. Try: PORT=${other} npm start`);
}

/** The usual port, or any when it is taken and nobody asked for it. */
async function chooseMetricsPort({ METRICS_PORT }: Settings): Promise<number> {
  const asked = given('METRICS_PORT') !== undefined;
  return asked || (await tryPort(METRICS_PORT, '127.0.0.1')) === 'free' ? METRICS_PORT : 0;
}

/**
 * Where incoming mail is taken. Locally 2525 is a wish: busy, or given and busy, it is any free port, which is printed; in
 * production it is what was asked for, and otherwise nobody listens.
 */
async function chooseInboundPort({ INBOUND_SMTP_PORT, HOST }: Settings): Promise<number | undefined> {
  if (isProduction) return INBOUND_SMTP_PORT;
  const wished = INBOUND_SMTP_PORT ?? 2525;
  if (wished !== 0 && (await tryPort(wished, HOST)) === 'free') return wished;
  return anyFreePort(HOST);
}

async function startStore(supervisor: Supervisor, folder: string, dataDir: string): Promise<string> {
  const main = join(projectRoot, 'dist', 'libs', 'embedded-mongo', 'main.js');
  let address: string | undefined;
  const program = storeProgram([main], join(folder, 'store.sock'), join(dataDir, 'store'), (uri) => {
    address = uri;
  });
  await supervisor.until(supervisor.start(program), () => address !== undefined);
  return address ?? '';
}

async function startRedis(supervisor: Supervisor, folder: string, dataDir: string): Promise<string> {
  const socket = join(folder, 'redis.sock');
  const program = redisProgram(projectRoot, socket, join(dataDir, 'redis'));
  if (program === undefined) throw new StartFailure('There is no redis-server here: install it, or set REDIS_URL');
  await supervisor.until(supervisor.start(program), () => redisAnswers(socket));
  return socket;
}

async function startMailbox(): Promise<{ smtp: string; http: string }> {
  const mailbox = await Mailbox.open();
  const window = await openMailboxWindow(mailbox);
  ends.push(() => {
    window.close();
    return mailbox.close();
  });
  return { smtp: mailbox.url, http: window.url };
}

/** The web process. At its first start (only on loopback) it is asked for a sign-in link, which comes as a message. */
function startWeb(
  supervisor: Supervisor,
  env: NodeJS.ProcessEnv,
  asksForLink: boolean,
): { web: KeptProcess; link: Promise<string> } {
  const { promise, resolve: heard } = Promise.withResolvers<string>();
  const ownEnv: NodeJS.ProcessEnv = asksForLink ? { ...env, PRINT_SIGN_IN: '1' } : env;
  const web = supervisor.start({
    name: 'web',
    mark: 'main.js',
    command: process.execPath,
    args: ['--enable-source-maps', join(import.meta.dirname, 'main.js')],
    env: ownEnv,
    onMessage: (message) => {
      if (typeof message !== 'object' || message === null || !('signInLink' in message)) return;
      delete ownEnv['PRINT_SIGN_IN'];
      heard(String(message.signInLink));
    },
  });
  return { web, link: promise };
}

async function isReady(host: string, port: number): Promise<boolean> {
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]', '::1': '[::1]' }[host] ?? host;
  try {
    const answer = await fetch(`http://${name}:${String(port)}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
