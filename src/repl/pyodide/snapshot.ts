/** The state of a REPL between two blocks. Immutable: any number of REPLs may go on from it. */
import type { KeptState } from "../state/kept-states.ts";
import type { Layer } from "./layers.ts";

/** The whole state of a REPL at one moment, which can be saved and gone on from elsewhere. */
export class ReplSnapshot {
  /** The build of the engine that can go on from it. */
  readonly key: string;
  readonly layer: Layer;
  readonly seed: number;
  readonly clockNs: bigint | null;
  readonly state: KeptState;

  constructor(parts: { key: string; layer: Layer; seed: number; clockNs: bigint | null; state: KeptState }) {
    this.key = parts.key;
    this.layer = parts.layer;
    this.seed = parts.seed;
    this.clockNs = parts.clockNs;
    this.state = parts.state;
  }

  /** Bytes of memory and files in which the state differs from a clean interpreter with the same context. */
  get bytes(): number {
    return this.state.bytes;
  }
}
