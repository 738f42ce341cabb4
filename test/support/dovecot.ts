import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { freePort } from './product.js';
import { eventually } from './waiting.js';

/** `nobody`: whose the mailbox is. */
const USER = 65_534;
const PASSWORD = 'p@ss/word';

/** A real Dovecot with one mailbox, from a folder and on a port of its own. Wants root, as its parts run as other users. */
export class Dovecot {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<Dovecot> {
    // Its sockets lie in here, whose paths may not be long.
    const folder = mkdtempSync('/tmp/ct-dovecot-');
    const dovecot = new Dovecot(folder, await freePort());
    for (const name of ['run', 'mail']) mkdirSync(join(folder, name));
    execFileSync('chmod', ['755', folder]);
    chownSync(join(folder, 'mail'), USER, USER);
    writeFileSync(join(folder, 'dovecot.conf'), dovecot.configuration());
    await dovecot.run();
    return dovecot;
  }

  /** As IMAP_URL takes it. */
  get url(): string {
    return `imap://team:${encodeURIComponent(PASSWORD)}@127.0.0.1:${String(this.port)}/INBOX`;
  }

  async run(): Promise<void> {
    this.child = spawn('dovecot', ['-F', '-c', join(this.folder, 'dovecot.conf')], { stdio: 'ignore' });
    await eventually('Dovecot to answer', () =>
      this.client((client) => Promise.resolve(client.usable)).catch(() => false),
    );
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes the mailbox anew around the mails that lie there: all have other numbers, under another UIDVALIDITY. */
  forgetNumbers(): void {
    const inbox = join(this.folder, 'mail', 'team');
    for (const name of readdirSync(inbox))
      if (/^dovecot(?:-uid|\.index)/.test(name)) rmSync(join(inbox, name), { recursive: true });
  }

  async uidValidity(): Promise<bigint> {
    return this.client(async (client) => (await client.mailboxOpen('INBOX')).uidValidity);
  }

  async deliver(raw: string, at: Date): Promise<void> {
    await this.client((client) => client.append('INBOX', raw, [], at));
  }

  /** The marks of every mail, in the order of their arrival. */
  async marks(): Promise<readonly (readonly string[])[]> {
    return this.client(async (client) => {
      await client.mailboxOpen('INBOX', { readOnly: true });
      const marks: string[][] = [];
      for await (const { flags } of client.fetch('1:*', { flags: true })) marks.push([...(flags ?? [])]);
      return marks;
    });
  }

  private async client<Value>(act: (client: ImapFlow) => Promise<Value>): Promise<Value> {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: this.port,
      secure: false,
      auth: { user: 'team', pass: PASSWORD },
      logger: false,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await act(client);
    } finally {
      client.close();
    }
  }

  /** In the words of Dovecot 2.3. */
  private configuration(): string {
    return [
      'protocols = imap',
      'listen = 127.0.0.1',
      `base_dir = ${this.folder}/run`,
      `log_path = ${this.folder}/dovecot.log`,
      'ssl = no',
      'disable_plaintext_auth = no',
      'first_valid_uid = 1',
      `mail_location = maildir:${this.folder}/mail/%u`,
      `passdb {\n  driver = static\n  args = password=${PASSWORD}\n}`,
      `userdb {\n  driver = static\n  args = uid=${String(USER)} gid=${String(USER)} home=${this.folder}/mail/%u\n}`,
      'service imap-login {',
      `  inet_listener imap {\n    port = ${String(this.port)}\n  }`,
      '  inet_listener imaps {\n    port = 0\n  }',
      '}',
      '',
    ].join('\n');
  }
}
