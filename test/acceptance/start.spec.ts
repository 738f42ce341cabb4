import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { startOf } from '../../src/local/orphans.js';
import { freePortFrom } from '../../src/local/ports.js';
import { projectRoot } from '../support/parts.js';
import { eventually } from '../support/waiting.js';

/** `npm start` as a person runs it: through npm, on a folder and a port of its own. */
class Start {
  output = '';
  readonly ended: Promise<number>;
  private readonly npm: ChildProcess;

  constructor(env: NodeJS.ProcessEnv) {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
    this.npm = spawn('npm', ['start', '--silent'], {
      cwd: projectRoot,
      env: { ...clean, NODE_OPTIONS: '', HOST: '127.0.0.1', ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    this.npm.stdout?.on('data', hear);
    this.npm.stderr?.on('data', hear);
    this.ended = once(this.npm, 'close').then(([code]) => Number(code));
  }

  async ready(): Promise<this> {
    void this.ended.then(() => (this.output += '\n[ended]'));
    await eventually(
      'the start to be ready',
      () => {
        if (this.output.endsWith('[ended]')) throw new Error(this.output);
        return this.output.includes('Ctrl-C ends everything');
      },
      90_000,
    );
    return this;
  }

  signal(signal: NodeJS.Signals, group = false): void {
    if (this.npm.pid !== undefined) process.kill(group ? -this.npm.pid : this.npm.pid, signal);
  }
}

const folders: string[] = [];
const starts: Start[] = [];
const PATIENCE = 180_000;

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ct-start-'));
  folders.push(folder);
  return folder;
};

function start(env: NodeJS.ProcessEnv): Start {
  const started = new Start(env);
  starts.push(started);
  return started;
}

const noted = (folder: string): readonly { pid: number; mark: string; startedAt: string }[] =>
  (JSON.parse(readFileSync(join(folder, 'run', 'processes.json'), 'utf8')) as { processes: never[] }).processes;
const pidOf = (folder: string, mark: string): number | undefined => {
  try {
    return noted(folder).find((each) => each.mark === mark)?.pid;
  } catch {
    return undefined;
  }
};

afterEach(async () => {
  for (const each of starts.splice(0)) {
    try {
      each.signal('SIGTERM');
    } catch {
      // It ended in its test.
    }
    await each.ended;
  }
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  it(
    'brings everything up, keeps it up, and ends it all at SIGTERM to npm',
    async () => {
      const [folder, port] = [newFolder(), String(await freePortFrom(3100, '127.0.0.1'))];
      const one = await start({ PORT: port, DATA_DIR: folder }).ready();
      const address = `http://localhost:${port}`;
      expect(one.output).toContain(address);
      expect(one.output).toContain(`${address}/dev/mail`);
      expect(one.output).toMatch(new RegExp(`${address}/sign-in/[\\w-]{32,}`));
      expect((await fetch(address)).status).toBe(200);

      const second = start({ PORT: port, DATA_DIR: folder });
      expect(await second.ended).toBe(1);
      expect(second.output).toMatch(/Try: PORT=\d+ DATA_DIR=\.\/data-2 npm start\n$/);
      const busy = start({ PORT: port, DATA_DIR: newFolder() });
      expect(await busy.ended).toBe(1);
      expect(busy.output).toMatch(new RegExp(`Port ${port} is taken\\. Try: PORT=\\d+ npm start\\n$`));

      for (const mark of ['embedded-mongo', 'redis-server', 'main.js', 'worker.js']) {
        const before = pidOf(folder, mark);
        if (before === undefined) continue;
        process.kill(before, 'SIGKILL');
        await eventually(`${mark} to be there again`, () => {
          const now = pidOf(folder, mark);
          return now !== undefined && now !== before;
        });
      }
      await eventually('the site to answer again', async () => {
        const answer = await fetch(`${address}/health/ready`).catch(() => undefined);
        return answer?.ok;
      });

      const everything = noted(folder);
      expect(everything.length).toBeGreaterThanOrEqual(2);
      one.signal('SIGTERM');
      await one.ended;
      for (const each of everything) expect(startOf(each.pid)).not.toBe(each.startedAt);
    },
    PATIENCE,
  );

  it(
    'ends what a killed start left behind, finds its data again, and runs beside another',
    async () => {
      const [folder, port] = [newFolder(), String(await freePortFrom(3200, '127.0.0.1'))];
      const killed = await start({ PORT: port, DATA_DIR: folder }).ready();
      const key = readFileSync(join(folder, 'secret-key'), 'utf8');
      const before = noted(folder);
      killed.signal('SIGKILL', true);
      await killed.ended;

      const again = start({ PORT: port, DATA_DIR: folder });
      const other = start({ PORT: String(await freePortFrom(3300, '127.0.0.1')), DATA_DIR: newFolder() });
      await Promise.all([again.ready(), other.ready()]);
      expect(readFileSync(join(folder, 'secret-key'), 'utf8')).toBe(key);
      for (const each of before) expect(startOf(each.pid)).not.toBe(each.startedAt);
    },
    PATIENCE,
  );

  it(
    'names what is wrong with a setting',
    async () => {
      const broken = start({ PORT: 'many', MAIL_FROM: 'nobody', DATA_DIR: newFolder() });
      expect(await broken.ended).toBe(1);
      expect(broken.output).toMatch(/^PORT: .*\nMAIL_FROM: .*\n$/m);
      const production = start({ NODE_ENV: 'production', DATA_DIR: newFolder(), SECRET_KEY: '', PUBLIC_URL: '' });
      expect(await production.ended).toBe(1);
      expect(production.output).toContain('SECRET_KEY is required');
    },
    PATIENCE,
  );
});
