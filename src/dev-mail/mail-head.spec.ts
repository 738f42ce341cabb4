import { describe, expect, it } from '@jest/globals';
import { subjectIn } from './mail-head.js';

describe('the subject of a mail', () => {
  it.each([
    ['is plain text', 'From: a@b.c\r\nSubject: Hello\r\nTo: d', 'Hello'],
    ['may be folded', 'Subject: Hello\r\n there\r\nTo: d', 'Hello there'],
    ['may be quoted', 'Subject: =?UTF-8?Q?Confirm=C3=A9_=3F?=', 'Confirmé ?'],
    ['may be in base64', 'Subject: =?utf-8?B?w6nDqQ==?=', 'éé'],
    ['is joined where encoded words meet', 'Subject: =?utf-8?Q?a?=\r\n =?utf-8?Q?b?= c', 'ab c'],
    ['may be in a charset nobody knows', 'Subject: =?x-none?Q?a?=', 'a'],
    ['may be missing', 'To: d', ''],
  ])('%s', (_, head, subject) => {
    expect(subjectIn(head)).toBe(subject);
  });
});
