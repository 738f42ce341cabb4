import { channel } from 'node:diagnostics_channel';

/** What happens to entries and deliveries, by closed words alone: whoever measures listens, nobody waits for it. */
interface Happenings {
  readonly entry: 'handled' | 'failed' | 'quarantined';
  readonly delivery: 'sent' | 'superseded' | 'expired' | 'failed' | 'quarantined';
}

const channels = {
  entry: channel('come-together:entry'),
  delivery: channel('come-together:delivery'),
} as const;

export function happened<What extends keyof Happenings>(what: What, outcome: Happenings[What]): void {
  channels[what].publish(outcome);
}

/** @returns ends the listening */
export function onHappening<What extends keyof Happenings>(
  what: What,
  listener: (outcome: Happenings[What]) => void,
): () => void {
  const heard = (outcome: unknown): void => {
    listener(outcome as Happenings[What]);
  };
  channels[what].subscribe(heard);
  return () => {
    channels[what].unsubscribe(heard);
  };
}
