/** A part of a mail as it stands in the bytes: headers unfolded, body undecoded. */
export interface MimePart {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly parts: readonly MimePart[];
  /** Decoded as its Content-Transfer-Encoding says. */
  readonly content: Buffer;
}

/** Takes a mail apart (RFC 2046 5.1.1). Throws when a boundary is missing or left open. */
export function readMime(raw: Buffer): MimePart {
  const end = raw.indexOf('\r\n\r\n');
  if (end === -1) throw new Error('a part without an empty line');
  const headers = raw
    .toString('latin1', 0, end)
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line): [string, string] => {
      const at = line.indexOf(':');
      if (at < 1) throw new Error('a header line without a name');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    });
  const body = raw.subarray(end + 4);
  const [type = '', ...rest] = (valueOf(headers, 'content-type') ?? 'text/plain').split(/;\s*/);
  const parameters = Object.fromEntries(
    rest.map((each) => {
      const [name = '', value = ''] = each.split(/=(.*)/s);
      return [name.toLowerCase(), value.replace(/^"(.*)"$/s, '$1')];
    }),
  );
  const { boundary } = parameters;
  const parts = type.startsWith('multipart/') ? split(body, boundary).map(readMime) : [];
  return {
    headers,
    type: type.toLowerCase(),
    parameters,
    parts,
    content: decode(body, valueOf(headers, 'content-transfer-encoding')),
  };
}

export const valueOf = (headers: MimePart['headers'], name: string): string | undefined =>
  headers.find(([each]) => each === name)?.[1];

function split(body: Buffer, boundary: string | undefined): Buffer[] {
  if (boundary === undefined || boundary === '') throw new Error('a multipart without boundary');
  const text = body.toString('latin1');
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`);
  if (!pieces.at(-1)?.startsWith('--')) throw new Error('a boundary is never closed');
  return pieces.slice(1, -1).map((piece) => Buffer.from(piece.replace(/^\r\n/, ''), 'latin1'));
}

function decode(body: Buffer, encoding = '7bit'): Buffer {
  if (encoding.toLowerCase() === 'base64') return Buffer.from(body.toString('latin1'), 'base64');
  if (encoding.toLowerCase() !== 'quoted-printable') return body;
  const text = body.toString('latin1').replace(/=\r\n/g, '');
  return Buffer.from(
    text.replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}

/** Such as `mixed(alternative(plain,html,calendar),ics)`. */
export const shapeOf = ({ type, parts }: MimePart): string => {
  const [, subtype = ''] = type.split('/');
  return parts.length === 0 ? subtype : `${subtype}(${parts.map(shapeOf).join(',')})`;
};

export function* eachPart(part: MimePart): Generator<MimePart> {
  yield part;
  for (const each of part.parts) yield* eachPart(each);
}
