import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localAt, LocalReader, offsetAt, offsetsOf } from './offsets.js';
import { TIME_ZONES } from './zones.js';

const instants = fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(2199, 11, 30) });

describe('the clock table of a zone', () => {
  it('shows what the runtime shows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TIME_ZONES), instants, (timeZone, instant) => {
        const shown = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
        expect(offsetAt(offsetsOf(timeZone), instant)).toBe(shown.offsetNanoseconds / 1e6);
      }),
    );
  });

  it('reads local times in any order as Temporal reads them', () => {
    const near = fc.tuple(
      fc.constantFrom(...TIME_ZONES),
      instants,
      fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 20 }),
    );
    fc.assert(
      fc.property(near, ([timeZone, instant, minutes]) => {
        const offsets = offsetsOf(timeZone);
        const reader = new LocalReader(offsets);
        // Close to the next change of the clocks, if one comes.
        const change = offsets.from.find((each) => each > instant) ?? instant;
        for (const minute of minutes) {
          const local = localAt(offsets, change) + minute * 60_000;
          const plain = Temporal.Instant.fromEpochMilliseconds(local).toZonedDateTimeISO('UTC').toPlainDateTime();
          const zoned = plain.toZonedDateTime(timeZone, { disambiguation: 'compatible' });
          expect(reader.instant(local)).toBe(zoned.epochMilliseconds);
          expect(reader.skipped).toBe(!zoned.toPlainDateTime().equals(plain));
        }
      }),
    );
  });

  it('knows of a span of local times whether one offset holds all through it', () => {
    const spans = fc.tuple(
      fc.constantFrom(...TIME_ZONES),
      instants,
      fc.integer({ min: -600, max: 300 }),
      fc.integer({ min: 0, max: 600 }),
    );
    fc.assert(
      fc.property(spans, ([timeZone, instant, minute, minutes]) => {
        const offsets = offsetsOf(timeZone);
        const change = offsets.from.find((each) => each > instant) ?? instant;
        const local = localAt(offsets, change) + minute * 60_000;
        const span = Array.from({ length: minutes + 1 }, (_, index) => local + index * 60_000);
        const [one, each] = [new LocalReader(offsets), new LocalReader(offsets)];
        const through = one.offsetThrough(local, span.at(-1) ?? local);
        const found = new Set(span.map((at) => (each.instant(at), each.skipped ? undefined : at - each.instant(at))));
        expect(through).toBe(found.size === 1 ? [...found][0] : undefined);
      }),
      { numRuns: 300 },
    );
  });

  it.each([Date.UTC(1969, 11, 31), Date.UTC(2200, 0, 1), Number.NaN, Infinity])('knows nothing of %d', (instant) => {
    expect(() => offsetAt(offsetsOf('Europe/Berlin'), instant)).toThrow(RangeError);
    expect(() => new LocalReader(offsetsOf('Europe/Berlin')).instant(instant)).toThrow(RangeError);
  });
});
