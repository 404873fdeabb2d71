/** Layers: the memory pages of a large context, held once for all episodes that read it. */
import type { Context } from "../../types.ts";
import { lazyLayout, layOut, type ContextLayout } from "../state/context-layout.ts";
import type { Interpreter } from "../engine/interpreter.ts";
import type { AttachedLayer, StartRequest } from "../engine/protocol.ts";
import type { InterpreterState, PageSet } from "../state/state.ts";
import { TextFile } from "../../text-file.ts";
import { isTooLongForStr, MOST_STR_CHARS } from "../lazy-context.ts";
import { TextStore } from "../text/text-store.ts";

/** Smaller contexts are saved with each episode's own pages. */
const MIN_LAYER_BYTES = 256 << 10;

let made = 0;

/** A context for workers: its layout, or, once a worker has attached it, the state of a clean interpreter that holds it. */
export class Layer {
  readonly #id = ++made;
  users = 0;
  /** Answers requests about the context if it is a lazy text. */
  readonly text: TextStore | null;
  #layout: ContextLayout | null;
  #state: InterpreterState | null = null;
  #making: Promise<void> | null = null;

  constructor(
    layout: ContextLayout | null,
    state: InterpreterState | null = null,
    text: TextStore | null = null,
  ) {
    this.#layout = layout;
    this.#state = state;
    this.text = text;
  }

  get state(): InterpreterState | null {
    return this.#state;
  }

  /** The layer as workers take it; null before a worker has attached the context. */
  get attached(): AttachedLayer | null {
    return this.#state && { id: this.#id, state: this.#state };
  }

  get bytes(): number {
    return (
      (this.#state ? bytesOf(this.#state.memory) : (this.#layout?.data.length ?? 0)) +
      (this.text?.memoryBytes ?? 0)
    );
  }

  /** Starts an episode on an interpreter. If several start at once, the first attaches the context and the others reuse it. */
  async start(
    interpreter: Interpreter,
    common: Pick<StartRequest, "seed" | "clockNs" | "tools" | "imported">,
  ): Promise<void> {
    await this.#making;
    if (this.#state || !this.#layout) {
      await interpreter.start({ layout: null, layer: this.attached, makeLayer: null, ...common });
      return;
    }
    const makeLayer = this.#layout.data.length >= MIN_LAYER_BYTES ? this.#id : null;
    const started = interpreter.start({ layout: this.#layout, layer: null, makeLayer, ...common });
    if (makeLayer !== null)
      this.#making = started.then(({ layer }) => this.#keep(layer)).catch(() => undefined);
    await started;
    await this.#making;
  }

  #keep(state: InterpreterState | null): void {
    this.#state = state;
    this.#layout = null;
    this.#making = null;
  }
}

function bytesOf({ data, spans = [] }: PageSet): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, data.length);
}

function layerOf(context: Context | TextStore): Layer {
  if (context instanceof TextStore) return new Layer(lazyLayout, null, context);
  if (context instanceof TextFile && context.chars > MOST_STR_CHARS)
    return new Layer(lazyLayout, null, TextStore.fromFile(context.path));
  if (typeof context !== "string" || !isTooLongForStr(context)) return new Layer(layOut(context));
  return new Layer(lazyLayout, null, TextStore.fromString(context));
}

/** The layers of a pool. A layer is kept while an episode uses it, and after that as long as there is room. */
export class Layers {
  readonly #layers = new Map<Context | TextStore, Layer>();
  readonly #maxIdleBytes: number;

  constructor(maxIdleBytes: number) {
    this.#maxIdleBytes = maxIdleBytes;
  }

  /** Returns the same layer for the same context object, or for an equal string. */
  take(context: Context | TextStore): Layer {
    const layer = this.#layers.get(context) ?? layerOf(context);
    this.#layers.delete(context);
    this.#layers.set(context, layer);
    layer.users++;
    return layer;
  }

  release(layer: Layer): void {
    layer.users--;
    let idleBytes = 0;
    for (const [context, held] of [...this.#layers].toReversed()) {
      if (held.users > 0) continue;
      idleBytes += held.bytes;
      // Laying out a small context again is cheaper than keeping it.
      if (idleBytes > this.#maxIdleBytes || held.bytes < MIN_LAYER_BYTES) this.#layers.delete(context);
    }
  }
}
