import ICAL from 'ical.js';

/** What stands in a calendar on one day. */
export interface Entered {
  readonly uid: string;
  readonly start: string;
  readonly end: string;
  readonly summary: string;
  readonly partstat: string;
}

interface Held {
  sequence: number;
  dtstamp: number;
  master: ICAL.Component | undefined;
  /** By RECURRENCE-ID as an instant. */
  readonly single: Map<string, ICAL.Component | 'cancelled'>;
}

/**
 * A guest's calendar that takes what mails bring, as RFC 5546 asks of a client: a REQUEST of the whole replaces all of it,
 * one with a RECURRENCE-ID that occurrence alone, a CANCEL likewise. It refuses what is older than what it has.
 */
export class GuestCalendar {
  private readonly held = new Map<string, Held>();

  take(calendar: string): void {
    const root = new ICAL.Component(ICAL.parse(calendar) as unknown[]);
    const method = String(root.getFirstPropertyValue('method'));
    const events = root.getAllSubcomponents('vevent');
    const [first] = events;
    if (!first) throw new Error('no VEVENT');
    const uid = String(first.getFirstPropertyValue('uid'));
    const sequence = Number(first.getFirstPropertyValue('sequence'));
    const dtstamp = instantOf(first, 'dtstamp').getTime();
    const held: Held = this.held.get(uid) ?? { sequence: 0, dtstamp: 0, master: undefined, single: new Map() };
    if (sequence < held.sequence || dtstamp <= held.dtstamp) throw new Error('older than what is there');
    Object.assign(held, { sequence, dtstamp });
    this.held.set(uid, held);
    const master = events.find((event) => !event.hasProperty('recurrence-id'));
    if (method === 'CANCEL') {
      if (master) this.held.delete(uid);
      else held.single.set(originalOf(first), 'cancelled');
      return;
    }
    if (method !== 'REQUEST') throw new Error(`not for a calendar: ${method}`);
    if (master) {
      held.master = master;
      held.single.clear();
    }
    for (const event of events) if (event !== master) held.single.set(originalOf(event), event);
  }

  /** Everything that stands in it, soonest first. */
  get entries(): readonly Entered[] {
    return [...this.held.values()]
      .flatMap((held) => [...entriesOf(held)])
      .sort((a, b) => a.start.localeCompare(b.start));
  }

  get starts(): readonly string[] {
    return this.entries.map(({ start }) => start);
  }
}

function* entriesOf({ master, single }: Held): Generator<Entered> {
  if (!master) return;
  const starts = startsOf(master);
  const length = instantOf(master, 'dtend').getTime() - instantOf(master, 'dtstart').getTime();
  for (const start of starts) {
    const own = single.get(start.toISOString());
    if (own === 'cancelled') continue;
    if (own) yield entered(own, instantOf(own, 'dtstart'), instantOf(own, 'dtend'));
    else yield entered(master, start, new Date(start.getTime() + length));
  }
}

/** One start, or what RRULE and EXDATE make of it. */
function startsOf(master: ICAL.Component): readonly Date[] {
  if (!master.hasProperty('rrule')) return [instantOf(master, 'dtstart')];
  const out = new Set(
    master
      .getAllProperties('exdate')
      .map((property) => (property.getFirstValue() as ICAL.Time).toJSDate().toISOString()),
  );
  const rule = master.getFirstPropertyValue('rrule') as ICAL.Recur;
  const iterator = rule.iterator(master.getFirstPropertyValue('dtstart') as ICAL.Time);
  const starts: Date[] = [];
  for (let next = iterator.next() as ICAL.Time | null; next; next = iterator.next() as ICAL.Time | null) {
    if (!out.has(next.toJSDate().toISOString())) starts.push(next.toJSDate());
  }
  return starts;
}

function instantOf(event: ICAL.Component, name: string): Date {
  const value = event.getFirstPropertyValue(name);
  if (!(value instanceof ICAL.Time)) throw new Error(`no ${name}`);
  return value.toJSDate();
}

const originalOf = (event: ICAL.Component): string => instantOf(event, 'recurrence-id').toISOString();

const entered = (event: ICAL.Component, start: Date, end: Date): Entered => ({
  uid: String(event.getFirstPropertyValue('uid')),
  start: start.toISOString(),
  end: end.toISOString(),
  summary: String(event.getFirstPropertyValue('summary')),
  partstat: String(event.getFirstProperty('attendee')?.getFirstParameter('partstat')),
});
