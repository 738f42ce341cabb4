import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { takeFolder } from '../../src/local/folder.js';
import { DATABASE_NAME, withDatabase } from '../../src/local/store-server.js';
import { type OwnPart, projectRoot, startOwnStore, startRedis, startStore } from '../support/parts.js';
import { ends, enrolled, enrolment, processOn, SECRET_KEY, withEnds } from '../support/contacts-process.js';

withEnds();

describe('replaying erasures after a backup was restored', () => {
  /** The command behind `npm run replay-erasures -- FILE…`, from the sources as they lie. */
  async function replay(env: NodeJS.ProcessEnv, ...files: string[]): Promise<{ code: number | null; said: string }> {
    const loader = join(projectRoot, 'tools', 'typescript.mjs');
    const program = join(projectRoot, 'src', 'local', 'replay-erasures.ts');
    const child = spawn(process.execPath, ['--no-warnings', '--import', loader, program, ...files], {
      cwd: projectRoot,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  const said = (read: number, erased: number): string =>
    `Erasures in the log: ${String(read)}. Come back with the backup, and erased now: ${String(erased)}.\n`;

  /** A folder that is gone after the test. */
  function folderFor(): string {
    const folder = mkdtempSync(join(tmpdir(), 'ct-replay-'));
    ends.push(() => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    });
    return folder;
  }

  /** A server that names its database. */
  const server = async (uri: string): Promise<NodeJS.ProcessEnv> => ({
    MONGODB_URI: uri,
    REDIS_URL: (await startRedis()).url,
    SMTP_URL: 'smtp://127.0.0.1:1',
    SECRET_KEY,
    DATA_DIR: folderFor(),
  });

  it('erases those who came back, at once, and leaves all others', async () => {
    const { uri } = await startStore();
    const process = await processOn(uri);
    const [erased, stays] = [await enrolled(process, 'ada@example.org'), await enrolled(process, 'bob@example.org')];
    await process.contacts.confirm(erased);
    const log = join(folderFor(), 'erased.log');
    writeFileSync(log, `${erased}\n\ntorn-li\n${'A'.repeat(22)}\n${erased}\n`);
    const env = await server(uri);
    const first = await replay(env, log);
    expect(first).toEqual({ code: 0, said: said(2, 1) });
    expect(await process.contacts.get(erased)).toBeUndefined();
    expect(await process.contacts.findByAddress('ada@example.org')).toBeUndefined();
    expect(await process.contacts.get(stays)).toMatchObject({ status: 'unconfirmed' });
    expect((await replay(env, log)).said).toBe(said(2, 0));
  });

  it('blocks again whoever wished it', async () => {
    const { uri } = await startStore();
    const process = await processOn(uri);
    const id = await enrolled(process, 'ada@example.org');
    const log = join(folderFor(), 'erased.log');
    writeFileSync(log, `\n${id}\n\n${id} blocked\n`);
    expect((await replay(await server(uri), log)).said).toBe(said(1, 1));
    expect(await process.contacts.enrol(enrolment('ADA@example.org'))).toEqual({ outcome: 'silent' });
  });

  it('opens the database of a data folder by itself, and refuses one that is in use', async () => {
    const store = await startOwnStore();
    ends.push(() => store.close());
    const uri = withDatabase(store.url(), DATABASE_NAME);
    const before = await processOn(uri);
    const [erased, stays] = [await enrolled(before, 'ada@example.org'), await enrolled(before, 'bob@example.org')];
    await before.module.close();
    await store.stop();
    const data = folderFor();
    cpSync(join(store.folder, 'data'), join(data, 'store'), { recursive: true });
    writeFileSync(join(data, 'secret-key'), SECRET_KEY);
    const log = join(data, 'erased.log');
    writeFileSync(log, `${erased}\n`);
    const lock = takeFolder(data);
    expect(await replay({ DATA_DIR: data }, log)).toMatchObject({ code: 1, said: expect.stringContaining('Stop it') });
    lock?.close();
    expect(await replay({ DATA_DIR: data }, log)).toEqual({
      code: 0,
      said: said(1, 1),
    });
    await rm(join(store.folder, 'data'), { recursive: true });
    cpSync(join(data, 'store'), join(store.folder, 'data'), { recursive: true });
    await store.start();
    const after = await processOn(uri);
    expect(await after.contacts.get(erased)).toBeUndefined();
    expect(await after.contacts.get(stays)).toMatchObject({ status: 'unconfirmed' });
  });

  it('says what is missing', async () => {
    expect(await replay({})).toMatchObject({ code: 1, said: expect.stringContaining('Name one or more files') });
    expect(await replay({}, '/none/erased.log')).toMatchObject({
      code: 1,
      said: 'There is no such file: /none/erased.log\n',
    });
  });
});

describe('the bytes on the disk', () => {
  const bytes = (store: OwnPart): Buffer =>
    Buffer.concat(
      readdirSync(store.folder, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => readFileSync(join(file.parentPath, file.name))),
    );
  const spellings = (text: string): Buffer[] => {
    const plain = Buffer.from(text);
    return [plain, Buffer.from(plain.toString('base64').slice(0, -4)), Buffer.from(plain.toString('hex'))];
  };

  it('hold no address and no place, and after erasing neither seal, key nor index', async () => {
    const store = await startOwnStore();
    ends.push(() => store.close());
    const process = await processOn(store.url());
    const email = 'ada.of.the.hills@copargo.example';
    const id = await enrolled(process, email, { region: null, place: 'Tanéka Koko' });
    const contact = await process.contacts.get(id);
    if (!contact) throw new Error('gone');
    for (const text of [email, email.toUpperCase(), 'ada.of.the.hills', 'Tanéka Koko'])
      for (const spelling of spellings(text)) expect(bytes(store).includes(spelling)).toBe(false);
    const held = [Buffer.from(contact.dataKey), Buffer.from(contact.address), Buffer.from(contact.index)];
    for (const each of held) expect(bytes(store).includes(each)).toBe(true);

    await process.contacts.erase(id, { cancelFirst: false, keepBlocked: true });
    await process.contacts.destroy(id);
    for (const each of held) expect(bytes(store).includes(each)).toBe(false);
    for (const spelling of spellings(email)) expect(bytes(store).includes(spelling)).toBe(false);
    expect((await process.contacts.enrol(enrolment(email))).outcome).toBe('silent');
  });
});
