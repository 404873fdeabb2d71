/** The state of a REPL between two blocks. It is immutable: any number of REPLs can resume it. */
import type { KeptState } from "../state/kept-states.ts";
import type { Layer } from "./layers.ts";

/** The whole state of a REPL between two blocks, which can be saved and resumed elsewhere. */
export class ReplSnapshot {
  /** The build of the engine that can resume it. */
  readonly key: string;
  /** @internal */
  readonly layer: Layer;
  readonly seed: number;
  readonly clockNs: bigint | null;
  /** @internal */
  readonly state: KeptState;

  /** @internal */
  constructor(parts: { key: string; layer: Layer; seed: number; clockNs: bigint | null; state: KeptState }) {
    this.key = parts.key;
    this.layer = parts.layer;
    this.seed = parts.seed;
    this.clockNs = parts.clockNs;
    this.state = parts.state;
  }

  /** The size in bytes of the memory and files that differ from a clean interpreter with the same context. */
  get bytes(): number {
    return this.state.bytes;
  }
}
