import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createVerify, createHash } from 'node:crypto';
import { DkimSigner } from './dkim.js';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
const signer = new DkimSigner({ domain: 'x.example', selector: 's1', privateKey });
const date = new Date('2027-01-11T09:00:00Z');
const MAIL =
  'From: "A" <a@x.example>\r\nTo: <b@y.example>\r\nSubject: Ideas\r\n for  2035\r\nDate: Mon, 11 Jan 2027 09:00:00 +0000\r\n' +
  'Content-Type: text/plain\r\n\r\nHello  there \r\n\r\n.dot\r\n\r\n\r\n';

/** Written after RFC 6376 6.1 alone, line by line, as a receiver would. */
function verifies(mail: string): boolean {
  const [head = '', ...rest] = mail.split('\r\n\r\n');
  const headers = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const canonical = (line: string): string => {
    const [name = '', ...value] = line.split(':');
    return `${name.toLowerCase().trim()}:${value
      .join(':')
      .replace(/[ \t]+/g, ' ')
      .trim()}`;
  };
  const signature = headers.find((line) => line.startsWith('DKIM-Signature:')) ?? '';
  const tag = (name: string): string =>
    new RegExp(`(?:^|;)\\s*${name}=([^;]*)`).exec(signature.slice('DKIM-Signature:'.length))?.[1]?.replace(/\s/g, '') ??
    '';
  const body = rest
    .join('\r\n\r\n')
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(\r\n)*$/, '\r\n');
  if (createHash('sha256').update(body).digest('base64') !== tag('bh')) return false;
  const unused = headers.filter((line) => line !== signature);
  const signed = tag('h')
    .split(':')
    .map((name) => {
      const at = unused.findLastIndex((line) => line.toLowerCase().startsWith(`${name}:`));
      return at < 0 ? '' : `${canonical(unused.splice(at, 1)[0] ?? '')}\r\n`;
    })
    .join('');
  const own = canonical(signature.replace(/b=[A-Za-z0-9+/= ]*$/, 'b='));
  return createVerify('sha256')
    .update(signed + own)
    .verify(pair.publicKey, tag('b'), 'base64');
}

describe('DKIM', () => {
  it('signs so that a receiver verifies it, after a relay has folded and spaced the lines anew', async () => {
    const signed = await signer.sign(MAIL, date);
    expect(verifies(signed)).toBe(true);
    expect(verifies(signed.replace('Subject: Ideas\r\n for  2035', 'SUBJECT:  Ideas for 2035  '))).toBe(true);
    expect(verifies(`Received: from a relay\r\n${signed}`)).toBe(true);
  });

  it.each([
    ['the text', 'Hello', 'Hallo'],
    ['the subject', 'for  2035', 'for 2036'],
    ['a second From', 'To: <b@', 'From: <evil@y.example>\r\nTo: <b@'],
    ['a Reply-To that was not there', 'To: <b@', 'Reply-To: <evil@y.example>\r\nTo: <b@'],
    ['a List-Unsubscribe that was not there', 'To: <b@', 'List-Unsubscribe: <https://evil.example>\r\nTo: <b@'],
    ['the kind of content', 'text/plain', 'text/html'],
  ])('no longer verifies when someone changed %s', async (_, before, after) => {
    const signed = await signer.sign(MAIL, date);
    expect(signed).toContain(before);
    expect(verifies(signed.replace(before, after))).toBe(false);
  });

  it('gives the same bytes again, names domain and selector, signs the whole body', async () => {
    const signed = await signer.sign(MAIL, date);
    expect(await signer.sign(MAIL, date)).toBe(signed);
    expect(signed).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=x\.example; s=s1;/);
    expect(signed).not.toMatch(/[; ]l=/);
    expect(signed.split('\r\n').every((line) => line.length <= 78 + 40)).toBe(true);
  });

  it('takes RSA keys alone', () => {
    const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    expect(() => new DkimSigner({ domain: 'x', selector: 's', privateKey: ed25519 })).toThrow('RSA');
  });
});
