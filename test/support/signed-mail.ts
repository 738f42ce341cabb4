/** Mails that are signed as a whole (S/MIME), as far as reading them needs it: whoever reads does not ask who signed. */

/** An element of ASN.1 by the rules that know its length, in up to four octets. */
export function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(whole.length);
  const head = whole.length < 0x80 ? Buffer.of(tag, whole.length) : Buffer.concat([Buffer.of(tag, 0x84), length]);
  return Buffer.concat([head, whole]);
}

/** The same, ended by two zeros. */
export const openElement = (tag: number, ...content: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(tag, 0x80), ...content, Buffer.alloc(2)]);

const pkcs7 = (number: number): Buffer => element(6, Buffer.from('2a864886f70d0107', 'hex'), Buffer.of(number));

/** @param make `openElement` as programs write it that do not know the length beforehand, with the mail in pieces */
export function signedAsOne(mail: Buffer, make = element): Buffer {
  const half = mail.length >> 1;
  const octets =
    make === element
      ? element(4, mail)
      : make(0x24, element(4, mail.subarray(0, half)), element(4, mail.subarray(half)));
  const signers = element(0x31, element(0x30, element(2, Buffer.of(1))));
  const encapsulated = make(0x30, pkcs7(1), make(0xa0, octets));
  return make(0x30, pkcs7(2), make(0xa0, make(0x30, element(2, Buffer.of(1)), element(0x31), encapsulated, signers)));
}
