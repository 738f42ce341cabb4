import type { ComponentChildren, VNode } from 'preact';
import { nameOfLanguage, type TextKey } from './i18n.js';
import { REFRESH_SECONDS } from './live.js';
import type { Reader } from './reader.js';

export interface PageProps {
  readonly reader: Reader;
  readonly title: string;
  readonly description?: string;
  /** For pages that are nobody's business: not in search engines, and no addresses of other languages in the head. */
  readonly noIndex?: boolean;
  readonly wide?: boolean;
  /** Where the other languages lead, for a page that answers a POST to a path that cannot be opened. */
  readonly path?: string;
  /** For a page with a live part: without JavaScript it comes anew `by-itself`, unless the reader wants it `still`. */
  readonly live?: 'by-itself' | 'still';
  /** The address of an Atom feed that tells the same. */
  readonly feed?: string;
  readonly children: ComponentChildren;
}

type NavEntry = readonly [path: string, label: TextKey];

const NAVIGATION: readonly NavEntry[] = [
  ['/', 'web.nav.home'],
  ['/basics', 'web.nav.basics'],
  ['/meetings', 'web.nav.meetings'],
  ['/office-hours', 'web.nav.office-hours'],
  ['/get-involved', 'web.nav.get-involved'],
];

const CONSOLE: readonly NavEntry[] = [
  ['/console', 'web.console.overview'],
  ['/console/meetings', 'web.nav.meetings'],
  ['/console/office-hours', 'web.nav.office-hours'],
  ['/console/answers', 'web.console.answers'],
  ['/console/replies', 'web.console.replies'],
  ['/console/people', 'web.console.people'],
  ['/console/outbox', 'web.console.outbox'],
];

const closed = new WeakMap<Reader, readonly string[]>();

/** Leaves pages that are not open to a reader's role out of the console's navigation. */
export const closeTo = (reader: Reader, paths: readonly string[]): void => {
  closed.set(reader, paths);
};

const openTo = (reader: Reader): readonly NavEntry[] =>
  CONSOLE.filter(([path]) => closed.get(reader)?.includes(path) !== true);

/** A whole document for visitors. */
export const Page = (props: PageProps): VNode => (
  <Document
    {...props}
    navigation={<Navigation reader={props.reader} label={props.reader.t('web.nav.label')} entries={NAVIGATION} />}
  />
);

export interface ConsolePageProps extends Omit<PageProps, 'noIndex' | 'description'> {
  /** The session's token, for the button that signs out. */
  readonly csrf: string;
}

/** A whole document for people with a role. */
export const ConsolePage = ({ csrf, ...props }: ConsolePageProps): VNode => (
  <Document
    {...props}
    noIndex
    navigation={
      <Navigation reader={props.reader} label={props.reader.t('web.console.label')} entries={openTo(props.reader)}>
        <li>
          <form method="post" action={props.reader.href('/console/sign-out')}>
            <input type="hidden" name="csrf" value={csrf} />
            <button class="quiet">{props.reader.t('web.console.sign-out')}</button>
          </form>
        </li>
      </Navigation>
    }
  />
);

const Document = ({
  reader,
  title,
  description,
  noIndex = false,
  wide = false,
  path = reader.path,
  feed,
  live,
  navigation,
  children,
}: PageProps & { readonly navigation: VNode }): VNode => {
  const { t } = reader;
  const name = t('web.name');
  return (
    <html lang={reader.language} dir={directionOf(reader.language)}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title === name ? name : `${title} · ${name}`}</title>
        {description !== undefined && <meta name="description" content={description} />}
        {noIndex ? (
          <meta name="robots" content="noindex" />
        ) : (
          <>
            <meta property="og:type" content="website" />
            <meta property="og:site_name" content={name} />
            <meta property="og:title" content={title} />
            {description !== undefined && <meta property="og:description" content={description} />}
            <meta property="og:image" content={reader.assets.card} />
            <meta property="og:image:width" content="1200" />
            <meta property="og:image:height" content="630" />
            <meta property="og:image:alt" content={t('site.home.picture')} />
            <meta name="twitter:card" content="summary_large_image" />
          </>
        )}
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f7f2e7" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#17211b" media="(prefers-color-scheme: dark)" />
        <link rel="icon" type="image/svg+xml" href={reader.assets.icon} />
        <link rel="stylesheet" href={reader.assets.style} />
        {live === 'by-itself' && (
          <noscript>
            <meta http-equiv="refresh" content={String(REFRESH_SECONDS)} />
          </noscript>
        )}
        {live !== undefined && <script type="module" src={reader.assets.live} />}
        {feed !== undefined && <link rel="alternate" type="application/atom+xml" href={feed} title={name} />}
        {!noIndex &&
          reader.languages.map((language) => (
            <link key={language} rel="alternate" hrefLang={language} href={reader.inLanguage(language, path)} />
          ))}
      </head>
      <body>
        <a class="skip" href="#main">
          {t('web.skip')}
        </a>
        <header class="top">
          <div>
            <a class="brand" href={reader.href('/')}>
              <Logo />
              <span>{name}</span>
            </a>
            {navigation}
          </div>
        </header>
        <main id="main" tabIndex={-1} class={wide ? 'wide' : undefined}>
          {children}
        </main>
        <Footer reader={reader} path={path} />
      </body>
    </html>
  );
};

const Navigation = ({
  reader,
  label,
  entries,
  children,
}: {
  readonly reader: Reader;
  readonly label: string;
  readonly entries: readonly NavEntry[];
  readonly children?: ComponentChildren;
}): VNode => (
  <nav aria-label={label}>
    <ul>
      {entries.map(([path, key]) => (
        <li key={path}>
          <a href={reader.href(path)} {...present(path, reader.path)}>
            {reader.t(key)}
          </a>
        </li>
      ))}
      {children}
    </ul>
  </nav>
);

/** Marks the page itself, and the part of the site that a page below it belongs to. */
function present(entry: string, path: string): { 'aria-current'?: 'page' | 'true' } {
  if (path === entry) return { 'aria-current': 'page' };
  const isBelow = entry !== '/' && entry !== '/console' && path.startsWith(`${entry}/`);
  return isBelow ? { 'aria-current': 'true' } : {};
}

const Footer = ({ reader, path }: { readonly reader: Reader; readonly path: string }): VNode => {
  const { t } = reader;
  return (
    <footer class="bottom">
      <div>
        <p>{t('web.footer.promise')}</p>
        <nav aria-label={t('web.language.label')}>
          <ul>
            {reader.languages.map((language) => (
              <li key={language}>
                <a
                  href={reader.inLanguage(language, path)}
                  lang={language}
                  hrefLang={language}
                  {...(language === reader.language && { 'aria-current': 'true' as const })}
                >
                  {nameOfLanguage(language)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <nav aria-label={t('web.footer.label')}>
          <ul>
            <li>
              <a href={reader.href('/privacy')}>{t('web.footer.privacy')}</a>
            </li>
            <li>
              <a href={reader.href('/imprint')}>{t('web.footer.imprint')}</a>
            </li>
            <li>
              <a href={reader.href('/contact')}>{t('web.footer.contact')}</a>
            </li>
            <li>
              <a href="/api/docs">{t('web.footer.api')}</a>
            </li>
          </ul>
        </nav>
      </div>
    </footer>
  );
};

/** Two linked circles: two regions. */
const Logo = (): VNode => (
  <svg class="logo" viewBox="0 0 48 32" aria-hidden="true">
    <circle cx="17" cy="16" r="12" class="one" />
    <circle cx="31" cy="16" r="12" class="two" />
    <path d="M24 6.3a12 12 0 0 1 0 19.4" class="one" />
  </svg>
);

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'fa', 'he', 'ur']);
const directionOf = (language: string): 'ltr' | 'rtl' => (RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr');
