import type { Reply } from './reply.js';

/** Attributes and properties that are looked at; Outlook writes a hundred or so. */
const MOST = 1_000;
const SIGNATURE = 0x22_3e_9f_78;
const MESSAGE_CLASS = 0x00_07_80_08;
const MESSAGE_PROPERTIES = 0x00_06_90_03;

const ANSWERS: Readonly<Record<string, 'ACCEPTED' | 'DECLINED' | 'TENTATIVE'>> = {
  'ipm.microsoft schedule.mtgrespp': 'ACCEPTED',
  'ipm.microsoft schedule.mtgrespn': 'DECLINED',
  'ipm.microsoft schedule.mtgrespa': 'TENTATIVE',
  'ipm.schedule.meeting.resp.pos': 'ACCEPTED',
  'ipm.schedule.meeting.resp.neg': 'DECLINED',
  'ipm.schedule.meeting.resp.tent': 'TENTATIVE',
};

/** Of properties their number; of named ones the set that it belongs to before, as its bytes are written (MS-OXPROPS). */
const CLASS = String(0x1a);
const MEETING = '90dad86e0b451b1098da00aa003f1305';
const APPOINTMENT = '0220060000000000c000000000000046';
const ATTENDEE_CHANGED = `${MEETING}:1`;
const GLOBAL_OBJECT_ID = `${MEETING}:3`;
const SEQUENCE = `${APPOINTMENT}:${String(0x82_01)}`;
const ASKS_FOR_ANOTHER_TIME = `${APPOINTMENT}:${String(0x82_57)}`;

/**
 * Reads the answer that Outlook packs into `winmail.dat` where Exchange is set to leave mails to the outside as they are
 * (MS-OXTNEF): then there is no calendar part at all. Undefined for whatever is none; never throws.
 * @param attendee whose answer it is: the sender, as nothing within says so
 */
export function readTnefReply(bytes: Uint8Array, attendee: string): Reply | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readAnswer(data, attendee);
  } catch {
    // Reading past the end: cut off, or lengths that lie.
    return undefined;
  }
}

function readAnswer(data: Buffer, attendee: string): Reply | undefined {
  if (data.readUInt32LE(0) !== SIGNATURE) return undefined;
  let partstat: Reply['partstat'] | undefined;
  let properties = new Map<string, Buffer>();
  for (let at = 6, count = 0; at + 9 < data.length && count < MOST; count += 1) {
    const [id, length] = [data.readUInt32LE(at + 1), data.readUInt32LE(at + 5)];
    // Programs on the way add to the end.
    if (at + 9 + length > data.length) break;
    const value = data.subarray(at + 9, at + 9 + length);
    if (id === MESSAGE_CLASS) partstat = answerIn(asciiOf(value));
    if (id === MESSAGE_PROPERTIES) properties = propertiesIn(value);
    // A checksum of two bytes follows.
    at += 9 + length + 2;
  }
  // Newer programs leave the attribute out and have the class among the properties alone.
  partstat ??= answerIn(textOf(properties.get(CLASS)));
  const meant = meetingIn(properties.get(GLOBAL_OBJECT_ID));
  if (!partstat || !meant) return undefined;
  const [sequence, changed] = [properties.get(SEQUENCE), properties.get(ATTENDEE_CHANGED)];
  const method = properties.get(ASKS_FOR_ANOTHER_TIME)?.[0] === 1 ? 'COUNTER' : 'REPLY';
  return {
    ...{ method, partstat, attendee },
    ...meant,
    ...(sequence?.length === 4 && sequence.readInt32LE() >= 0 && { sequence: sequence.readInt32LE() }),
    ...(changed?.length === 8 && { dtstamp: fileTime(changed) }),
  };
}

const answerIn = (name: string): Reply['partstat'] | undefined =>
  new Map(Object.entries(ANSWERS)).get(name.toLowerCase());

/** `vCal-Uid`, a one, and the UID, where the meeting came from elsewhere (MS-OXOCAL 2.2.1.27); before it the date meant. */
function meetingIn(id: Buffer | undefined): Pick<Reply, 'uid' | 'recurrenceId'> | undefined {
  if (!id || id.length < 53 || id.toString('latin1', 40, 48) !== 'vCal-Uid') return undefined;
  const uid = asciiOf(id.subarray(52));
  if (uid === '' || uid.length > 255) return undefined;
  const [year, month, day] = [id.readUInt16BE(16), id.readUInt8(18), id.readUInt8(19)];
  if (year === 0) return { uid };
  return { uid, recurrenceId: { kind: 'local', local: Date.UTC(year, month - 1, day) } };
}

const FIXED: ReadonlyMap<number, number> = new Map([
  ...[0x02, 0x03, 0x04, 0x0a, 0x0b].map((type) => [type, 4] as const),
  ...[0x05, 0x06, 0x07, 0x14, 0x40].map((type) => [type, 8] as const),
  [0x48, 16],
]);
const OF_ANY_LENGTH: ReadonlySet<number> = new Set([0x0d, 0x1e, 0x1f, 0x01_02]);
const OF_MANY = 0x10_00;

/** Properties with their first value; reading ends where something unknown stands, as its length is not known. */
function propertiesIn(data: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const count = Math.min(data.readUInt32LE(0), MOST);
  let at = 4;
  const next = (length: number): Buffer => {
    const value = piece(data, at, length);
    at += length + ((4 - (length % 4)) % 4);
    return value;
  };
  for (let index = 0; index < count; index += 1) {
    const [type, id] = [data.readUInt16LE(at), data.readUInt16LE(at + 2)];
    at += 4;
    let name = String(id);
    if (id >= 0x80_00) {
      const set = next(16).toString('hex');
      const isNumbered = next(4).readUInt32LE() === 0;
      const number = next(4).readUInt32LE();
      name = isNumbered ? `${set}:${String(number)}` : '';
      if (!isNumbered) next(number);
    }
    const fixed = FIXED.get(type & ~OF_MANY);
    if (fixed === undefined && !OF_ANY_LENGTH.has(type & ~OF_MANY)) break;
    const isMany = (type & OF_MANY) !== 0 || fixed === undefined;
    const values = isMany ? Math.min(next(4).readUInt32LE(), data.length) : 1;
    for (let value = 0; value < values; value += 1) {
      const bytes = next(fixed ?? next(4).readUInt32LE());
      if (name !== '' && value === 0) found.set(name, bytes);
    }
  }
  return found;
}

function piece(data: Buffer, at: number, length: number): Buffer {
  if (at + length > data.length) throw new RangeError('cut off');
  return data.subarray(at, at + length);
}

const asciiOf = (bytes: Buffer): string => bytes.toString('latin1').split('\0', 1)[0] ?? '';

/** In two bytes a character or in one. */
const textOf = (bytes: Buffer = Buffer.alloc(0)): string =>
  asciiOf(bytes[1] === 0 ? Buffer.from(bytes.toString('utf16le'), 'latin1') : bytes);

/** 100 nanoseconds since 1601. */
const fileTime = (bytes: Buffer): Date => new Date(Number(bytes.readBigUInt64LE() / 10_000n) - 11_644_473_600_000);
