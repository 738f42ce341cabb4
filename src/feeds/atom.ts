import { type Id, idBytes } from '../../libs/privacy/ids.js';

export interface AtomFeed {
  /** The feed's own address, which is its id too. */
  readonly address: string;
  /** The page that tells the same. */
  readonly page: string;
  readonly title: string;
  readonly author: string;
  /** BCP 47 */
  readonly language: string;
  readonly updated: Date;
  readonly entries: readonly AtomEntry[];
}

export interface AtomEntry {
  readonly id: Id;
  readonly title: string;
  readonly updated: Date;
  readonly page: string;
  /** Plain text. */
  readonly content: string;
}

/** A feed for news readers (RFC 4287). An entry's id is of the meeting itself, wherever the product moves to. */
export function atomFeed({ address, page, title, author, language, updated, entries }: AtomFeed): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${xmlText(language)}">`,
    `<id>${xmlText(address)}</id>`,
    `<title>${xmlText(title)}</title>`,
    `<updated>${updated.toISOString()}</updated>`,
    `<author><name>${xmlText(author)}</name></author>`,
    link('self', 'application/atom+xml', address),
    link('alternate', 'text/html', page),
    ...entries.flatMap((entry) => [
      '<entry>',
      `<id>${uuid(entry.id)}</id>`,
      `<title>${xmlText(entry.title)}</title>`,
      `<updated>${entry.updated.toISOString()}</updated>`,
      link('alternate', 'text/html', entry.page),
      link('related', 'text/calendar', `${entry.page}.ics`),
      `<content type="text">${xmlText(entry.content)}</content>`,
      '</entry>',
    ]),
    '</feed>',
    '',
  ].join('\n');
}

const link = (rel: string, type: string, href: string): string =>
  `<link rel="${rel}" type="${type}" href="${xmlText(href)}"/>`;

/** RFC 9562, with the id's bytes as they are. */
const uuid = (id: Id): string =>
  `urn:uuid:${idBytes(id)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text of anyone as XML 1.0 may hold it (2.2): what is no character there is left out. */
export const xmlText = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
