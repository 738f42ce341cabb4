import { refuse } from './errors.js';
import { Opaque, Type } from './scalars.js';
import type { Value } from './values.js';

/**
 * Only patterns that are a plain text, perhaps with ^ or $: they take linear time and mean the same everywhere. In all
 * others a small pattern can take for ever, and JavaScript's differ from PCRE's in what they match.
 */
export function textPattern(pattern: string, options: string): (text: string) => boolean {
  const [, begins, body = '', ends] = /^(\^?)((?:[^\\^$.*+?()[\]{}|]|\\[^\p{L}\p{N}])*)(\$?)$/su.exec(pattern) ?? [];
  if (begins === undefined || options !== '') refuse(2, `the regular expression /${pattern}/${options}`);
  const part = body.replace(/\\(.)/gsu, '$1');
  if (!ends) return begins ? (text) => text.startsWith(part) : (text) => text.includes(part);
  // PCRE's $ also stands before a line feed at the end.
  if (begins) return (text) => text === part || text === `${part}\n`;
  return (text) => text.endsWith(part) || text.endsWith(`${part}\n`);
}

/** Pattern and options of a regular expression as BSON holds it. */
export function readRegex({ bytes }: Opaque): readonly [string, string] {
  const split = bytes.indexOf(0);
  return [bytes.toString('utf8', 0, split), bytes.toString('utf8', split + 1, bytes.length - 1)];
}

export const isRegex = (value: Value | undefined): value is Opaque =>
  value instanceof Opaque && value.type === Type.regex;
