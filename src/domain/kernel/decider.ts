/**
 * The shape of every aggregate: pure functions over its own events. Time, ids and prices arrive inside the command.
 */
export interface Decider<Command, Event, State, Refusal> {
  readonly initial: State;
  /** What the state becomes; must accept every stored event in any state. */
  evolve(state: State, event: Event): State;
  /** What follows from a command: events (none, when it was carried out before), or a refusal that changes nothing. */
  decide(command: Command, state: State): Decision<Event, Refusal>;
}

export type Decision<Event, Refusal> =
  | { readonly kind: 'accepted'; readonly events: readonly Event[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export const accept = <Event>(...events: Event[]): { kind: 'accepted'; events: readonly Event[] } => ({
  kind: 'accepted',
  events,
});

export const refuse = <Refusal>(refusal: Refusal): { kind: 'refused'; refusal: Refusal } => ({
  kind: 'refused',
  refusal,
});
