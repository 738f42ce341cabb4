import { describe, expect, it } from '@jest/globals';
import { subscribeLinks } from './subscribe-links.js';

describe('ways to subscribe', () => {
  const address = 'https://come.example/fr/meetings.ics';
  const links = subscribeLinks(address, 'Rencontres & idées\r\n#1');

  it('name the feed as each calendar asks for it', () => {
    expect(links.webcal).toBe('webcal://come.example/fr/meetings.ics');
    expect(new URL(links.google).searchParams.get('cid')).toBe(links.webcal);
    for (const link of [links.outlook, links.office365]) {
      expect(Object.fromEntries(new URL(link).searchParams)).toEqual({ url: address, name: 'Rencontres & idées #1' });
      expect(link).not.toMatch(/\+|\s/);
    }
  });

  it('work on a machine of one’s own, too', () => {
    expect(subscribeLinks('http://localhost:3000/meetings.ics', '').webcal).toBe(
      'webcal://localhost:3000/meetings.ics',
    );
  });
});
