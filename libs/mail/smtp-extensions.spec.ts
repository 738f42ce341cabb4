import { describe, expect, it } from '@jest/globals';
import { readExtensions } from './smtp-extensions.js';

const NONE = { pipelining: false, utf8: false, size: false, mostOctets: Infinity };

describe('what a server says it can do', () => {
  it.each([
    [
      'all that matters here',
      '250-mx.example greets\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 SMTPUTF8',
      { pipelining: true, utf8: true, size: true, mostOctets: 1000 },
    ],
    [
      'lines that LF ends, in any case',
      '250-mx\n250-pipelining\n250 size 7',
      { ...NONE, pipelining: true, size: true, mostOctets: 7 },
    ],
    ['no limit of size', '250-mx\r\n250 SIZE', { ...NONE, size: true }],
    ['a size of 0, which is no limit', '250-mx\r\n250 SIZE 0', { ...NONE, size: true }],
    ['a size that is no number', '250-mx\r\n250 SIZE many', { ...NONE, size: true }],
    ['a greeting that names one', '250 PIPELINING SMTPUTF8 SIZE 1', NONE],
    ['a word that only begins like one', '250-mx\r\n250 PIPELINING-OLD', NONE],
    ['an answer to HELO', '250 mx.example', NONE],
    ['a refusal', '502-no\r\n502 PIPELINING', NONE],
    ['nothing', '', NONE],
  ])('%s', (_, reply, extensions) => {
    expect(readExtensions(reply)).toEqual(extensions);
  });
});
