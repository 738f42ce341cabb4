import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export interface Source {
  /** From the root of the clone, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** A path from the root without its ending (`libs/time/clock`), or a package's name as written. */
  readonly to: string;
  readonly typeOnly: boolean;
}

export const sources = (...patterns: string[]): readonly Source[] =>
  globSync(patterns, { cwd: root })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const STATEMENT = /^(?:import|export)\s(?<type>type\s)?(?:[\w*{}\s,$]+?\sfrom\s)?'(?<to>[^']+)'/gm;
const CALL = /\bimport\('(?<to>[^']+)'\)/g;

/** What a file imports, by its text alone: so it sees what a misconfigured linter would not. */
export function importsOf({ path, text }: Source): readonly Import[] {
  return [...text.matchAll(STATEMENT), ...text.matchAll(CALL)].map(({ groups }) => {
    const to = groups?.['to'] ?? '';
    return {
      from: path,
      to: to.startsWith('.') ? posix.join(dirname(path), to).replace(/\.(js|json)$/, '') : to,
      typeOnly: groups?.['type'] !== undefined,
    };
  });
}
