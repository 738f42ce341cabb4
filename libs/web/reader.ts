import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Catalogue, DEFAULT_LANGUAGE, type Language, negotiate, splitLanguage, type Translate } from './i18n.js';

/** Who reads the page: their language, and how addresses look for them. */
export interface Reader {
  readonly language: Language;
  readonly languages: readonly Language[];
  /** True when the address names the language (`/fr/…`) rather than the browser's wish. */
  readonly fixed: boolean;
  /** The path without language and query. */
  readonly path: string;
  readonly t: Translate;
  /** A path of ours as this reader should follow it: `/basics`, or `/fr/basics` when the language is fixed. */
  href(path: string): string;
  /** The same path in another language. */
  inLanguage(language: Language, path?: string): string;
  /** Addresses of the stylesheet, the icon, the script that keeps a page up to date, and the picture for shared pages. */
  readonly assets: Readonly<Record<'style' | 'icon' | 'live' | 'card', string>>;
}

declare module 'fastify' {
  interface FastifyRequest {
    reader: Reader;
  }
}

/** Hands a controller the Reader of the request. */
export const CurrentReader = createParamDecorator(
  (_: unknown, context: ExecutionContext): Reader => context.switchToHttp().getRequest<FastifyRequest>().reader,
);

/** Characters of a header, and headers: what is kept of them stays below 100 KB. */
const [LONGEST_KEPT, MOST_KEPT] = [100, 500];

/** Makes the reader of each request; the language in an address is taken off before the router sees it. */
export class Readers {
  private readonly fixed = new WeakMap<IncomingMessage, Language>();
  private readonly translators: ReadonlyMap<Language, Translate>;
  /** By what browsers send as their wish: there are few such headers, and most are short. */
  private readonly negotiated = new Map<string, Language>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly assets: Reader['assets'],
  ) {
    this.translators = new Map(catalogue.languages.map((language) => [language, catalogue.translator(language)]));
  }

  /** Fastify's rewriteUrl. */
  rewriteUrl(request: { readonly url?: string | undefined }): string {
    const { language, url } = splitLanguage(request.url ?? '/', this.catalogue.languages);
    if (language !== undefined) this.fixed.set(request as IncomingMessage, language);
    return url;
  }

  /** For Fastify's `decorateRequest`: the reader of a request, worked out when first asked for. */
  getter(): (this: FastifyRequest) => Reader {
    const known = new WeakMap<IncomingMessage, Reader>();
    const of = this.of.bind(this);
    return function (this: FastifyRequest) {
      const reader = known.get(this.raw) ?? of(this);
      known.set(this.raw, reader);
      return reader;
    };
  }

  of(request: { readonly raw: IncomingMessage; readonly url: string }): Reader {
    const fixed = this.fixed.get(request.raw);
    const language = fixed ?? this.wishedBy(request.raw.headers['accept-language']);
    return this.inLanguage(language, { fixed: fixed !== undefined, path: pathOf(request.url) });
  }

  private wishedBy(header = ''): Language {
    const known = this.negotiated.get(header);
    if (known !== undefined) return known;
    const language = negotiate(header, this.catalogue.languages);
    if (header.length > LONGEST_KEPT) return language;
    if (this.negotiated.size >= MOST_KEPT) this.negotiated.clear();
    this.negotiated.set(header, language);
    return language;
  }

  /** For whoever sent what could not be read, and so told no language. */
  unknown(): Reader {
    return this.inLanguage(DEFAULT_LANGUAGE, { fixed: false });
  }

  inLanguage(language: Language, { fixed = true, path = '/' } = {}): Reader {
    return {
      language,
      languages: this.catalogue.languages,
      fixed,
      path,
      t: this.translators.get(language) ?? this.catalogue.translator(language),
      href: (target) => (fixed ? prefixed(language, target) : target),
      inLanguage: (other, target = path) => prefixed(other, target),
      assets: this.assets,
    };
  }
}

const prefixed = (language: Language, path: string): string => (path === '/' ? `/${language}/` : `/${language}${path}`);

/** The path alone, with one slash in front: `//evil.example` must never become a link to another host. */
const pathOf = (url: string): string => `/${url.replace(/[?#].*$/s, '').replace(/^\/+/, '')}`;
