import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readCookie, SessionCookie } from './cookies.js';
import { csrfToken, isCsrfToken } from './csrf.js';

describe('the session cookie', () => {
  const id = 'abcdefghijklmnopqrstuv';

  it('is bound to the host over https', () => {
    const cookie = new SessionCookie('https://meet.example');
    expect(cookie.write(id, 3600.9)).toBe(`__Host-session=${id}; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax; Secure`);
    expect(cookie.read(`session=x; __Host-session=${id}`)).toBe(id);
  });

  it('works over http on one machine', () => {
    const cookie = new SessionCookie('http://localhost:3000');
    expect(cookie.write(id, 60)).toBe(`session=${id}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax`);
    expect(cookie.clear()).toBe('session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax');
    expect(cookie.read(`a=b; session=${id}; session=other`)).toBe(id);
  });

  it.each([
    undefined,
    '',
    'session',
    'session=',
    'session="x"',
    'session=a b',
    `sessions=${id}`,
    `session=${'x'.repeat(200)}`,
  ])('%s holds no session', (header) => {
    expect(new SessionCookie('http://localhost').read(header)).toBeUndefined();
  });

  it('keeps = within a value', () => {
    expect(readCookie('a=b=c', 'a')).toBe('b=c');
  });
});

describe('the token of a console form', () => {
  const key = createSecretKey(Buffer.alloc(32, 7));

  it('belongs to one session and one key', () => {
    const token = csrfToken(key, 'one');
    expect(isCsrfToken(key, 'one', token)).toBe(true);
    expect(isCsrfToken(key, 'two', token)).toBe(false);
    expect(isCsrfToken(createSecretKey(Buffer.alloc(32, 8)), 'one', token)).toBe(false);
  });

  it.each([undefined, '', 'x', ['a'], {}, 5])('%j is none', (given) => {
    expect(isCsrfToken(key, 'one', given)).toBe(false);
  });
});
