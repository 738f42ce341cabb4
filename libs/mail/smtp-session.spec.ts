import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { certificateFor } from '../../test/support/certificate.js';
import type { SendOutcome } from './smtp-outcome.js';
import { SmtpSender, type SmtpOptions } from './smtp-sender.js';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const envelope = { from: 'bounce+00@x.example', to: 'ama@donga.example' };
const mail = Buffer.from('Subject: hi\r\n\r\nhello\r\n');
const accepted = (count: number): SendOutcome[] => Array.from({ length: count }, () => ({ kind: 'accepted' }));

/** Sends that many mails at once. */
function sending(url: string, options: SmtpOptions = {}): (count: number) => Promise<SendOutcome[]> {
  const sender = new SmtpSender(url, options);
  ends.push(() => sender.close());
  return (count) => Promise.all(Array.from({ length: count }, () => sender.send(envelope, mail)));
}

const certificate = certificateFor('localhost');

/** A server that keeps the rules; nobody vouches for its certificate but who is told to. */
async function server(options: SMTPServerOptions): Promise<{ host: string; came: string[] }> {
  const came: string[] = [];
  const defaults: SMTPServerOptions = {
    ...{ disableReverseLookup: true, closeTimeout: 100, authOptional: true, onAuth: signIn, ...certificate },
    onData: (stream, session, callback) => {
      stream.resume().on('end', () => {
        came.push([session.secure ? 'TLS' : 'plain', session.user || 'nobody'].join(' '));
        callback();
      });
    },
  };
  const smtp = new SMTPServer(Object.assign(defaults, options));
  smtp.on('error', () => undefined);
  await once(smtp.listen(0, 'localhost'), 'listening');
  ends.push(
    () =>
      new Promise<void>((resolve) => {
        smtp.close(resolve);
      }),
  );
  return { host: `localhost:${String((smtp.server.address() as AddressInfo).port)}`, came };
}

const signIn: NonNullable<SMTPServerOptions['onAuth']> = (given, _, callback) => {
  const isRight = given.password === undefined ? given.validatePassword('secret') : given.password === 'secret';
  if (given.username === 'ama' && isRight) callback(null, { user: 'ama' });
  else callback(Object.assign(new Error('no'), { responseCode: 535 }));
};

const IN_CLEAR: SMTPServerOptions = { disabledCommands: ['STARTTLS'], allowInsecureAuth: true };
const by = (...authMethods: string[]): SMTPServerOptions => ({ ...IN_CLEAR, authMethods });
const UNPROVEN = 'tls.rejectUnauthorized=false';
const VOUCHED = `tls.ca=${encodeURIComponent(certificate.cert)}`;

describe('what SMTP_URL asks for', () => {
  it.each<[string, SMTPServerOptions, (host: string) => string, string]>([
    ['TLS from the start', { secure: true }, (host) => `smtps://${host}?${VOUCHED}`, 'TLS nobody'],
    ['TLS where it is offered', {}, (host) => `smtp://${host}?${VOUCHED}`, 'TLS nobody'],
    ['TLS with whomever', {}, (host) => `smtp://${host}?${UNPROVEN}`, 'TLS nobody'],
    ['no TLS, though it is offered', {}, (host) => `smtp://${host}?ignoreTLS=true`, 'plain nobody'],
    ['a password', by('PLAIN'), (host) => `smtp://ama:secret@${host}`, 'plain ama'],
    ['a password in two steps', by('LOGIN'), (host) => `smtp://ama:secret@${host}`, 'plain ama'],
    ['a password that is not shown', by('CRAM-MD5'), (host) => `smtp://ama:secret@${host}`, 'plain ama'],
    [
      'one way to sign in of two',
      by('CRAM-MD5', 'LOGIN'),
      (host) => `smtp://ama:secret@${host}?authMethod=LOGIN`,
      'plain ama',
    ],
    ['a password over TLS', {}, (host) => `smtp://ama:secret@${host}?requireTLS=true&${VOUCHED}`, 'TLS ama'],
  ])('%s', async (_, options, url, session) => {
    const { host, came } = await server(options);
    expect(await sending(url(host), { connections: 1 })(2)).toEqual(accepted(2));
    expect(came).toEqual([session, session]);
  });

  it.each<[string, SMTPServerOptions, (host: string) => string, SendOutcome]>([
    ['a certificate that nobody vouches for', { secure: true }, (host) => `smtps://${host}`, { kind: 'put-off' }],
    [
      'a certificate of another name',
      { secure: true },
      (host) => `smtps://${host}?${VOUCHED}&servername=mx.example`,
      { kind: 'put-off' },
    ],
    ['one that nobody vouches for where TLS is offered', {}, (host) => `smtp://${host}`, { kind: 'put-off' }],
    ['TLS that is not there', IN_CLEAR, (host) => `smtp://${host}?requireTLS=true`, { kind: 'put-off' }],
    ['a wrong password', by('PLAIN'), (host) => `smtp://ama:wrong@${host}`, { kind: 'put-off', code: 535 }],
    [
      'a server that wants a password',
      { ...IN_CLEAR, authOptional: false },
      (host) => `smtp://${host}`,
      { kind: 'put-off', code: 530 },
    ],
  ])('nothing goes out with %s', async (_, options, url, outcome) => {
    const { host, came } = await server(options);
    expect((await sending(url(host))(1))[0]).toMatchObject(outcome);
    expect(came).toEqual([]);
  });
});

type Answer = (line: string, socket: Socket) => string | undefined;

/** A server that says to each line, and to each mail as `.`, what it is told to; nothing where that is undefined. */
async function told(answer: Answer): Promise<{ url: string; conversations: () => number; bodies: string[] }> {
  const bodies: string[] = [];
  const sockets: Socket[] = [];
  const tcp = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined).setNoDelay(true));
    let [rest, isMail, body] = ['', false, ''];
    const reply = (line: string): void => {
      const said = answer(line, socket);
      isMail = said?.startsWith('354') === true;
      if (said !== undefined && !socket.writableEnded) socket.write(said);
    };
    socket.write('220 hi\r\n');
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!isMail) reply(line);
        else if (line !== '.') body += `${line}\r\n`;
        else {
          bodies.push(body);
          body = '';
          reply('.');
        }
      }
    });
  });
  await once(tcp.listen(0, '127.0.0.1'), 'listening');
  ends.push(
    () =>
      new Promise<void>((resolve) => {
        tcp.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  );
  const { port } = tcp.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${String(port)}`, conversations: () => sockets.length, bodies };
}

/** What a sound server says. */
function usual(line: string): string {
  if (line.startsWith('EHLO')) return '250-hi\r\n250 PIPELINING\r\n';
  if (line === 'DATA') return '354 go on\r\n';
  return line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n';
}

describe('a server', () => {
  it('that knows HELO alone', async () => {
    const { url, bodies } = await told((line) => (line.startsWith('EHLO') ? '502 what?\r\n' : usual(line)));
    expect(await sending(url, { connections: 1 })(3)).toEqual(accepted(3));
    expect(bodies).toHaveLength(3);
  });

  it('that names no extension', async () => {
    const { host, came } = await server({ ...IN_CLEAR, hidePIPELINING: true, hideSMTPUTF8: true });
    expect(await sending(`smtp://${host}`, { connections: 2 })(5)).toEqual(accepted(5));
    expect(came).toHaveLength(5);
  });

  it('whose replies come octet by octet, and in several lines', async () => {
    const { url, bodies } = await told((line, socket) => {
      const said = usual(line).replace(/^(\d{3}) (ok|go on)/, '$1-first\r\n$1 $2');
      // What it says last tells of itself whether a mail follows.
      for (const octet of said) if (line !== 'DATA') socket.write(octet);
      return line === 'DATA' ? said : undefined;
    });
    expect(await sending(url, { connections: 1 })(3)).toEqual(accepted(3));
    expect(bodies).toHaveLength(3);
  });

  it('gets a fresh connection now and then', async () => {
    const { url, conversations, bodies } = await told(usual);
    expect(await sending(url, { connections: 1 })(250)).toEqual(accepted(250));
    expect(conversations()).toBe(3);
    expect(bodies).toHaveLength(250);
  });

  it('that has closed what was idle', async () => {
    let last: Socket | undefined;
    const { url, conversations } = await told((line, socket) => {
      last = socket;
      return usual(line);
    });
    const send = sending(url);
    expect(await send(1)).toEqual(accepted(1));
    last?.end('421 idle for too long\r\n');
    if (last) await once(last, 'close');
    expect(await send(1)).toEqual(accepted(1));
    expect(conversations()).toBe(2);
  });

  it('that leaves when a mail is named behind another: each arrives once, from then on one after another', async () => {
    let [isSameTurn, left] = [false, 0];
    const { url, bodies, conversations } = await told((line, socket) => {
      if (line === '.') {
        isSameTurn = true;
        setImmediate(() => (isSameTurn = false));
      } else if (line.startsWith('MAIL') && isSameTurn) {
        left += 1;
        socket.end();
      }
      return usual(line);
    });
    expect(await sending(url, { connections: 1 })(4)).toEqual(accepted(4));
    expect(bodies).toHaveLength(4);
    expect(left).toBe(1);
    expect(conversations()).toBe(2);
  });

  it('that has a mail is waited for at the end, and is handed no other', async () => {
    const reached = Promise.withResolvers<Socket>();
    const { url, bodies } = await told((line, socket) => {
      if (line !== '.') return usual(line);
      reached.resolve(socket);
      return undefined;
    });
    const sender = new SmtpSender(url, { connections: 1 });
    const [first, second] = [sender.send(envelope, mail), sender.send(envelope, mail)];
    const socket = await reached.promise;
    const closing = sender.close(60_000);
    expect(await second).toEqual({ kind: 'put-off' });
    socket.write('250 taken\r\n');
    expect(await first).toEqual({ kind: 'accepted' });
    await closing;
    expect(bodies).toHaveLength(1);
  });

  it('that does not say what became of a mail when the end comes', async () => {
    const reached = Promise.withResolvers<undefined>();
    const { url } = await told((line) => {
      if (line !== '.') return usual(line);
      reached.resolve(undefined);
      return undefined;
    });
    const sender = new SmtpSender(url);
    const outcome = sender.send(envelope, mail);
    await reached.promise;
    await sender.close(0);
    expect(await outcome).toEqual({ kind: 'unknown' });
  });
});

describe('a mail', () => {
  it('of any size, and of nothing but dots', async () => {
    const { url, bodies } = await told(usual);
    const large = Buffer.from('.\r\n'.repeat(300_000));
    const sender = new SmtpSender(url);
    ends.push(() => sender.close());
    expect(await sender.send(envelope, large)).toEqual({ kind: 'accepted' });
    expect(bodies[0] === '..\r\n'.repeat(300_000)).toBe(true);
  });
});
