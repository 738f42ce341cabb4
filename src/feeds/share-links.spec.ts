import { describe, expect, it } from '@jest/globals';
import { shareLinks } from './share-links.js';

describe('telling others', () => {
  const page = 'https://come.example/meetings/1';

  it('writes the mail and the message, whatever stands in the title', () => {
    const { mail, whatsApp } = shareLinks({ subject: 'Meeting: a & b?', lines: ['a & b? #1 + é', page] });
    expect(mail).toBe(
      'mailto:?subject=Meeting%3A%20a%20%26%20b%3F&body=a%20%26%20b%3F%20%231%20%2B%20%C3%A9%0D%0A' +
        'https%3A%2F%2Fcome.example%2Fmeetings%2F1',
    );
    expect(new URL(whatsApp).searchParams.get('text')).toBe(`a & b? #1 + é\n${page}`);
  });

  it('adds no header and no recipient', () => {
    const { mail } = shareLinks({ subject: 'x&bcc=v@x.example\r\nTo: v@x.example', lines: ['\ud800'] });
    expect(mail).not.toMatch(/&bcc=|[\r\n]|@/);
    expect(mail.split('&')).toHaveLength(2);
  });
});
