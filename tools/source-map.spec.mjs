import { SourceMap } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { oursIn } from './source-map.mjs';

/** Three lines: one of ours, one of a package, and one of ours with two lines in it and a name. */
const WHOLE = {
  version: 3,
  sources: ['../../src/a.ts', '../../node_modules/b/index.js', '../../src/c.ts'],
  names: ['greet'],
  mappings: 'AAAA,EAAE;ACAA,IAAI;CCEAA,OAAO,UACT',
};

describe('the source map of a bundle', () => {
  const whole = new SourceMap(WHOLE);
  const ours = new SourceMap(oursIn(WHOLE));

  it('leads to the same lines of our own files', () => {
    for (const [line, column] of [
      [0, 0],
      [2, 1],
      [2, 18],
    ]) {
      const { originalSource, originalLine } = whole.findEntry(line, column);
      expect(originalSource).toMatch(/src/);
      expect(ours.findEntry(line, column)).toMatchObject({ originalSource, originalLine });
    }
  });

  it('takes no place in a package for one of ours', () => {
    expect(whole.findOrigin(2, 3)).toHaveProperty('fileName');
    for (const column of [1, 3, 9]) expect(ours.findOrigin(2, column)).toEqual({});
  });

  it('names no package, whatever the package calls its own sources', () => {
    const sources = ['../../src/a.ts', 'https://b.example/src/index.ts', 'missing:c'];
    const named = new SourceMap(oursIn({ ...WHOLE, sources }));
    expect(named.findOrigin(1, 1)).toMatchObject({ fileName: '../../src/a.ts' });
    for (const line of [2, 3]) expect(named.findOrigin(line, 5)).toEqual({});
  });

  it('keeps large steps forward and back', () => {
    const far = { version: 3, sources: ['src/a.ts'], names: [], mappings: 'AAw+BA,GAjhBA' };
    expect(oursIn(far).mappings).toBe(far.mappings);
  });
});
