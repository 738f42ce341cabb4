/** What happens in a queue. `dueAt` in the future makes a timer. */
export type QueueEvent =
  | { type: 'queue.called'; data: { order: number }; dueAt: Date }
  | { type: 'queue.closed'; dueAt: Date }
  | { type: 'queue.forgotten'; dueAt: Date };

export const QUEUE_EVENTS: readonly QueueEvent['type'][] = ['queue.called', 'queue.closed', 'queue.forgotten'];
