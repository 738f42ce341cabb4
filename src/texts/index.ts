import { fileURLToPath } from 'node:url';
import { Catalogue } from '../../libs/web/i18n.js';
import type english from './en.json';

declare module '../../libs/web/i18n.js' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the keys of the English file are the known texts
  interface KnownTexts extends English {}
}

type English = typeof english;

let loaded: Catalogue | undefined;

/** All languages of this folder, read once in a process: a further language is one more file. */
export const loadTexts = (): Catalogue => (loaded ??= Catalogue.load(fileURLToPath(new URL('.', import.meta.url))));
