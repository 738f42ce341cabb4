/**
 * `node --import ./tools/typescript.mjs file.ts`: runs TypeScript as it lies in the clone (decorators and JSX included),
 * so that demo, benchmarks and test support need no build of their own. Types are checked elsewhere (`npm run types`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { swcOptions } from './swc.mjs';

const isTypeScript = (url) => url.startsWith('file:') && /\.tsx?$/.test(url) && !url.includes('/node_modules/');

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL && isTypeScript(context.parentURL))
      for (const ending of ['.ts', '.tsx']) {
        const url = new URL(specifier.replace(/\.js$/, ending), context.parentURL).href;
        if (existsSync(fileURLToPath(url))) return { url, format: 'module', shortCircuit: true };
      }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!isTypeScript(url)) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      ...swcOptions,
      // Angle brackets may be a cast where there are no elements.
      jsc: { ...swcOptions.jsc, parser: { ...swcOptions.jsc.parser, tsx: filename.endsWith('x') } },
      filename,
      swcrc: false,
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
