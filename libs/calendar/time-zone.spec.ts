import { describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { offsetAt, offsetsOf } from '../time/offsets.js';
import { TIME_ZONES } from '../time/zones.js';
import { timeZoneComponent } from './time-zone.js';

const DAY = 86_400_000;
const from = new Date('2026-11-01T00:00:00Z');
const until = new Date('2028-11-01T00:00:00Z');
const linesOf = (timeZone: string): readonly string[] => timeZoneComponent(timeZone, from, until).lines;

/** Instants at which an error would show: just before and after each change, and some of every month. */
function instants(timeZone: string): number[] {
  const changes = offsetsOf(timeZone).from.filter((at) => at > from.getTime() && at < until.getTime());
  const samples = Array.from({ length: 60 }, (_, index) => from.getTime() + index * 12.17 * DAY);
  return [from.getTime(), until.getTime(), ...samples, ...changes.flatMap((at) => [at - 1_000, at, at + 1_000])];
}

/** When which offset begins, as RFC 5545 3.6.5 reads the component; the rules are expanded by ical.js. */
function onsetsOf(lines: readonly string[]): { at: number; offset: number }[] {
  const component = new ICAL.Component(ICAL.parse(`${lines.join('\r\n')}\r\n`) as never);
  const onsets = component.getAllSubcomponents().flatMap((part) => {
    const start = part.getFirstPropertyValue('dtstart') as ICAL.Time;
    const [before, after] = ['tzoffsetfrom', 'tzoffsetto'].map(
      (name) => (part.getFirstPropertyValue(name) as ICAL.UtcOffset).toSeconds() * 1_000,
    );
    const rule = part.getFirstPropertyValue('rrule') as ICAL.Recur | null;
    const times = [start.toString()];
    const iterator = rule?.iterator(start);
    for (let time = iterator?.next(); time && time.year < 2031; time = iterator?.next()) times.push(time.toString());
    return times.map((time) => ({ at: Date.parse(`${time}Z`) - (before ?? 0), offset: after ?? 0 }));
  });
  return onsets.sort((a, b) => a.at - b.at);
}

describe('VTIMEZONE', () => {
  it('has the offset of the zone data at every instant of the next two years, for every zone', () => {
    for (const timeZone of TIME_ZONES) {
      const onsets = onsetsOf(linesOf(timeZone));
      const wrong = instants(timeZone).filter((instant) => {
        const onset = onsets.findLast(({ at }) => at <= instant);
        return onset?.offset !== offsetAt(offsetsOf(timeZone), instant);
      });
      expect([timeZone, wrong.map((instant) => new Date(instant).toISOString())]).toEqual([timeZone, []]);
    }
  });

  it('keeps to what Exchange and Outlook read, in every zone', () => {
    for (const timeZone of TIME_ZONES) {
      const text = linesOf(timeZone).join('\n');
      expect(text).toContain('BEGIN:STANDARD');
      expect(text).not.toMatch(/RDATE|EXDATE|UNTIL|COUNT|DTSTART.*[Z=]/);
      for (const part of text.split(/(?=BEGIN:)/).slice(1)) {
        expect(part).toMatch(
          /^BEGIN:(STANDARD|DAYLIGHT)\nDTSTART:\d{8}T\d{6}\nTZOFFSETFROM:[+-]\d{4}\nTZOFFSETTO:[+-]\d{4}\n(RRULE:FREQ=YEARLY;BYMONTH=\d+;BYDAY=(-1|[1-4])[A-Z]{2}\n)?END:\1\n/,
        );
      }
    }
  });

  it('is short where clocks are changed by the same rule every year', () => {
    expect(linesOf('Europe/Berlin')).toEqual([
      'BEGIN:VTIMEZONE',
      'TZID:Europe/Berlin',
      'BEGIN:STANDARD',
      'DTSTART:20251026T030000',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0100',
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
      'END:STANDARD',
      'BEGIN:DAYLIGHT',
      'DTSTART:20260329T020000',
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0200',
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
      'END:DAYLIGHT',
      'END:VTIMEZONE',
    ]);
  });

  it('is shorter where they never are', () => {
    expect(linesOf('Africa/Porto-Novo')).toEqual([
      'BEGIN:VTIMEZONE',
      'TZID:Africa/Porto-Novo',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0100',
      'END:STANDARD',
      'END:VTIMEZONE',
    ]);
  });

  it('names each change where no rule of Outlook’s fits: the Sunday from 2 to 8 April', () => {
    const lines = linesOf('America/Santiago');
    expect(lines.filter((line) => line.startsWith('RRULE'))).toEqual(['RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1SU']);
    for (const onset of ['20270404T000000', '20280402T000000']) expect(lines).toContain(`DTSTART:${onset}`);
  });

  it('knows that Vancouver keeps summer time from 2026 on', () => {
    expect(linesOf('America/Vancouver').at(-3)).toBe('TZOFFSETTO:-0700');
    expect(linesOf('America/Vancouver')).not.toContain('BEGIN:DAYLIGHT');
  });
});
