import { PassThrough, type Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import { HOUR } from '../../libs/time/clock.js';
import { QueueNews } from './queue-news.service.js';
import { QueueService, type Board } from './queue.service.js';

/** Listeners of one process; whoever comes after asks for the page again and again instead. */
const MOST = 2_000;
/** Milliseconds between two looks at what has changed without news. */
const LOOK = 3_000;
/** Looks until time alone has changed what is shown, a listener is told that all is well, and everything is read again. */
const LOOKS_PER_SHOW = 3;
const LOOKS_PER_BEAT = 6;
const LOOKS_PER_READING = 20;
/** Listeners that are told in one turn. */
const AT_ONCE = 50;
/** Whoever listens longer connects anew, and is looked at anew. */
const LONGEST = HOUR;
/** Bytes that may wait for a listener who does not take them. */
const PATIENCE = 128 * 1024;

interface Listener {
  readonly stream: PassThrough;
  /** What to show now; undefined ends it. */
  readonly tell: (board: Board) => Promise<string | undefined>;
  readonly beat: () => void;
  readonly since: number;
  told: string;
}

interface Watched {
  readonly listeners: Set<Listener>;
  board: Board | undefined;
  version: number | undefined;
  /** A reading under way, and whether something changed since it began. */
  reading: Promise<void> | undefined;
  isStale: boolean;
}

/**
 * Server-sent events for pages of a queue. A queue is read once for all who watch it in this process: on news, and where its
 * version shows that news was lost.
 */
@Injectable()
export class LivePages implements OnModuleDestroy {
  private readonly watched = new Map<Id, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;
  private hears = false;
  private isEnding = false;

  constructor(
    private readonly queues: QueueService,
    private readonly news: QueueNews,
  ) {}

  /** @returns undefined when too many listen, or the process is about to end */
  listen(queue: Id, tell: Listener['tell'], beat: Listener['beat'] = () => undefined): Readable | undefined {
    const count = [...this.watched.values()].reduce((sum, { listeners }) => sum + listeners.size, 0);
    if (this.isEnding || count >= MOST) return undefined;
    this.begin();
    const stream = new PassThrough();
    const listener: Listener = { stream, tell, beat, since: performance.now(), told: '' };
    const fresh = { listeners: new Set<Listener>(), board: undefined, version: undefined };
    const watched: Watched = this.watched.get(queue) ?? { ...fresh, reading: undefined, isStale: false };
    this.watched.set(queue, watched);
    watched.listeners.add(listener);
    stream.on('close', () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0) this.watched.delete(queue);
      if (this.watched.size === 0) this.pause();
    });
    stream.on('error', () => undefined);
    stream.write('retry: 3000\n\n');
    this.readAgain(queue, watched);
    return stream;
  }

  onModuleDestroy(): void {
    this.isEnding = true;
    this.pause();
    for (const { listeners } of this.watched.values()) for (const { stream } of listeners) stream.end();
  }

  private begin(): void {
    if (!this.hears) {
      this.hears = true;
      this.news.hear((id) => {
        const watched = this.watched.get(id);
        if (watched) this.readAgain(id, watched);
      });
    }
    this.timer ??= setInterval(() => void this.look().catch(() => undefined), LOOK);
  }

  private pause(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Time alone changes what is shown: a place that is kept for three minutes, a host who is late. */
  private async look(): Promise<void> {
    this.looks += 1;
    if (this.looks % LOOKS_PER_BEAT === 0) this.beat();
    // Nothing is as it was while the database is away: what is shown stays.
    const versions = await this.queues.versions([...this.watched.keys()]);
    for (const [id, watched] of this.watched) {
      if (watched.version !== versions.get(id) || this.looks % LOOKS_PER_READING === 0) this.readAgain(id, watched);
      else if (this.looks % LOOKS_PER_SHOW === 0) await this.show(watched);
    }
  }

  private beat(): void {
    for (const { listeners } of this.watched.values()) {
      for (const { stream, beat, since } of listeners) {
        if (performance.now() - since > LONGEST || stream.writableLength > PATIENCE) stream.end();
        else {
          stream.write('event: beat\ndata: -\n\n');
          beat();
        }
      }
    }
  }

  private readAgain(id: Id, watched: Watched): void {
    watched.isStale = true;
    watched.reading ??= this.read(id, watched)
      .catch(() => undefined)
      .finally(() => {
        watched.reading = undefined;
      });
  }

  private async read(id: Id, watched: Watched): Promise<void> {
    while (watched.isStale) {
      watched.isStale = false;
      // The version first: a change in between is read again.
      const version = (await this.queues.versions([id])).get(id);
      watched.board = await this.queues.byId(id);
      watched.version = version;
      await this.show(watched);
    }
  }

  private async show({ board, listeners }: Watched): Promise<void> {
    if (!board) return;
    let count = 0;
    for (const listener of listeners) {
      if (++count % AT_ONCE === 0) await turn();
      const told = await listener.tell(board).catch(() => listener.told);
      if (told === undefined) listener.stream.end();
      else if (told !== listener.told && !listener.stream.writableEnded) {
        listener.told = told;
        listener.stream.write(`data: ${told}\n\n`);
      }
    }
  }
}
