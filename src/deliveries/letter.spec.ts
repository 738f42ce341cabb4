import { expect, it } from '@jest/globals';
import { htmlText, paragraph, plainText, said, type Letter } from './letter.js';

const letter: Letter = {
  language: 'fr',
  title: 'Idées',
  blocks: [paragraph('Votre hôte vous écrit :'), said('Bonjour,\n\nà <b>demain</b>.')],
  footer: [],
  signature: 'Come Together',
  colon: ' :',
};

it('what someone said stands apart from what we say, in both texts', () => {
  expect(plainText(letter)).toContain('écrit :\n\n> Bonjour,\n> \n> à <b>demain</b>.\n');
  expect(htmlText(letter)).toMatch(/border-left[^>]*>Bonjour,<br>\n<br>\nà &lt;b&gt;demain&lt;\/b&gt;\.<\/p>/);
});
