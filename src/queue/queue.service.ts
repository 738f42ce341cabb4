import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Gathering } from '../../libs/database/gathering.js';
import { accept, done, refuse, type Decision, type Result } from '../../libs/rules/decision.js';
import { idFromBytes, Ids, type Id } from '../../libs/privacy/ids.js';
import { Clock, MINUTE, plus } from '../../libs/time/clock.js';
import { openAt } from '../../libs/time/open-hours.js';
import { onTheClock } from '../../libs/time/zones.js';
import { availabilityOf, type OfficeHours } from '../office-hours/hours/office-hours.js';
import { OfficeHoursService } from '../office-hours/hours/office-hours.service.js';
import { FreeSlots } from '../office-hours/slots/free-slots.service.js';
import { SlotRooms } from '../office-hours/slots/slot-rooms.service.js';
import { QueueNews } from './queue-news.service.js';
import type { QueueEvent } from './queue.events.js';
import * as rules from './queue.js';
import { FIRST_CHOICE_MINUTES, type Ended, type NewTicket, type Opening, type Queue, type Ticket } from './queue.js';
import { QueueRepository } from './queue.repository.js';
import { engagementAt, type Engaged } from './standing.js';

/** The queue of one day as it is now, and what is around it. */
export interface Board {
  readonly hours: OfficeHours;
  /** What is not open by the present rules of the office hours is closed here, too. */
  readonly queue: Queue;
  /** In what is left of the range; empty while the queue is not open. */
  readonly engaged: Engaged;
}

export interface Standing extends Board {
  readonly ticket: Ticket;
}

interface Command {
  readonly queue: Id;
  /** Begins the queue where there is none yet, and follows the office hours where they were changed. */
  readonly opening: Opening | undefined;
  readonly decide: (queue: Queue) => Decision<Queue, QueueEvent, string>;
}

/** The public face of the queue. */
@Injectable()
export class QueueService {
  /** Many come at once: those who ask one process at the same moment share one write. */
  private readonly commands = new Gathering<Command, Result<Queue, string>>((all) => this.doAll(all));

  constructor(
    private readonly queues: QueueRepository,
    private readonly hours: OfficeHoursService,
    private readonly freeSlots: FreeSlots,
    private readonly rooms: SlotRooms,
    private readonly news: QueueNews,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** The queue of a day: the one that is open, or was until just now; one that nobody has used yet is empty. */
  async of(hours: OfficeHours): Promise<Board> {
    const now = this.clock.now();
    const opening = this.openingOf(hours, now);
    const day = opening?.day ?? onTheClock(plus(now, -FIRST_CHOICE_MINUTES * MINUTE), hours.timeZone).date;
    const id = idOf(hours.id, day);
    const { slotMinutes } = hours;
    const unused = { id, officeHours: hours.id, day, slotMinutes, opens: new Date(0), closes: new Date(0) };
    const queue = (await this.queues.get(id)) ?? rules.begin(opening ?? unused).state;
    return this.boardOf(hours, queue, opening);
  }

  async byId(id: Id): Promise<Board | undefined> {
    const queue = await this.queues.get(id);
    const hours = queue && (await this.hours.get(queue.officeHours));
    return hours && this.boardOf(hours, queue, this.openingOf(hours, this.clock.now()));
  }

  async ofTicket(id: Id): Promise<Standing | undefined> {
    const queue = await this.queues.ofTicket(id);
    const ticket = queue && rules.find(queue, id);
    const hours = ticket && (await this.hours.get(queue.officeHours));
    if (!hours) return undefined;
    return { ...(await this.boardOf(hours, queue, this.openingOf(hours, this.clock.now()))), ticket };
  }

  versions(ids: readonly Id[]): Promise<ReadonlyMap<Id, number>> {
    return this.queues.versions(ids);
  }

  /** @param given with the id that a form carried; where its ticket is over, another is taken */
  async take(hours: OfficeHours, given: NewTicket): Promise<Result<Id, 'closed' | 'full'>> {
    const opening = this.openingOf(hours, this.clock.now());
    if (!opening) return refuse('closed');
    for (const id of [given.id, this.ids.next()]) {
      const taken = await this.act(opening, (queue) => rules.take(queue, { ...given, id }, this.clock.now()));
      if (taken.ok) return done(id);
      if (taken.reason !== 'used') return refuse(taken.reason === 'full' ? 'full' : 'closed');
    }
    throw new Error('a fresh id was used before');
  }

  join(queue: Queue, ticket: Id) {
    return this.act(queue, (state) => rules.join(state, ticket, this.clock.now()));
  }

  leave({ hours, queue }: Board, ticket: Id) {
    const room = this.freshRoom(hours, queue.id);
    return this.act(queue, (state) => rules.leave(state, ticket, room, this.clock.now()));
  }

  /** @param anyway although a talk that was booked is on, as where nobody has come to it */
  async callNext({ hours, queue, engaged }: Board, host: Id, acts: number, anyway: boolean) {
    const now = this.clock.now();
    if (!anyway && engagementAt(engaged, host, now)) return refuse('engaged');
    const opening = this.openingOf(hours, now);
    const room = this.freshRoom(hours, queue.id);
    return this.act(opening ?? queue, (state) => rules.callNext(state, host, acts, room, this.clock.now()));
  }

  endTalk({ queue }: Board, host: Id, acts: number) {
    return this.act(queue, (state) => rules.endTalk(state, host, acts, this.clock.now()));
  }

  runLate({ hours, queue }: Board, host: Id, minutes: number) {
    const now = this.clock.now();
    return this.act(this.openingOf(hours, now) ?? queue, (state) => rules.runLate(state, host, minutes, now));
  }

  /** The time to come of one who was called is over. */
  async passOver(id: Id, order: number): Promise<void> {
    const board = await this.byId(id);
    if (!board) return;
    const { hours, queue, engaged } = board;
    const room = this.freshRoom(hours, id);
    await this.act(queue, (state) => {
      const now = this.clock.now();
      const isFree = (host: Id): boolean => rules.isOpen(queue, now) && !engagementAt(engaged, host, now);
      return rules.passOver(state, order, room, now, isFree);
    });
  }

  async close(id: Id): Promise<void> {
    await this.act({ id }, (queue) => rules.close(queue, this.clock.now()));
  }

  /** Keeps counts alone. Run again after a kill, it goes on where it stopped. */
  async forget(id: Id): Promise<void> {
    const queue = await this.queues.get(id);
    if (!queue) return;
    const decided = rules.forget(queue, this.clock.now());
    if (!decided.ok || decided.state) return;
    await this.queues.remember(queue, rules.endedOf(queue));
    await this.queues.store.change(id, (state) => rules.forget(state, this.clock.now()));
  }

  /** What became of those who took a ticket in the month of a day; of days that are over and forgotten. */
  month(hours: OfficeHours, day: string): Promise<Ended | undefined> {
    return this.queues.month(hours.id, day);
  }

  /** Where those meet of whom one was called: only their own pages show it. */
  roomOf({ queue, ticket }: Pick<Standing, 'queue' | 'ticket'>): string {
    return ticket.call && ticket.call.room.length > 0
      ? this.rooms.roomOf({ id: queue.id, room: ticket.call.room })
      : '';
  }

  private freshRoom(hours: OfficeHours, queue: Id): Uint8Array {
    return this.rooms.roomFor(hours, queue);
  }

  private async boardOf(hours: OfficeHours, queue: Queue, opening: Opening | undefined): Promise<Board> {
    const now = this.clock.now();
    const present = asOf(queue, opening, now);
    const rest = { from: now.getTime(), to: present.closes.getTime() };
    const engaged = rules.isOpen(present, now) ? await this.freeSlots.engaged(hours.hosts, rest) : new Map();
    return { hours, queue: present, engaged };
  }

  private openingOf(hours: OfficeHours, now: Date): Opening | undefined {
    const range = openAt(availabilityOf(hours), now);
    if (!range) return undefined;
    const { day, from, to } = range;
    const { id: officeHours, slotMinutes } = hours;
    return { id: idOf(officeHours, day), officeHours, day, slotMinutes, opens: new Date(from), closes: new Date(to) };
  }

  /** @param queue which; with all of an opening it is begun where there is none, and follows the office hours */
  private act<Refusal extends string>(
    queue: Pick<Queue, 'id'> | Opening,
    decide: (queue: Queue) => Decision<Queue, QueueEvent, Refusal>,
  ): Promise<Result<Queue, Refusal | 'unknown'>> {
    const opening = 'opens' in queue && !('tickets' in queue) ? queue : undefined;
    // The gathering knows commands of every kind; what refuses this one is what it refuses by.
    return this.commands.ask({ queue: queue.id, opening, decide }) as Promise<Result<Queue, Refusal | 'unknown'>>;
  }

  private async doAll(commands: readonly Command[]): Promise<readonly Promise<Result<Queue, string>>[]> {
    const rounds = new Map(
      [...Map.groupBy(commands, ({ queue }) => queue)].map(([id, all]) => [id, this.doRound(id, all)]),
    );
    await Promise.allSettled(rounds.values());
    return commands.map(async (command) => {
      const outcome = (await rounds.get(command.queue))?.get(command);
      if (!outcome) throw new Error('a command was not decided');
      return outcome;
    });
  }

  /** Decides one after another, in the order in which they came, and saves once. */
  private async doRound(id: Id, commands: readonly Command[]): Promise<ReadonlyMap<Command, Result<Queue, string>>> {
    const outcomes = new Map<Command, Result<Queue, string>>();
    let before: Queue | undefined;
    const decideAll = (queue: Queue) => {
      before = queue;
      return commands.reduce((so, command) => {
        const opened = command.opening ? rules.open(so.state, command.opening) : accept<Queue, QueueEvent>(so.state);
        const decided = command.decide(opened.state);
        outcomes.set(command, decided.ok ? done(decided.state) : decided);
        if (!decided.ok) return so;
        return accept<Queue, QueueEvent>(decided.state, ...so.events, ...opened.events, ...decided.events);
      }, accept<Queue, QueueEvent>(queue));
    };
    const opening = commands.find((command) => command.opening)?.opening;
    let saved = await this.queues.store.change(id, decideAll);
    if (!saved.ok && saved.reason === 'unknown' && opening) {
      const { state, events } = rules.begin(opening);
      await this.queues.store.create(id, state, events);
      saved = await this.queues.store.change(id, decideAll);
    }
    if (saved.ok && saved.value !== before) this.news.tell(id);
    if (!saved.ok) for (const command of commands) outcomes.set(command, refuse('unknown'));
    return outcomes;
  }
}

/** A queue under the rules that its office hours have now. */
function asOf(queue: Queue, opening: Opening | undefined, now: Date): Queue {
  if (opening?.id === queue.id) return rules.open(queue, opening).state;
  return queue.closes > now ? { ...queue, closes: now } : queue;
}

/** The queue of office hours on a day is found without being looked for. */
const idOf = (officeHours: Id, day: string): Id =>
  idFromBytes(createHash('sha256').update(`${officeHours}|${day}`).digest().subarray(0, 16));
