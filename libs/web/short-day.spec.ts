import { expect, it } from '@jest/globals';
import { shortDay } from './short-day.js';

it.each([
  ['en', '1 Jul 2027'],
  ['fr', '1er juil. 2027'],
  ['de', '01.07.2027'],
  ['es', '1 jul 2027'],
])('a day of a table in %s: %s', (language, text) => {
  expect(shortDay(language, new Date('2027-07-01T12:00:00Z'))).toBe(text);
});
