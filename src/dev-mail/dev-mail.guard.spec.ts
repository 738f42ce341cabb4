import { describe, expect, it } from '@jest/globals';
import { isFromHere } from './dev-mail.guard.js';

describe('looking into the local mailbox', () => {
  it.each([
    ['from this machine', '127.0.0.1', { host: 'localhost:3000' }, true],
    ['by IPv6', '::1', { host: '[::1]:3000' }, true],
    ['by IPv4 in IPv6', '::ffff:127.0.0.1', { host: '127.0.0.1' }, true],
    ['from elsewhere', '192.0.2.7', { host: 'localhost' }, false],
    ['through a proxy on this machine', '127.0.0.1', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }, false],
    ['under a name that was made to point here', '127.0.0.1', { host: 'evil.example' }, false],
    ['under a name that only begins like ours', '127.0.0.1', { host: 'localhost.evil.example' }, false],
    ['without a name', '127.0.0.1', {}, false],
  ])('%s', (_, address, headers, allowed) => {
    expect(isFromHere(address, headers)).toBe(allowed);
  });
});
