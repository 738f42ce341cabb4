import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { idFromBytes } from '../../libs/privacy/ids.js';
import { childOf, childrenOf, parseXml } from '../../test/support/xml.js';
import { atomFeed, type AtomFeed, xmlText } from './atom.js';

const id = idFromBytes(Buffer.from('00112233445566778899aabbccddeeff', 'hex'));
const feed: AtomFeed = {
  address: 'https://come.example/fr/meetings.atom',
  page: 'https://come.example/fr/meetings',
  title: 'Come Together : rencontres',
  author: 'Come Together',
  language: 'fr',
  updated: new Date('2027-01-05T09:00:00Z'),
  entries: [
    {
      id,
      title: 'Idées & <voix>',
      updated: new Date('2027-01-04T09:00:00Z'),
      page: 'https://come.example/fr/meetings/1',
      content: 'Mardi\n\n"Quoi" ]]> d’autre ?',
    },
  ],
};

describe('an Atom feed', () => {
  it('has what RFC 4287 asks of a feed (4.1.1)', () => {
    const root = parseXml(atomFeed(feed));
    expect([root.name, root.attributes]).toEqual(['feed', { xmlns: 'http://www.w3.org/2005/Atom', 'xml:lang': 'fr' }]);
    expect(childOf(root, 'id').text).toBe(feed.address);
    expect(childOf(root, 'title').text).toBe(feed.title);
    expect(childOf(root, 'updated').text).toBe('2027-01-05T09:00:00.000Z');
    expect(childOf(childOf(root, 'author'), 'name').text).toBe('Come Together');
    expect(childrenOf(root, 'link').map(({ attributes }) => [attributes['rel'], attributes['href']])).toEqual([
      ['self', feed.address],
      ['alternate', feed.page],
    ]);
  });

  it('has what RFC 4287 asks of an entry (4.1.2), with an id that is of the meeting alone', () => {
    const entry = childOf(parseXml(atomFeed({ ...feed, address: 'https://elsewhere.example/meetings.atom' })), 'entry');
    expect(childOf(entry, 'id').text).toBe('urn:uuid:00112233-4455-6677-8899-aabbccddeeff');
    expect(childOf(entry, 'title').text).toBe('Idées & <voix>');
    expect(childOf(entry, 'updated').text).toBe('2027-01-04T09:00:00.000Z');
    expect(childOf(entry, 'content')).toMatchObject({
      attributes: { type: 'text' },
      text: 'Mardi\n\n"Quoi" ]]> d’autre ?',
    });
    expect(childrenOf(entry, 'link').map(({ attributes }) => attributes)).toEqual([
      { rel: 'alternate', type: 'text/html', href: 'https://come.example/fr/meetings/1' },
      { rel: 'related', type: 'text/calendar', href: 'https://come.example/fr/meetings/1.ics' },
    ]);
  });

  it('is well-formed whatever is written into it, and says all of it that XML can', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ']]>',
        '<!--',
        '<script>',
        '&amp;',
        '&#0;',
        '\0\u000b\ufffe',
        '\ud800',
        '</title><id>x</id>',
        '"\' />',
      ),
    );
    fc.assert(
      fc.property(anyText, anyText, anyText, (title, content, author) => {
        const [written] = feed.entries;
        const entries = written ? [{ ...written, title, content }] : [];
        const root = parseXml(atomFeed({ ...feed, author, entries }));
        const entry = childOf(root, 'entry');
        const kept = (text: string): string =>
          text.replace(/[\0-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/\p{Cs}/gu, '');
        expect(childOf(entry, 'title').text).toBe(kept(title));
        expect(childOf(entry, 'content').text).toBe(kept(content));
        expect(childOf(childOf(root, 'author'), 'name').text).toBe(kept(author));
        expect(root.children).toHaveLength(7);
      }),
    );
  });

  it('has no entry when nothing is planned', () => {
    expect(childrenOf(parseXml(atomFeed({ ...feed, entries: [] })), 'entry')).toEqual([]);
  });

  it('keeps characters beyond the first plane', () => {
    expect(xmlText('🌱\ud83c')).toBe('🌱');
  });
});

describe('the check itself', () => {
  const head = '<?xml version="1.0" encoding="utf-8"?>';
  it.each([
    '<a/>',
    `${head}<a>`,
    `${head}<a></b>`,
    `${head}<a/><b/>`,
    `${head}<a/>x`,
    `${head}<a>&nbsp;</a>`,
    `${head}<a>& b</a>`,
    `${head}<a b=c/>`,
    `${head}<a b="1" b="2"/>`,
    `${head}<a b="<"/>`,
    `${head}<a>\0</a>`,
    `${head}<a>]]></a>`,
    `${head}<a><b></a></b>`,
    head,
  ])('refuses %j', (document) => {
    expect(() => parseXml(document)).toThrow();
  });
});
