import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SEAL_OVERHEAD } from '../../libs/privacy/envelope.js';
import { howManyFit, inDocuments, MOST_BYTES, pad, sizeOf, unpad } from './padding.js';

const KB = 1024;

describe('padding', () => {
  it('gives back what it was given, in steps of 64 KB and under 256 KB with its document', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 60_000, size: 'max' }), { maxLength: 6 }),
        (items) => {
          for (const part of inDocuments(items)) {
            const padded = pad(part);
            expect(unpad(padded)).toEqual(part);
            expect((padded.length + SEAL_OVERHEAD + 512) % (64 * KB)).toBe(0);
            expect(padded.length + SEAL_OVERHEAD + 512).toBeLessThanOrEqual(256 * KB);
          }
          expect(inDocuments(items).flat()).toEqual(items);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tells one form from a hundred by nothing', () => {
    expect(pad(['a']).length).toBe(pad(Array.from({ length: 100 }, () => 'a'.repeat(500))).length);
  });

  it('fills a document to the last byte and not beyond', () => {
    const item = 'x'.repeat(MOST_BYTES - 4);
    expect(sizeOf(item)).toBe(MOST_BYTES - 1);
    expect(unpad(pad([item]))).toEqual([item]);
    expect(howManyFit([item, 'y'])).toBe(1);
    expect(() => pad([`${item}x`])).toThrow(RangeError);
    expect(() => inDocuments([`${item}x`])).toThrow(RangeError);
  });
});
