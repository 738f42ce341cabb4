import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalOf, readAddress } from './address.js';

describe('an address', () => {
  it.each([
    ['as most are', 'ada@example.org', 'ada@example.org', 'ada@example.org'],
    ['with spaces around', '  ada@example.org ', 'ada@example.org', 'ada@example.org'],
    ['in capitals, of which those before the @ stay', 'Ada.L@Example.ORG', 'Ada.L@example.org', 'ada.l@example.org'],
    ['with a plus', 'ada+goats@example.org', 'ada+goats@example.org', 'ada+goats@example.org'],
    [
      'with every sign that RFC 5322 allows',
      "!#$%&'*+-/=?^_`{|}~@x.org",
      "!#$%&'*+-/=?^_`{|}~@x.org",
      "!#$%&'*+-/=?^_`{|}~@x.org",
    ],
    ['of an international domain', 'ada@Bücher.example', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['of its A-label', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['with letters beyond ASCII', 'Jösé@example.org', 'Jösé@example.org', 'jösé@example.org'],
    ['whose accent is a sign of its own', 'jose\u0301@example.org', 'josé@example.org', 'josé@example.org'],
    ['in Devanagari', 'अदा@उदाहरण.भारत', 'अदा@xn--p1b6ci4b4b3a.xn--h2brj9c', 'अदा@xn--p1b6ci4b4b3a.xn--h2brj9c'],
    ['of many labels', 'a@b.c.d.example.org', 'a@b.c.d.example.org', 'a@b.c.d.example.org'],
  ])('%s', (_, typed, address, canonical) => {
    expect(readAddress(typed)).toEqual({ address, canonical });
  });

  it('is another with a dot or a tag more: they may be other people', () => {
    const all = ['adal@x.org', 'ada.l@x.org', 'adal+a@x.org', 'adal+b@x.org'].map(
      (text) => readAddress(text)?.canonical,
    );
    expect(new Set(all).size).toBe(4);
  });

  it('is another with a letter of another script that looks the same', () => {
    expect(readAddress('аda@example.org')?.canonical).not.toBe(readAddress('ada@example.org')?.canonical);
    expect(readAddress('ada@exаmple.org')?.address).toMatch(/^ada@xn--/);
  });

  it.each([
    ['nothing', ''],
    ['a space', ' '],
    ['no @', 'ada.example.org'],
    ['nothing before the @', '@example.org'],
    ['nothing after the @', 'ada@'],
    ['two @', 'ada@home@example.org'],
    ['a full-width @', 'ada＠example.org'],
    ['a small @', 'ada﹫example.org'],
    ['a full-width dot', 'ada@example．org'],
    ['an ideographic dot', 'ada@example。org'],
    ['a full-width domain', 'ada@ｅxample.org'],
    ['one label', 'ada@localhost'],
    ['an IPv4 address', 'ada@127.0.0.1'],
    ['an IPv4 address as a number', 'ada@2130706433'],
    ['an IPv4 address in hex', 'ada@0x7f.0.0.1'],
    ['an address literal', 'ada@[127.0.0.1]'],
    ['an IPv6 literal', 'ada@[IPv6:::1]'],
    ['a dot at the end of the domain', 'ada@example.org.'],
    ['a dot at its beginning', 'ada@.example.org'],
    ['two dots in the domain', 'ada@example..org'],
    ['an underscore in the domain', 'ada@exa_mple.org'],
    ['a hyphen at an end of a label', 'ada@-example.org'],
    ['an A-label that is none', 'ada@xn--a.org'],
    ['a dot first', '.ada@example.org'],
    ['a dot last', 'ada.@example.org'],
    ['two dots', 'a..da@example.org'],
    ['a quoted name', '"ada lovelace"@example.org'],
    ['a comment', 'ada(home)@example.org'],
    ['a display name', 'Ada <ada@example.org>'],
    ['two addresses', 'ada@example.org,bob@example.org'],
    ['a header line more', 'ada@example.org\r\nBcc: bob@example.org'],
    ['a line break inside', 'ada\n@example.org'],
    ['a tab inside', 'a\tda@example.org'],
    ['NUL', 'ada\0@example.org'],
    ['a bidi override', 'ada\u202E@example.org'],
    ['a zero-width space', 'ad\u200Ba@example.org'],
    ['a soft hyphen', 'ad\u00ADa@example.org'],
    ['a lone surrogate', '\uD800@example.org'],
    ['a port', 'ada@example.org:25'],
    ['a path', 'ada@example.org/x'],
    ['an octet too many before the @', `${'a'.repeat(65)}@example.org`],
    ['an octet too many there in two-byte letters', `${'é'.repeat(33)}@example.org`],
    [
      'an octet too many in all',
      `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.example.com`,
    ],
    ['a label too long', `a@${'b'.repeat(64)}.org`],
    ['a megabyte', `${'a'.repeat(1_000_000)}@example.org`],
    ['a megabyte of domain', `a@${'ü.'.repeat(500_000)}org`],
  ])('is none with %s', (_, typed) => {
    expect(readAddress(typed)).toBeUndefined();
  });

  it('takes the longest that RFC 5321 allows', () => {
    expect(readAddress(`${'a'.repeat(64)}@example.org`)).toBeDefined();
  });

  it('never holds what could break a header line or an SMTP command, whatever was typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress(), mixed), (typed) => {
        const read = readAddress(typed);
        if (!read) return;
        expect(read.address).toMatch(/^[^\s<>()[\]\\,;:"\p{Cc}\p{Cf}\p{Cs}]+@[a-z0-9.-]+$/u);
        expect(Buffer.byteLength(read.address)).toBeLessThanOrEqual(254);
      }),
    );
  });

  it('reads the same when read again, and has one canonical form', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), mixed), (typed) => {
        const read = readAddress(typed);
        if (!read) return;
        expect(readAddress(read.address)).toEqual(read);
        expect(canonicalOf(read.canonical)).toBe(read.canonical);
      }),
    );
  });
});

/** Things that look like addresses, from letters that are apt to change when they are folded. */
const part = fc.string({
  unit: fc.constantFrom('a', 'Å', 'å', 'Ş', 'İ', 'ı', 'ſ', 'ß', 'Σ', 'ς', '.', '-', '+', '\u0301', '\u0327'),
  minLength: 1,
  maxLength: 8,
});
const mixed = fc.tuple(part, part).map(([local, domain]) => `${local}@${domain}.org`);
