/** What stands in an encoding of ASN.1 (X.690), as far as signed mails have it. */
interface Element {
  /** Class, form and number in one octet. */
  readonly tag: number;
  readonly content: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const OCTETS = 0x04;
const OCTETS_IN_PIECES = 0x24;
const TAGGED = 0xa0;
/** 1.2.840.113549.1.7.2 */
const SIGNED_DATA = Buffer.from('2a864886f70d010702', 'hex');
/** Elements within each other; honest ones have half as many. */
const MOST_DEPTH = 16;
/** Pieces of a long mail are a few kilobytes each. */
const MOST_ELEMENTS = 20_000;

/**
 * The mail within one that is signed as a whole (S/MIME, RFC 8551 3.5.2): Outlook sends answers so where it is set to. Whether
 * the signature is good is not asked, as most mails have none. Undefined for whatever is none; never throws.
 */
export function signedContent(bytes: Buffer): Buffer | undefined {
  try {
    const [type, tagged] = within(first(bytes, SEQUENCE));
    if (type?.tag !== OBJECT_IDENTIFIER || !type.content.equals(SIGNED_DATA)) return undefined;
    const [, , encapsulated] = within(first(contentOf(tagged, TAGGED), SEQUENCE));
    const [, content] = within(contentOf(encapsulated, SEQUENCE));
    return octetsIn(contentOf(content, TAGGED));
  } catch {
    // Reading past the end: cut off, or lengths that lie.
    return undefined;
  }
}

const first = (bytes: Buffer, tag: number): Buffer => contentOf(elementAt(bytes, 0, 0), tag);

function contentOf(element: Element | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new RangeError('something else');
  return element.content;
}

/** The string that stands alone in `bytes`, or in pieces one behind the other. */
function octetsIn(bytes: Buffer): Buffer {
  const { tag, content } = elementAt(bytes, 0, 0);
  if (tag === OCTETS) return content;
  if (tag !== OCTETS_IN_PIECES) throw new RangeError('something else');
  return Buffer.concat(within(content).map((piece) => contentOf(piece, OCTETS)));
}

function within(bytes: Buffer): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; at = elements.at(-1)?.end ?? bytes.length) {
    if (elements.length === MOST_ELEMENTS) throw new RangeError('too many');
    elements.push(elementAt(bytes, at, 0));
  }
  return elements;
}

/** Of a length that is told, or one that ends with two zeros, as programs write it that do not know it beforehand. */
function elementAt(bytes: Buffer, at: number, depth: number): Element {
  const tag = bytes.readUInt8(at);
  const told = bytes.readUInt8(at + 1);
  const isOpen = told === 0x80;
  const from = at + 2 + (told > 0x80 ? told - 0x80 : 0);
  const end = isOpen
    ? endFrom(bytes, from, depth)
    : from + (told < 0x80 ? told : bytes.readUIntBE(at + 2, told - 0x80));
  if (end > bytes.length) throw new RangeError('cut off');
  return { tag, content: bytes.subarray(from, end), end: isOpen ? end + 2 : end };
}

function endFrom(bytes: Buffer, from: number, depth: number): number {
  if (depth === MOST_DEPTH) throw new RangeError('too deep');
  let at = from;
  while (bytes.readUInt16BE(at) !== 0) at = elementAt(bytes, at, depth + 1).end;
  return at;
}
