/** The subject of a mail from its header lines (RFC 5322 2.2.3 folding, RFC 2047 encoded words), '' where there is none. */
export function subjectIn(head: string): string {
  const line = /^subject:[ \t]*([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)/im.exec(head)?.[1] ?? '';
  return line
    .replace(/\r?\n(?=[ \t])/g, '')
    .replace(/(=\?[^?]+\?[bq]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replace(/=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi, (_, charset: string, kind: string, text: string) =>
      decode(charset, kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : unquoted(text)),
    )
    .trim();
}

const unquoted = (text: string): Buffer =>
  Buffer.from(
    text.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );

function decode(charset: string, bytes: Buffer): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}
