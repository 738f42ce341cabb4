import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import nodeIcal from 'node-ical';
import { eventOf, guest, namesOf, slots, text, valueOf, written } from '../../test/support/invites.js';
import { fillInvite, inviteTemplate } from './invite.js';
import { slot } from './slots.js';

describe('slots', () => {
  it.each<[string, Record<string, string>]>([
    ['are all needed', { when: 'x', join: 'https://come.example' }],
    ['hold one line', { ...guest.replacements, when: 'x\r\nATTENDEE:y' }],
    ['hold no separator', { ...guest.replacements, when: 'x\u2028y' }],
    ['hold no other slot', { ...guest.replacements, when: slot('join') }],
    ['hold whole characters', { ...guest.replacements, when: '\ud800' }],
    ['hold an address of the web where one is due', { ...guest.replacements, page: 'javascript:alert(1)' }],
    ['hold no space in an address', { ...guest.replacements, page: 'https://come.example/ x' }],
    ['hold no line break in an address', { ...guest.replacements, page: 'https://come.example/\r\nX:y' }],
    ['hold not too much', { ...guest.replacements, when: 'x'.repeat(2_001) }],
  ])('%s', (_, replacements) => {
    expect(() => written({}, { replacements })).toThrow(RangeError);
  });

  it('are not found in what an object inherits', () => {
    const description = slot('constructor');
    expect(() => fillInvite(inviteTemplate({ ...text, description }, [...slots, 'constructor']), guest)).toThrow(
      RangeError,
    );
  });

  it('that nobody announced are text', () => {
    const description = `${slot('other')}\ue000\ue001\ue000 \ue000${slot('when')}`;
    expect(valueOf(written({ description }), 'description')).toBe(`other ${guest.replacements?.['when'] ?? ''}`);
    expect(valueOf(written({ summary: slot('join') }), 'summary')).toBe('join');
  });

  it('may stand beside each other, at both ends, and be empty', () => {
    const description = `${slot('when')}${slot('join')}${slot('when')}`;
    const replacements = { ...guest.replacements, when: '' };
    expect(valueOf(written({ description }, { replacements }), 'description')).toBe(guest.replacements?.['join']);
  });

  it.each(['', 'A', 'a b', 'a\ue001', '__proto__'])('are not called %j', (name) => {
    expect(() => slot(name)).toThrow(RangeError);
  });
});

describe('hostile texts', () => {
  const bits = fc.constantFrom(
    ...[
      '\r\n',
      '\n',
      '\r',
      '\u2028',
      '\u0085',
      '\t',
      ' ',
      '\0',
      '\x0b',
      '\x7f',
      '\ufeff',
      '\ud800',
      '\udc00',
      '😀',
      'é',
    ],
    ...['\\', '\\n', ';', ',', ':', '"', '^', "^'", '^n', '=', '%0D%0A', '\ue000', '\ue001', '\ue000join\ue001'],
    ...['BEGIN:VEVENT', 'END:VCALENDAR', 'ATTENDEE:mailto:v@example.org', 'X-A:b', '__proto__', '<script>', '=cmd()'],
  );
  const hostile = fc.array(fc.oneof(bits, fc.string({ unit: 'binary' })), { maxLength: 30 }).map((all) => all.join(''));
  /** What must survive: everything but breaks, blanks, controls and marks. */
  const essence = (value: string): string =>
    value
      .toWellFormed()
      .replace(/\ue000join\ue001/g, 'join')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\s\ufeff\ue000\ue001]/gu, '');

  it('are read back as what they say, by two parsers, and add nothing', () => {
    const names = namesOf(written());
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (summary, description, location, name) => {
        // A letter in each keeps what would be empty, and so left out.
        const part = { summary, description: `d${description}`, location: `l${location}` };
        const conference = { uri: slot('join'), label: name };
        const calendar = fillInvite(
          inviteTemplate({ ...text, ...part, organizer: { ...text.organizer, name: `o${name}` }, conference }, [
            'page',
            'join',
          ]),
          guest,
        );
        expect(namesOf(calendar)).toEqual(names);
        for (const line of calendar.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        const join = guest.replacements?.['join'] ?? '';
        const bySecond = nodeIcal.sync.parseICS(calendar)[guest.uid] as unknown as Record<string, { val: string }>;
        const fold = (value: string): string => essence(value.replaceAll(join, 'join'));
        for (const [property, typed] of [
          ['summary', summary],
          ['description', part.description],
          ['location', part.location],
        ] as const) {
          expect(fold(valueOf(calendar, property))).toBe(essence(typed));
          // The second takes a backslash that someone typed before an n for a line break.
          const second = fold(bySecond[property]?.val ?? '').replace(/\\+n?/gi, '');
          if (property !== 'summary') expect(second).toBe(essence(typed).replace(/\\+n?/gi, ''));
        }
        const cn = eventOf(calendar).getFirstProperty('organizer')?.getFirstParameter('cn') ?? '';
        expect(essence(cn)).toBe(essence(`o${name}`).replace(/["^\\]/g, ''));
      }),
      { numRuns: 300 },
    );
  });

  it('of recipients are refused or read back as they are', () => {
    const template = inviteTemplate(text, slots);
    fc.assert(
      fc.property(hostile, fc.string({ unit: 'binary' }), (when, address) => {
        const whom = { ...guest, replacements: { ...guest.replacements, when }, address: `${address}@example.org` };
        let calendar: string | undefined;
        try {
          calendar = fillInvite(template, whom);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        if (calendar === undefined) return;
        expect(valueOf(calendar, 'description')).toContain(`\n\n${when}\n\n`);
        expect(decodeURIComponent(valueOf(calendar, 'attendee'))).toBe(`mailto:${whom.address}`);
      }),
      { numRuns: 500 },
    );
  });

  it('are answered by the same for the same', () => {
    const template = inviteTemplate(text, slots);
    expect(fillInvite(template, guest)).toBe(fillInvite(inviteTemplate(text, slots), guest));
  });
});
