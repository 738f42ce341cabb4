import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every way in which a text may lie in a file: plain in either case, hexadecimal, and base64 at each of its three offsets. */
export function spellingsOf(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const encoded = [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // The first and last characters depend on the neighbours.
    const inner = padded
      .slice(offset === 0 ? 0 : 4, Math.floor(((offset + bytes.length) * 8) / 6) - 1)
      .replace(/=+$/, '');
    return [inner, inner.replace(/\+/g, '-').replace(/\//g, '_')];
  });
  const spelled = [
    text,
    text.toLowerCase(),
    text.toUpperCase(),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  return [...new Set([...spelled, ...encoded])].map((each) => Buffer.from(each)).concat(Buffer.from(text, 'utf16le'));
}

/** The files of these folders, at any depth, that hold one of the spellings. */
export function filesHolding(spellings: readonly Buffer[], folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => statSync(path).isFile())
    .filter((path) => {
      const bytes = readFileSync(path);
      return spellings.some((spelling) => bytes.includes(spelling));
    });
}
