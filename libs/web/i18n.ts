import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import IntlMessageFormat from 'intl-messageformat';

/** The texts that exist. src/texts/index.ts adds the keys of the English file, so that a misspelt key does not compile. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface KnownTexts {}

export type TextKey = Extract<keyof KnownTexts, string>;
export type TextValues = Readonly<Record<string, string | number | Date>>;
export type Translate = (key: TextKey, values?: TextValues) => string;

/** A BCP 47 language code that has a file of texts, such as `fr`. */
export type Language = string;

export const DEFAULT_LANGUAGE: Language = 'en';

/** A key and what fills it in: a sentence that is not yet in anyone's language. */
export interface Message {
  readonly key: TextKey;
  readonly values?: TextValues;
}

const PLAIN = /^[^{}'#]*$/;

/** All texts in all languages. A language is one file of ICU messages, `<language>.json`. */
export class Catalogue {
  readonly languages: readonly Language[];
  private readonly compiled = new Map<Language, Map<string, IntlMessageFormat | string>>();

  private constructor(private readonly texts: ReadonlyMap<Language, Readonly<Record<string, string>>>) {
    this.languages = [...texts.keys()].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    for (const language of this.languages) this.compiled.set(language, new Map());
  }

  static load(folder: string): Catalogue {
    const files = readdirSync(folder).filter((name) => /^[a-z]{2,3}\.json$/.test(name));
    return Catalogue.of(
      Object.fromEntries(
        files.map((name) => [
          name.slice(0, -'.json'.length),
          JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, string>,
        ]),
      ),
    );
  }

  static of(texts: Readonly<Record<Language, Readonly<Record<string, string>>>>): Catalogue {
    return new Catalogue(new Map(Object.entries(texts)));
  }

  has(language: string): boolean {
    return this.texts.has(language);
  }

  /** A text in a language; in the default language where it is missing there, which a test forbids. */
  translate(language: Language, key: TextKey, values: TextValues = {}): string {
    const message = this.message(language, key);
    return typeof message === 'string' ? message : String(message.format(values));
  }

  translator(language: Language): Translate {
    return (key, values) => this.translate(language, key, values);
  }

  private message(language: Language, key: string): IntlMessageFormat | string {
    const cache = this.compiled.get(language);
    const known = cache?.get(key);
    if (known !== undefined) return known;
    const text = this.texts.get(language)?.[key] ?? this.texts.get(DEFAULT_LANGUAGE)?.[key];
    if (text === undefined) throw new Error(`No text for ${key}`);
    // Most texts have nothing to fill in; they are kept as they are. Tags are text too: markup never stands in a text.
    const message = PLAIN.test(text) ? text : new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    cache?.set(key, message);
    return message;
  }
}

const ORDER: readonly Language[] = ['en', 'fr', 'de', 'es'];
const rank = (language: Language): number => (ORDER.includes(language) ? ORDER.indexOf(language) : ORDER.length);

/** How a language calls itself: `Français`. */
export const nameOfLanguage = (language: Language, inLanguage: Language = language): string =>
  namesOfLanguages([language], inLanguage);

/** By the language they are told in, kept as making them anew took a seventh of a page of a form. */
const displayNames = new Map<Language, Intl.DisplayNames>();

/** Several in one line, of which the first begins as a line does: `Français, allemand`. */
export function namesOfLanguages(languages: readonly Language[], inLanguage: Language): string {
  const names = displayNames.get(inLanguage) ?? new Intl.DisplayNames([inLanguage], { type: 'language' });
  displayNames.set(inLanguage, names);
  const line = languages.map((language) => names.of(language) ?? language).join(', ');
  return line.charAt(0).toLocaleUpperCase(inLanguage) + line.slice(1);
}

/** The best of `languages` for an Accept-Language header (RFC 9110 12.5.4), comparing the primary subtag only. */
export function negotiate(header: string | undefined, languages: readonly Language[]): Language {
  const wishes = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { range: range.split('-')[0] ?? '', quality: quality === undefined ? 1 : weight(quality.slice(2)) };
    })
    .filter((wish) => wish.range !== '');
  const refused = new Set(wishes.filter((wish) => wish.quality === 0).map((wish) => wish.range));
  const wanted = wishes.filter((wish) => wish.quality > 0).sort((a, b) => b.quality - a.quality);
  for (const { range } of wanted) {
    if (range === '*') return languages.find((language) => !refused.has(language)) ?? DEFAULT_LANGUAGE;
    if (languages.includes(range)) return range;
  }
  return DEFAULT_LANGUAGE;
}

/** A qvalue; what is not one counts as not wanted. */
const weight = (text: string): number => (/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 0);

/** Splits `/fr/basics?x=1` into the language and `/basics?x=1`; other addresses come back whole. */
export function splitLanguage(
  url: string,
  languages: readonly Language[],
): { readonly language: Language | undefined; readonly url: string } {
  const match = /^\/([a-z]{2,3})(?=[/?]|$)/.exec(url);
  const language = match?.[1];
  if (language === undefined || !languages.includes(language)) return { language: undefined, url };
  const rest = url.slice(language.length + 1);
  return { language, url: rest.startsWith('/') ? rest : `/${rest}` };
}
