import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isTimeOfDayRange, parseHours, parseMailbox, readRsaKey } from './config-values.js';
import { readSettings } from './config.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });

describe('MAIL_FROM', () => {
  it.each([
    ['Come Together <team@come-together.example>', { name: 'Come Together', address: 'team@come-together.example' }],
    ['"Régions jumelles" <equipe@copargo.example>', { name: 'Régions jumelles', address: 'equipe@copargo.example' }],
    ['Team <team@localhost>', { name: 'Team', address: 'team@localhost' }],
    ['Team <team@Grün.example>', { name: 'Team', address: 'team@xn--grn-ioa.example' }],
  ])('%s', (text, mailbox) => {
    expect(parseMailbox(text)).toEqual(mailbox);
  });

  it.each([
    'team@come-together.example',
    '<team@come-together.example>',
    'Team <team>',
    'Team <a..b@example.org>',
    'Team <équipe@example.org>',
    'Team <a@example.org>, Other <b@example.org>',
    'Team\r\nBcc: x <team@example.org>',
    'Team <team@exa mple.org>',
  ])('is none: %j', (text) => {
    expect(parseMailbox(text)).toBeUndefined();
  });
});

describe('QUIET_HOURS', () => {
  it('are two hours of the day', () => {
    expect(parseHours('22-7')).toEqual({ from: 22, to: 7 });
    expect(parseHours('0-0')).toEqual({ from: 0, to: 0 });
  });

  it.each(['', '22', '22-24', '-1-7', '22:30-7', 'night'])('%s are none', (text) => {
    expect(isTimeOfDayRange(text)).toBe(false);
  });
});

describe('a key that signs mails', () => {
  it('is PEM, PEM on one line, or a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ct-key-'));
    const file = join(folder, 'dkim.pem');
    writeFileSync(file, rsa);
    expect(readRsaKey(rsa)).toBe(rsa);
    expect(readRsaKey(rsa.replaceAll('\n', '\\n'))).toBe(rsa);
    expect(readRsaKey(file)).toBe(rsa);
    rmSync(folder, { recursive: true });
    expect(readRsaKey(file)).toBeUndefined();
  });

  it('is RSA, as receivers know nothing else for sure', () => {
    const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    expect(readRsaKey(other)).toBeUndefined();
  });
});

const read = (env: Record<string, string>) =>
  readSettings({
    ...{ MONGODB_URI: 'mongodb://localhost', REDIS_URL: '/tmp/r', SMTP_URL: 'smtp://x' },
    ...{ SECRET_KEY: 'A'.repeat(43), MAIL_FROM: 'Team <team@mail.x.example>' },
    ...env,
  });

describe('addresses of other parts', () => {
  const problemsOf = (env: Record<string, string>): readonly string[] => {
    const outcome = read(env);
    return outcome.ok ? [] : outcome.problems;
  };

  it.each([
    'mongodb://localhost',
    'mongodb://127.0.0.1:27017/come-together',
    'mongodb://db1.example.org:27017,db2.example.org:27018/come-together?replicaSet=ct',
    'mongodb://user:pass%20word@db1.example.org,db2.example.org/come-together?authSource=admin&w=majority',
    'mongodb+srv://cluster.example.org/come-together',
    'mongodb://%2Ftmp%2Fmongo.sock/come-together',
  ])('MONGODB_URI may be %s', (uri) => {
    expect(problemsOf({ MONGODB_URI: uri })).toEqual([]);
  });

  it.each([
    ['MONGODB_URI', 'db.example.org', 'must read like mongodb://host:27017/come-together'],
    ['MONGODB_URI', 'mongodb://', 'must read like mongodb://host:27017/come-together'],
    ['PUBLIC_URL', 'together.example.org', 'must read like https://together.example.org, without a path'],
    ['PUBLIC_URL', 'ftp://together.example.org', 'must read like https://together.example.org, without a path'],
    ['PUBLIC_URL', 'https://example.org/together', 'must read like https://together.example.org, without a path'],
    ['SMTP_URL', 'relay.example.org', 'must read like smtps://user:password@relay.example.org:465'],
    ['IMAP_URL', 'https://mail.example.org', 'must read like imaps://user:password@mail.example.org/INBOX'],
    ['ROOM_BASE_URL', 'http://meet.jit.si', 'must read like https://meet.jit.si'],
  ])('%s is refused by its name, and told how it reads: %s', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name}: ${problem}`]);
  });

  it('PUBLIC_URL is kept as an origin', () => {
    const outcome = read({ PUBLIC_URL: 'https://Together.example.org:443/' });
    expect(outcome.ok && outcome.settings.PUBLIC_URL).toBe('https://together.example.org');
  });
});

describe('TRUST_PROXY', () => {
  const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://x.example' };

  it('names proxies in production: with all trusted, anyone could choose the address that they are counted by', () => {
    const problem = 'TRUST_PROXY: must say how many proxies there are, or their addresses, in production';
    expect(read({ ...production, TRUST_PROXY: 'true' })).toEqual({ ok: false, problems: [problem] });
  });

  it.each(['', 'false', '1', ' 2 ', 'loopback', '10.0.0.0/8, 192.0.2.1', 'uniquelocal,::1', '2001:db8::/32'])(
    'may be %j',
    (setting) => {
      expect(read({ ...production, TRUST_PROXY: setting }).ok).toBe(true);
    },
  );

  // As lists of addresses, `1, 2` would be 0.0.0.1 and 0.0.0.2.
  it.each(['-1', '1, 2', '999', 'yes', 'proxy.example', '300.1.1.1', '1.2.3.4/40', '1.2.3.4/0', '10.0.0.0/8/8', ','])(
    'is refused by its name: %j',
    (setting) => {
      const outcome = read({ TRUST_PROXY: setting });
      expect(outcome.ok ? [] : outcome.problems).toEqual([
        'TRUST_PROXY: must be how many proxies there are, or their addresses, separated by commas',
      ]);
    },
  );
});

describe('DKIM settings', () => {
  const problems = (env: Record<string, string>): string[] => {
    const outcome = read(env);
    return outcome.ok ? [] : outcome.problems.map((line) => line.split(':')[0] ?? '');
  };
  const all = { DKIM_DOMAIN: 'x.example', DKIM_SELECTOR: 'ct', DKIM_PRIVATE_KEY: rsa };

  it('belong together', () => {
    const outcome = read(all);
    expect(outcome.ok && outcome.settings.DKIM).toEqual({ domain: 'x.example', selector: 'ct', privateKey: rsa });
    expect(problems({ DKIM_SELECTOR: 'ct' })).toEqual(['DKIM_DOMAIN', 'DKIM_PRIVATE_KEY']);
  });

  it.each([
    ['another domain than that of MAIL_FROM', { ...all, DKIM_DOMAIN: 'y.example' }, ['DKIM_DOMAIN']],
    ['the end of another name', { ...all, DKIM_DOMAIN: 'ail.x.example' }, ['DKIM_DOMAIN']],
    ['no key', { ...all, DKIM_PRIVATE_KEY: '/nowhere' }, ['DKIM_PRIVATE_KEY']],
    ['a selector with a space', { ...all, DKIM_SELECTOR: 'c t' }, ['DKIM_SELECTOR']],
  ])('refuse %s by its name', (_, env, names) => {
    expect(problems(env)).toEqual(names);
  });
});
