/** A state under change: what is changed is copied once, all else is shared with the state before. */

import type { Entry, State, Turn } from "./session";

export class Draft {
  readonly state: State;
  readonly #own = new WeakSet();

  constructor(state: State) {
    this.state = { ...state };
  }

  /** The turn by its id, safe to change; the newest are looked at first. */
  turn(id: string): Turn | undefined {
    const at = this.state.turns.findLastIndex((turn) => turn.id === id);
    return at < 0 ? undefined : this.#turnAt(at);
  }

  lastTurn(): Turn | undefined {
    return this.state.turns.length ? this.#turnAt(this.state.turns.length - 1) : undefined;
  }

  addTurn(turn: Turn): Turn {
    this.#ownTurns().push(turn);
    this.#own.add(turn);
    this.#own.add(turn.entries);
    return turn;
  }

  /** An entry of a turn got from this draft, safe to change. */
  entry(turn: Turn, id: string): Entry | undefined {
    const at = turn.entries.findLastIndex((entry) => entry.id === id);
    return at < 0 ? undefined : this.entryAt(turn, at);
  }

  entryAt(turn: Turn, at: number): Entry | undefined {
    const known = turn.entries[at];
    if (!known || this.#own.has(known)) return known;
    const copy = { ...known, content: { ...known.content } };
    this.#own.add(copy);
    this.entries(turn)[at] = copy;
    return copy;
  }

  /** The turn's entries, safe to add to. */
  entries(turn: Turn): Entry[] {
    if (!this.#own.has(turn.entries)) {
      turn.entries = [...turn.entries];
      this.#own.add(turn.entries);
    }
    return turn.entries;
  }

  #turnAt(at: number): Turn | undefined {
    const known = this.state.turns[at];
    if (!known || this.#own.has(known)) return known;
    const copy = { ...known };
    this.#own.add(copy);
    this.#ownTurns()[at] = copy;
    return copy;
  }

  #ownTurns(): Turn[] {
    if (!this.#own.has(this.state.turns)) {
      this.state.turns = [...this.state.turns];
      this.#own.add(this.state.turns);
    }
    return this.state.turns;
  }
}
