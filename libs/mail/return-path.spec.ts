import { describe, expect, it } from '@jest/globals';
import { returnPath, tokenIn } from './return-path.js';

describe('where bounces go', () => {
  it('is an address of the mail at our domain', () => {
    expect(returnPath('team@x.example', '00ff')).toBe('bounce+00ff@x.example');
    expect(tokenIn('bounce+00ff@x.example')).toBe('00ff');
  });

  it('names the mail when a server on the way changed the case', () => {
    expect(tokenIn('BOUNCE+00FF@X.EXAMPLE')).toBe('00ff');
  });

  it.each(['team@x.example', 'bounce@x.example', 'bounce+zz@x.example', 'x-bounce+00@x.example'])(
    'is not %s',
    (address) => {
      expect(tokenIn(address)).toBeUndefined();
    },
  );

  it('takes nothing but a token', () => {
    expect(() => returnPath('team@x.example', 'a@b>\r\n')).toThrow(RangeError);
  });
});
