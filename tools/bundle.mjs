/**
 * `node tools/bundle.mjs`: makes one file of each process and of all packages that it loads, from what the compiler wrote
 * into dist, and compiles it beforehand: `dist/bundle/<process>.cjs`, with `.map` and `.compiled`, which src/bundle.ts runs.
 * It must run on the Node that will run them.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import { oursIn } from './source-map.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const folder = join(dist, 'bundle');
const PROCESSES = ['web-process', 'worker-process'];

/** Packages with machine code of their own, which no bundle can hold. */
const NATIVE = ['msgpackr-extract'];

/** What a package names that is not installed: asked for, it is missing, as it is without a bundle. */
const missing = {
  name: 'missing packages',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^[@a-z]/ }, async ({ path, kind, pluginData, ...options }) => {
      if (kind !== 'dynamic-import' || pluginData === 'asked') return undefined;
      const found = await resolve(path, { kind, pluginData: 'asked', ...options });
      return found.errors.length > 0 ? { path, namespace: 'missing' } : found;
    });
    onLoad({ filter: /.*/, namespace: 'missing' }, ({ path }) => ({
      contents: `throw Object.assign(new Error("Cannot find package '${path}'"), { code: 'ERR_MODULE_NOT_FOUND' });`,
    }));
  },
};

/**
 * Mongoose exports an instance whose methods ask what they were called on. Imported as a namespace it is a plain object to
 * Node, but one of that class to esbuild: here it is plain as well, with the names that Node finds.
 */
const mongoose = {
  name: 'mongoose',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^mongoose$/ }, ({ kind, namespace }) =>
      kind === 'import-statement' && namespace === 'file' ? { path: 'mongoose', namespace: 'plain' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'plain' }, async () => {
      const names = Object.keys(await import('mongoose')).filter(
        (name) => !['default', 'module.exports'].includes(name),
      );
      return {
        resolveDir: root,
        contents: `import all from 'mongoose';\nexport default all;\nexport const { ${names.join(', ')} } = all;`,
      };
    });
  },
};

/** Our own files find what lies beside them by their address; of packages' files none does. */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/(src|libs)\/.*\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8');
      if (!contents.includes('import.meta')) return undefined;
      const place = JSON.stringify(relative(folder, path));
      const placed = contents.replaceAll('import.meta.url', `new URL(${place}, __bundle).href`);
      if (placed.includes('import.meta')) throw new Error(`${path}: a bundle knows import.meta.url alone`);
      return { contents: placed };
    });
  },
};

await bundle();

async function bundle() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: PROCESSES.map((name) => join(dist, 'src', `${name}.js`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    write: false,
    platform: 'node',
    target: `node${process.versions.node.split('.')[0]}`,
    format: 'cjs',
    // A script cannot: what is imported later is required later.
    supported: { 'dynamic-import': false },
    // Nest calls things by the names of their classes, and so do logs.
    keepNames: true,
    sourcemap: 'external',
    sourcesContent: false,
    external: NATIVE,
    define: { 'import.meta.url': '__bundle' },
    banner: {
      js:
        // As modules are, and as nearly all packages say they are.
        '(function (exports, require, module, __filename, __dirname) { "use strict";' +
        " const __bundle = require('node:url').pathToFileURL(__filename).href;",
    },
    footer: { js: '})' },
    plugins: [missing, mongoose, places],
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    if (!path.endsWith('.cjs')) {
      writeFileSync(path, JSON.stringify(oursIn(JSON.parse(text))));
      continue;
    }
    // A letter beyond Latin-1, which only regular expressions still hold, would make the whole text twice as large.
    const source = namingClassesAlone(text).replaceAll(
      /[^\0-\x7f]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    writeFileSync(path, source);
    writeFileSync(`${path}.compiled`, compiled(path, source));
  }
}

/**
 * esbuild gives its name back to every function, whenever one is made: a tenth of what a request costs. Here that is left to
 * classes, which are made once.
 */
function namingClassesAlone(text) {
  const [helper, ofClass] = [/^var __name = .*$/m, /(static \{\s*)__name\(this, /g];
  if (!helper.test(text) || !ofClass.test(text)) throw new Error('esbuild keeps names in another way than it did');
  return text
    .replace(helper, (line) => `${line.replace('__name', '__className')} var __name = (target) => target;`)
    .replaceAll(ofClass, '$1__className(this, ')
    .replaceAll(/^ *__name\(\w+, "\w+"\);$/gm, '');
}

/** The code that loading a process needs, once it was loaded: so much and no more. */
function compiled(path, source) {
  const script = new Script(source, { filename: path });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path));
  if (typeof module.exports.start !== 'function') throw new Error(`${path} does not export how to start it`);
  return script.createCachedData();
}
