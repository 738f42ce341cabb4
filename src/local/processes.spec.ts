import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { secretKeyFor, takeFolder } from './folder.js';
import { endOrphans, noteRunning, startOf } from './orphans.js';
import { KeptProcess, type Program } from './processes.js';
import { Supervisor } from './supervisor.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ct-processes-'));
  mkdirSync(join(folder, 'run'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const STAYS = 'console.log("up"); setInterval(() => {}, 1000)';

const program = (script: string, more: Partial<Program> = {}): Program => ({
  name: 'sample',
  mark: 'ct-sample-mark',
  command: process.execPath,
  args: ['-e', script, 'ct-sample-mark'],
  env: process.env,
  ...more,
});

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await sleep(10);
}

describe('a part that does not start', () => {
  const EARLIER = 'SECRET_KEY: is another.\n-- sample ended with code 1\n';
  const told = /^The sample process does not start; its log says why: /;
  const start = async (said: string, before = ''): Promise<void> => {
    mkdirSync(join(folder, 'log'));
    writeFileSync(join(folder, 'log', 'sample.log'), before);
    const supervisor = new Supervisor(folder, folder);
    const part = supervisor.start(program(`process.stderr.write(${JSON.stringify(said)}); process.exit(1)`));
    await supervisor.until(part, () => false).finally(() => supervisor.stop());
  };

  it('is told of with the setting that it named', async () => {
    const named = 'SECRET_KEY: is another than the one by which the data in this database was written.';
    await expect(start(`a line before\n${named}\n`)).rejects.toThrow(`The sample process does not start; ${named}`);
  });

  it('is told of with its log where it said anything else', async () => {
    await expect(start('Error: out of luck\n')).rejects.toThrow(told);
  });

  it.each(['Error: out of luck\n', ''])(
    'is not told of with a setting that was wrong at an earlier start: %j',
    async (said) => {
      await expect(start(said, EARLIER)).rejects.toThrow(told);
    },
  );

  it('is not told of with it where it does not get ready and has said nothing', async () => {
    const supervisor = new Supervisor(folder, folder);
    mkdirSync(join(folder, 'log'));
    writeFileSync(join(folder, 'log', 'sample.log'), EARLIER);
    const waiting = supervisor.until(supervisor.start(program('setInterval(() => {}, 1000)')), () => false, 0);
    await expect(waiting.finally(() => supervisor.stop())).rejects.toThrow(
      /^The sample process does not get ready; its log says why: /,
    );
  });
});

describe('a kept process', () => {
  const keep = (sample: Program): KeptProcess => new KeptProcess(sample, join(folder, 'sample.log'), () => undefined);

  it('is there again after kill -9, until it is told to end', async () => {
    const lines: string[] = [];
    const kept = keep(program(STAYS, { onLine: (line) => lines.push(line) }));
    kept.start();
    await until(() => lines.length === 1);
    const first = kept.pid;
    process.kill(first ?? 0, 'SIGKILL');
    await until(() => lines.length === 2);
    expect(kept.pid).not.toBe(first);
    await kept.stop(5_000);
    expect(kept.pid).toBeUndefined();
    expect(readFileSync(join(folder, 'sample.log'), 'utf8')).toContain('ended with SIGKILL');
  });

  it('is ended when it does not want to', async () => {
    const lines: string[] = [];
    const kept = keep(program(`process.on('SIGTERM', () => {}); ${STAYS}`, { onLine: (line) => lines.push(line) }));
    kept.start();
    await until(() => lines.length === 1);
    await kept.stop(50);
    expect(kept.pid).toBeUndefined();
  });

  it('counts how often it dies, and stays away when stopped between two tries', async () => {
    const kept = keep(program('process.exit(3)'));
    kept.start();
    await until(() => kept.recentDeaths >= 2 && kept.pid === undefined);
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await kept.stop(1_000);
    expect(timers()).toBe(before - 1);
    expect(kept.pid).toBeUndefined();
  });

  it('says so in its log when the program is not there', async () => {
    const kept = keep({ ...program(''), command: '/nowhere/at-all' });
    kept.start();
    await until(() => kept.recentDeaths > 0);
    await kept.stop(1_000);
    expect(readFileSync(join(folder, 'sample.log'), 'utf8')).toMatch(/nowhere/);
  });

  it('keeps its log short', () => {
    const path = join(folder, 'sample.log');
    writeFileSync(path, Buffer.alloc(21 * 1024 * 1024, 'x'));
    keep(program('')).trimLog();
    expect(readFileSync(path)).toHaveLength(0);
    expect(readFileSync(`${path}.1`)).toHaveLength(21 * 1024 * 1024);
  });

  it('hears what its child says', async () => {
    const heard: unknown[] = [];
    const kept = keep(program(`process.send({ a: 1 }); ${STAYS}`, { onMessage: (message) => heard.push(message) }));
    kept.start();
    await until(() => heard.length === 1);
    expect(heard).toEqual([{ a: 1 }]);
    await kept.stop(5_000);
  });
});

describe('what a killed start left behind', () => {
  const running = async (): Promise<KeptProcess> => {
    const lines: string[] = [];
    const sample = program(STAYS, { onLine: (line) => lines.push(line) });
    const kept = new KeptProcess(sample, join(folder, 'sample.log'), () => undefined);
    kept.start();
    await until(() => lines.length === 1);
    return kept;
  };

  it('is ended, and its private folder removed', async () => {
    const kept = await running();
    const pid = kept.pid ?? 0;
    const left = mkdtempSync(join(tmpdir(), 'come-together-'));
    noteRunning(folder, left, [{ pid, mark: 'ct-sample-mark' }]);
    const ended = kept.stop(60_000);
    await endOrphans(folder);
    await ended;
    expect(startOf(pid)).toBeUndefined();
    expect(() => readFileSync(left)).toThrow('ENOENT');
  });

  it.each([
    ['another program', (note: string) => note.replace('ct-sample-mark', 'redis-server')],
    ['a process that began at another time', (note: string) => note.replace(/"startedAt":"[^"]*"/, '"startedAt":"1"')],
  ])('is never %s with the same number', async (_, change) => {
    const kept = await running();
    const pid = kept.pid ?? 0;
    noteRunning(folder, '/nowhere', [{ pid, mark: 'ct-sample-mark' }]);
    const path = join(folder, 'run', 'processes.json');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    await endOrphans(folder);
    expect(kept.pid).toBe(pid);
    expect(startOf(pid)).toBeDefined();
    await kept.stop(5_000);
  });

  it('may be a note that was cut off', async () => {
    writeFileSync(join(folder, 'run', 'processes.json'), '{"fold');
    await expect(endOrphans(folder)).resolves.toBeUndefined();
  });
});

describe('a data folder', () => {
  it('is taken by one at a time', () => {
    const first = takeFolder(folder);
    expect(first).toBeDefined();
    expect(takeFolder(folder)).toBeUndefined();
    first?.close();
    const again = takeFolder(folder);
    expect(again).toBeDefined();
    again?.close();
  });

  it('keeps one secret key', () => {
    takeFolder(folder)?.close();
    const key = secretKeyFor(folder, { keepsData: true });
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(secretKeyFor(folder, { keepsData: true })).toBe(key);
    expect(secretKeyFor(folder, { given: 'other', keepsData: true })).toBe('other');
  });

  it('is not opened by another key than it was written by: nothing would say why no address can be read', () => {
    takeFolder(folder)?.close();
    const key = secretKeyFor(folder, { keepsData: true });
    writeFileSync(join(folder, 'log', 'web.log'), '');
    expect(() => secretKeyFor(folder, { given: 'other', keepsData: true })).toThrow('SECRET_KEY: is another than');
    expect(secretKeyFor(folder, { given: key, keepsData: true })).toBe(key);
    expect(secretKeyFor(folder, { given: 'other', previous: key, keepsData: true })).toBe('other');
    expect(secretKeyFor(folder, { given: 'other', keepsData: false })).toBe('other');
    rmSync(join(folder, 'secret-key'));
    expect(() => secretKeyFor(folder, { keepsData: true })).toThrow('is gone');
    expect(secretKeyFor(folder, { given: 'other', keepsData: true })).toBe('other');
  });
});
