import { describe, expect, it } from '@jest/globals';
import { done, refuse } from '../../libs/rules/decision.js';
import { countedId } from '../../test/support/ids.js';
import { freshRoom, readRoom } from './room.js';

describe('a fresh room', () => {
  it('holds all 16 bytes of its id and nothing that letter case could tell apart', () => {
    const room = freshRoom('https://meet.jit.si/', countedId(255));
    expect(room).toBe('https://meet.jit.si/come-together-000000000000000000000000000000ff');
    expect(freshRoom('https://rooms.example/a', countedId(1))).toMatch(/^https:\/\/rooms\.example\/a\/come-together-/);
  });
});

describe('a room that is typed', () => {
  it.each([
    ['https://meet.example/ideas', 'https://meet.example/ideas'],
    ['HTTPS://meet.example/Ideas?pwd=1', 'https://meet.example/Ideas?pwd=1'],
    ['https://bücher.example/x', 'https://xn--bcher-kva.example/x'],
  ])('%s is read', (typed, address) => {
    expect(readRoom(typed)).toEqual(done(address));
  });

  it.each([
    'http://meet.example/ideas',
    'meet.example/ideas',
    'javascript:alert(1)',
    'data:text/html,https://meet.example',
    'https:meet.example',
    'https://',
    'https://meet.example@evil.example/',
    'https://user:pass@meet.example/',
    'https://meet.example/a b',
    '//meet.example',
    'ftp://meet.example',
  ])('%s is refused', (typed) => {
    expect(readRoom(typed)).toEqual(refuse('not-https'));
  });
});
