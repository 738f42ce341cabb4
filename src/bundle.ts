import { readFileSync, statSync } from 'node:fs';
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** What a process's module exports, and its bundle likewise. */
interface Process {
  readonly start: () => Promise<void>;
}

/** A file of the bundle is a function, as Node makes one of every CommonJS module. */
type Wrapped = (exports: object, require: NodeJS.Require, module: object, filename: string, dirname: string) => void;

/** One line of a stack: it reads as V8 writes it. */
interface Frame extends NodeJS.CallSite {
  toString(): string;
}

const DIST = join(import.meta.dirname, '..');

/**
 * Starts a process from its bundle, for which the build (tools/bundle.mjs) has made one file of some two thousand and compiled
 * it. Where there is none, as where the sources run as they lie, its modules are loaded one by one.
 */
export async function startProcess(name: string, fromModules: () => Promise<Process>): Promise<void> {
  const { start } = bundled(join(DIST, 'bundle', `${name}.cjs`)) ?? (await fromModules());
  await start();
}

function bundled(path: string): Process | undefined {
  // One that is older than what the compiler wrote last is of other sources.
  if (timeOf(path) < timeOf(join(DIST, '.tsbuildinfo'))) return undefined;
  const source = readIfThere(path);
  if (source === undefined) return undefined;
  // What another version of Node has compiled is refused by this one, which then compiles by itself.
  const cachedData = readIfThere(`${path}.compiled`);
  const script = new Script(source.toString('latin1'), { filename: path, ...(cachedData && { cachedData }) });
  nameSourcesOf(path);
  const module = { exports: {} };
  (script.runInThisContext() as Wrapped)(module.exports, createRequire(path), module, path, dirname(path));
  return module.exports as Process;
}

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function readIfThere(path: string): Buffer<ArrayBuffer> | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Errors name our files and lines instead of the bundle's. The map is read when the first error is looked at; where it has
 * gone by then, as while the next build is made, errors name the bundle.
 */
function nameSourcesOf(path: string): void {
  let map: SourceMap | null | undefined;
  const told = (frame: Frame): string => {
    const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
    if (frame.getFileName() !== path || line === null || column === null) return frame.toString();
    map = map === undefined ? mapOf(path) : map;
    const origin = map?.findOrigin(line, column);
    if (!origin || !('fileName' in origin)) return frame.toString();
    const place = `${join(dirname(path), origin.fileName)}:${String(origin.lineNumber)}`;
    return frame.toString().replace(`${path}:${String(line)}:${String(column)}`, () => place);
  };
  Error.prepareStackTrace = (error, frames) => [String(error), ...(frames as Frame[]).map(told)].join('\n    at ');
}

function mapOf(path: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    return null;
  }
}
