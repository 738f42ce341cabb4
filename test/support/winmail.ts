/** What Outlook packs into `winmail.dat` (MS-OXTNEF), as far as an answer to a meeting needs it. */

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
const attribute = (id: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.of(1), u32(id), u32(data.length), data, Buffer.alloc(2)]);
const named = (type: number, set: string, number: number, value: Buffer): Buffer =>
  Buffer.concat([u32(type + 0x80_05 * 65_536), Buffer.from(set, 'hex'), u32(0), u32(number), value]);

const MEETING = '90dad86e0b451b1098da00aa003f1305';
const APPOINTMENT = '0220060000000000c000000000000046';
/** Of the meeting that is answered, unless another is given. */
export const PACKED_UID = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** @param day year, month and day of the one date that is meant, if any */
export function globalObjectId(of: string, day = Buffer.alloc(4)): Buffer {
  const data = Buffer.concat([Buffer.from('vCal-Uid'), u32(1), Buffer.from(`${of}\0`)]);
  const head = Buffer.from('040000008200e00074c5b7101a82e008', 'hex');
  return Buffer.concat([head, day, Buffer.alloc(16), u32(data.length), data]);
}

/**
 * As Outlook packs it: the class, then properties, of which some have several values, a name, or any length.
 * @param classAs `property`: as newer programs have it, among the properties alone
 * @param asks whether it asks for another time
 */
export function winmail(
  name: string,
  id = globalObjectId(PACKED_UID),
  classAs: 'attribute' | 'property' = 'attribute',
  asks = false,
): Buffer {
  const changed = Buffer.alloc(8);
  changed.writeBigUInt64LE(BigInt(Date.parse('2027-01-06T10:15:00Z') + 11_644_473_600_000) * 10_000n);
  const nameOfOne = Buffer.from('Keywords\0', 'utf16le');
  const inProperty = Buffer.from(`${name}\0`, 'utf16le');
  const properties = [
    ...(classAs === 'property'
      ? [Buffer.concat([u32(0x1f + 0x1a * 65_536), u32(1), u32(inProperty.length), padded(inProperty)])]
      : []),
    Buffer.concat([u32(0x1f + 0x37 * 65_536), u32(1), u32(6), padded(Buffer.from('Ja\0', 'utf16le'))]),
    Buffer.concat([
      ...[u32(0x10_1f + 0x80_01 * 65_536), Buffer.alloc(16), u32(1), u32(nameOfOne.length), padded(nameOfOne)],
      ...[u32(2), u32(2), padded(Buffer.from('a\0')), u32(4), Buffer.from('bcd\0')],
    ]),
    Buffer.concat([u32(0x0b + 0x0c_17 * 65_536), u32(1)]),
    named(0x01_02, MEETING, 3, Buffer.concat([u32(1), u32(id.length), padded(id)])),
    named(0x03, APPOINTMENT, 0x82_01, u32(2)),
    named(0x0b, APPOINTMENT, 0x82_57, u32(asks ? 1 : 0)),
    named(0x40, MEETING, 1, changed),
  ];
  return Buffer.concat([
    ...[u32(0x22_3e_9f_78), Buffer.of(1, 0)],
    attribute(0x00_08_90_06, u32(0x1_0000)),
    ...(classAs === 'attribute' ? [attribute(0x00_07_80_08, Buffer.from(`${name}\0`))] : []),
    attribute(0x00_06_90_03, Buffer.concat([u32(properties.length), ...properties])),
  ]);
}
