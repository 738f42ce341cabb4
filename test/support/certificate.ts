import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate that says so itself, for a server of a test on loopback. PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A self-signed certificate for a name (RFC 5280, as little of it as TLS needs), valid for ten years. */
export function certificateFor(name: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = sequence(set(sequence(oid(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(name)))));
  const year = new Date().getUTCFullYear();
  const ofName = tagged(0x82, Buffer.from(name));
  const toBeSigned = sequence(
    tagged(0xa0, integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    subject,
    sequence(utcTime(year - 1), utcTime(year + 9)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        sequence(oid(0x55, 0x1d, 0x11), tagged(0x04, sequence(ofName))),
        sequence(oid(0x55, 0x1d, 0x13), TRUE, tagged(0x04, sequence(TRUE))),
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const bits = tagged(0x03, Buffer.concat([Buffer.of(0), signature]));
  const der = sequence(toBeSigned, ECDSA_WITH_SHA256, bits);
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** DER: a tag, the length, the content (X.690). */
function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, Buffer.concat(parts));
const set = (...parts: readonly Uint8Array[]): Buffer => tagged(0x31, Buffer.concat(parts));
const oid = (...bytes: readonly number[]): Buffer => tagged(0x06, Buffer.of(...bytes));
const integer = (value: number): Buffer => tagged(0x02, Buffer.of(value));
const utcTime = (year: number): Buffer =>
  tagged(0x17, Buffer.from(`${String(year % 100).padStart(2, '0')}0101000000Z`));

const TRUE = Buffer.of(0x01, 0x01, 0xff);
const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
