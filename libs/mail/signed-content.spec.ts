import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { element, openElement, signedAsOne } from '../../test/support/signed-mail.js';
import { signedContent } from './signed-content.js';

const mail = Buffer.from(`Content-Type: text/plain\r\n\r\n${'Bonjour ! '.repeat(400)}`);

describe('a mail that is signed as a whole', () => {
  it.each([
    ['whose length is told', element],
    ['that ends with two zeros, in pieces', openElement],
  ])('%s', (_, make) => {
    for (const given of [mail, Buffer.from('x\r\n'), Buffer.alloc(0)])
      expect(signedContent(signedAsOne(given, make))).toEqual(given);
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a mail', mail],
    ['one that is encrypted', element(0x30, element(6, Buffer.from('2a864886f70d010703', 'hex')), element(0xa0))],
    ['a signature alone', signedAsOne(mail).subarray(0, 40)],
    ['one within the other without end', Buffer.alloc(100_000, Buffer.of(0x30, 0x80))],
    ['a hundred thousand in a row', element(0x30, Buffer.alloc(200_000, Buffer.of(5, 0)))],
    ['a length beyond all', Buffer.concat([Buffer.from('30ff', 'hex'), Buffer.alloc(200, 0xff)])],
  ])('is not %s', (_, bytes) => {
    expect(signedContent(bytes)).toBeUndefined();
  });

  it('is read without throwing, wherever it is cut off or changed', () => {
    const whole = signedAsOne(mail.subarray(0, 100), openElement);
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (end, at, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        const read = signedContent(bytes.subarray(0, end));
        expect(read === undefined || read.length <= whole.length).toBe(true);
      }),
    );
  });
});
