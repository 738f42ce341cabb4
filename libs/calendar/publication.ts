import { cleanLine, escapeText, jcalUtc, utc } from './content-lines.js';
import { eventParts, readsAs, writeEvent, type EventParts, type EventText } from './event.js';
import { isSequence, isUid, PRODID } from './invite.js';
import { trigger } from './model.js';
import { prove, type Expected, type ExpectedComponent } from './proof.js';
import { seriesEvents, type SeriesText } from './series.js';
import { cleanWithoutSlots, Lines } from './slots.js';
import { timeZoneComponent } from './time-zone.js';

/** What identifies a published meeting: the UID is the same whenever it is published, and that of no invitation. */
interface Identity {
  readonly uid: string;
  readonly sequence: number;
  readonly dtstamp: Date;
}

export type PublishedMeeting = Identity & Omit<EventText, 'alarms'>;
export type PublishedSeries = Identity & Omit<SeriesText, 'alarms' | 'method'>;

export interface Publication {
  readonly meetings: readonly (PublishedMeeting | PublishedSeries)[];
  /** What a subscriber's calendar is called, and how often it should look. A file to be taken once has neither. */
  readonly feed?: { readonly name: string; readonly refreshMinutes: number };
}

/**
 * A calendar of meetings that everyone may have, METHOD:PUBLISH: without guests, with names and intervals that only
 * subscriptions know (RFC 5546 3.2.1, RFC 7986). Proven as invitations are; throws a RangeError for what cannot be
 * written safely.
 */
export function publication({ meetings, feed }: Publication): string {
  const lines = new Lines();
  const head = headOf(feed);
  lines.text('BEGIN:VCALENDAR');
  for (const [line] of head) lines.text(line);
  const { zones, events } = contentsOf(meetings);
  for (const zone of zones) for (const line of zone.lines) lines.text(line);
  for (const { identity, parts } of events) {
    writeEvent(lines, parts, () => {
      for (const [line] of identity) lines.text(line);
    });
  }
  lines.text('END:VCALENDAR');
  const text = lines.compiled().texts.join('');
  prove(text, {
    name: 'vcalendar',
    properties: head.map(([, reads]) => reads),
    components: [
      ...zones.map(({ reads }) => reads),
      ...events.map(({ identity, parts }) =>
        readsAs(
          parts,
          identity.map(([, reads]) => reads),
          (read) => read,
        ),
      ),
    ],
  });
  return text;
}

type Line = readonly [line: string, reads: Expected];

function headOf(feed: Publication['feed']): readonly Line[] {
  const head: Line[] = [
    ['VERSION:2.0', ['version', {}, '2.0']],
    [`PRODID:${PRODID}`, ['prodid', {}, PRODID]],
    ['CALSCALE:GREGORIAN', ['calscale', {}, 'GREGORIAN']],
    ['METHOD:PUBLISH', ['method', {}, 'PUBLISH']],
  ];
  if (!feed) return head;
  if (!Number.isInteger(feed.refreshMinutes) || feed.refreshMinutes < 1) throw new RangeError('not an interval');
  const name = escapeText(cleanLine(cleanWithoutSlots(feed.name)));
  const interval = trigger(feed.refreshMinutes).slice(1);
  return [
    ...head,
    // The reader knows neither of the names as TEXT, so it leaves their escapes.
    [`NAME:${name}`, ['name', {}, name]],
    [`X-WR-CALNAME:${name}`, ['x-wr-calname', {}, name]],
    [`REFRESH-INTERVAL;VALUE=DURATION:${interval}`, ['refresh-interval', {}, interval]],
    [`X-PUBLISHED-TTL:${interval}`, ['x-published-ttl', {}, interval]],
  ];
}

interface Zone {
  readonly lines: readonly string[];
  readonly reads: ExpectedComponent;
}

function contentsOf(meetings: Publication['meetings']): {
  readonly zones: readonly Zone[];
  readonly events: readonly { readonly identity: readonly Line[]; readonly parts: EventParts }[];
} {
  const periods = new Map<string, { from: Date; until: Date }>();
  const events = meetings.flatMap((meeting) => {
    const identity = identityOf(meeting);
    if (!('recurrence' in meeting)) {
      return [{ identity, parts: eventParts('PUBLISH', meeting, { zone: null }, []) }];
    }
    const { parts, changed, zone, from, until } = seriesEvents('PUBLISH', meeting, []);
    const known = periods.get(zone) ?? { from, until };
    periods.set(zone, {
      from: known.from < from ? known.from : from,
      until: known.until > until ? known.until : until,
    });
    return [parts, ...changed.map((each) => each.parts)].map((each) => ({ identity, parts: each }));
  });
  const zones = [...periods].map(([zone, { from, until }]) => timeZoneComponent(zone, from, until));
  // A calendar has at least one component (RFC 5545 3.6), also when nothing is planned.
  return { zones: events.length === 0 ? [NOTHING_PLANNED] : zones, events };
}

const NOTHING_PLANNED = timeZoneComponent('UTC', new Date('2020-01-01'), new Date('2020-01-01'));

function identityOf({ uid, sequence, dtstamp }: Identity): readonly Line[] {
  if (!isUid(uid)) throw new RangeError('not a UID');
  if (!isSequence(sequence)) throw new RangeError('not a SEQUENCE');
  return [
    [`UID:${uid}`, ['uid', {}, uid]],
    [`SEQUENCE:${String(sequence)}`, ['sequence', {}, String(sequence)]],
    [`DTSTAMP:${utc(dtstamp)}`, ['dtstamp', {}, jcalUtc(dtstamp)]],
  ];
}
