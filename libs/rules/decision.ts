/**
 * What a pure rule answers: the new state and what happened, or why not.
 * An expected failure is a value; only the unexpected is thrown.
 */
export type Decision<State, Event, Refusal extends string> = Accepted<State, Event> | Refused<Refusal>;

export interface Accepted<State, Event> {
  readonly ok: true;
  readonly state: State;
  readonly events: readonly Event[];
}

export interface Refused<Refusal extends string> {
  readonly ok: false;
  readonly reason: Refusal;
}

export type Result<Value, Refusal extends string> = { readonly ok: true; readonly value: Value } | Refused<Refusal>;

export const accept = <State, Event>(state: State, ...events: readonly Event[]): Accepted<State, Event> => ({
  ok: true,
  state,
  events,
});

export const refuse = <Refusal extends string>(reason: Refusal): Refused<Refusal> => ({ ok: false, reason });

export const done = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({ ok: true, value });
