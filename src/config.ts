import { z } from 'zod';
import { isTimeOfDayRange, namesProxies, parseMailbox, readRsaKey } from './config-values.js';

const secret = z.string().refine((text) => /^[A-Za-z0-9+/]{43}=?$/.test(text), 'must be 32 bytes in base64');
const flag = (byDefault: 'on' | 'off') =>
  z
    .enum(['on', 'off'])
    .default(byDefault)
    .transform((value) => value === 'on');
const count = (least: number, most: number, byDefault: number) =>
  z.coerce.number({ error: 'must be a number' }).int().min(least).max(most).default(byDefault);
const origin = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !text.endsWith('?')) return url.origin;
  context.addIssue({ code: 'custom', message: 'must read like https://together.example.org, without a path' });
  return z.NEVER;
});
/** What addresses of mail servers and rooms look like, told where one is something else. */
const address = (protocol: RegExp, error: string) => z.url({ protocol, error });
/** Replica sets name several hosts with their ports, which no URL can. */
const MONGODB = /^mongodb(?:\+srv)?:\/\/[^\s/]+(?:\/\S*)?$/;

const dkimOf = (domain?: string, selector?: string, privateKey?: string) =>
  domain === undefined || selector === undefined || privateKey === undefined
    ? undefined
    : { domain, selector, privateKey };

/**
 * Every setting of the product. Empty strings count as unset, so that a line left blank in an env file is the default.
 * In development all have defaults (src/local.ts fills in the addresses of the parts it starts); production names its own.
 */
const schema = z
  .object({
    NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
    PORT: count(0, 65_535, 3000),
    HOST: z.string().default('127.0.0.1'),
    PUBLIC_URL: origin.optional(),
    TRUST_PROXY: z
      .string()
      .trim()
      .refine(namesProxies, 'must be how many proxies there are, or their addresses, separated by commas')
      .optional(),
    DATA_DIR: z.string().default('./data'),
    MONGODB_URI: z.string().regex(MONGODB, 'must read like mongodb://host:27017/come-together'),
    REDIS_URL: z
      .string()
      .refine((text) => /^(rediss?:\/\/|unix:|\/)/.test(text), 'must be a redis:// address or a socket path'),
    SMTP_URL: address(/^smtps?$/, 'must read like smtps://user:password@relay.example.org:465'),
    IMAP_URL: address(/^imaps?$/, 'must read like imaps://user:password@mail.example.org/INBOX').optional(),
    INBOUND_SMTP_PORT: z.coerce.number({ error: 'must be a number' }).int().min(0).max(65_535).optional(),
    MAIL_FROM: z
      .string()
      .default('Come Together <team@come-together.example>')
      .transform((text, context) => {
        const mailbox = parseMailbox(text);
        if (mailbox) return mailbox;
        context.addIssue({ code: 'custom', message: 'must read: Name <address>' });
        return z.NEVER;
      }),
    DKIM_DOMAIN: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a domain')
      .optional(),
    DKIM_SELECTOR: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i, 'must be a name')
      .optional(),
    DKIM_PRIVATE_KEY: z
      .string()
      .transform((text, context) => {
        const key = readRsaKey(text);
        if (key !== undefined) return key;
        context.addIssue({ code: 'custom', message: 'must be an RSA key as PEM, or the path of a file with one' });
        return z.NEVER;
      })
      .optional(),
    CONTACT_EMAIL: z.email().optional(),
    ADMIN_EMAIL: z.email().optional(),
    SECRET_KEY: secret,
    SECRET_KEY_PREVIOUS: secret.optional(),
    ROOM_BASE_URL: address(/^https$/, 'must read like https://meet.jit.si').default('https://meet.jit.si'),
    EXAMPLE_DATA: z.enum(['on', 'off']).optional(),
    RATE_LIMITS: flag('on'),
    MAX_MAILS_PER_DAY: count(1, 1000, 8),
    QUIET_HOURS: z.string().refine(isTimeOfDayRange, 'must read like 22-7').default('22-7'),
    METRICS_PORT: count(0, 65_535, 9464),
    EDIT_WINDOW_SECONDS: count(0, 3600, 120),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    DEV_MAIL_URL: z.url().optional(),
  })
  .superRefine((settings, context) => {
    const refuse = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (settings.NODE_ENV === 'production' && !settings.RATE_LIMITS)
      refuse('RATE_LIMITS', 'may not be off in production');
    if (settings.NODE_ENV === 'production' && settings.PUBLIC_URL === undefined)
      refuse('PUBLIC_URL', 'is required in production');
    // Whoever asks could name any address as their own, and so be counted under a new one each time.
    if (settings.NODE_ENV === 'production' && settings.TRUST_PROXY === 'true')
      refuse('TRUST_PROXY', 'must say how many proxies there are, or their addresses, in production');
    const dkim = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_PRIVATE_KEY'] as const;
    if (dkim.some((name) => settings[name] !== undefined))
      for (const name of dkim) if (settings[name] === undefined) refuse(name, 'belongs to the other DKIM settings');
    if (
      settings.DKIM_DOMAIN !== undefined &&
      !`.${settings.MAIL_FROM.address}`
        .replace('@', '.')
        .toLowerCase()
        .endsWith(`.${settings.DKIM_DOMAIN.toLowerCase()}`)
    )
      refuse('DKIM_DOMAIN', 'must be the domain of MAIL_FROM, or one above it');
    if (settings.ADMIN_EMAIL?.toLowerCase() === settings.MAIL_FROM.address.toLowerCase())
      refuse('ADMIN_EMAIL', 'may not be the address of MAIL_FROM');
  })
  .transform((settings) => ({
    ...settings,
    PUBLIC_URL: settings.PUBLIC_URL ?? `http://localhost:${String(settings.PORT)}`,
    CONTACT_EMAIL: settings.CONTACT_EMAIL ?? settings.MAIL_FROM.address,
    DKIM: dkimOf(settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_PRIVATE_KEY),
    EXAMPLE_DATA: (settings.EXAMPLE_DATA ?? (settings.NODE_ENV === 'production' ? 'off' : 'on')) === 'on',
  }));

export type Settings = z.output<typeof schema>;

/** Whether what calendars and people write to MAIL_FROM reaches us. */
export const hearsMail = ({ IMAP_URL, INBOUND_SMTP_PORT }: Pick<Settings, 'IMAP_URL' | 'INBOUND_SMTP_PORT'>): boolean =>
  IMAP_URL !== undefined || INBOUND_SMTP_PORT !== undefined;

/** The token under which Nest hands out the validated settings. */
export const SETTINGS = Symbol('settings');

/** Reads the settings, or says per variable what is wrong with it. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
): { ok: true; settings: Settings } | { ok: false; problems: readonly string[] } {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return { ok: true, settings: result.data };
  return {
    ok: false,
    problems: result.error.issues.map((issue) =>
      issue.code === 'invalid_type' && !(String(issue.path[0]) in given)
        ? `${String(issue.path[0])} is required`
        : `${issue.path.join('.')}: ${issue.message}`,
    ),
  };
}
