import { describe, expect, it } from '@jest/globals';
import { isTimeOfDayRange, parseHours, parseMailbox } from './config-values.js';

describe('MAIL_FROM', () => {
  it.each([
    ['Come Together <team@come-together.example>', { name: 'Come Together', address: 'team@come-together.example' }],
    ['"Régions jumelles" <equipe@copargo.example>', { name: 'Régions jumelles', address: 'equipe@copargo.example' }],
    ['Team <team@localhost>', { name: 'Team', address: 'team@localhost' }],
    ['Team <team@Grün.example>', { name: 'Team', address: 'team@xn--grn-ioa.example' }],
  ])('%s', (text, mailbox) => {
    expect(parseMailbox(text)).toEqual(mailbox);
  });

  it.each([
    'team@come-together.example',
    '<team@come-together.example>',
    'Team <team>',
    'Team <a..b@example.org>',
    'Team <équipe@example.org>',
    'Team <a@example.org>, Other <b@example.org>',
    'Team\r\nBcc: x <team@example.org>',
    'Team <team@exa mple.org>',
  ])('is none: %j', (text) => {
    expect(parseMailbox(text)).toBeUndefined();
  });
});

describe('QUIET_HOURS', () => {
  it('are two hours of the day', () => {
    expect(parseHours('22-7')).toEqual({ from: 22, to: 7 });
    expect(parseHours('0-0')).toEqual({ from: 0, to: 0 });
  });

  it.each(['', '22', '22-24', '-1-7', '22:30-7', 'night'])('%s are none', (text) => {
    expect(isTimeOfDayRange(text)).toBe(false);
  });
});
