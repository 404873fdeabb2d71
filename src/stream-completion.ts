/** A completion as a stream: every event in turn, and the result last. */
import {
  completion,
  type CompletionEvent,
  type CompletionOptions,
  type CompletionResult,
} from "./completion.ts";

/** The last event. */
export interface CompletionDone {
  readonly kind: "done";
  readonly result: CompletionResult;
}

/**
 * Yields the events of `completion` as they happen, and then the result. Events wait for a slow reader; the
 * completion does not. Leaving the loop ends the completion. Throws what `completion` throws.
 */
export async function* streamCompletion(
  options: Omit<CompletionOptions, "onEvent">,
): AsyncGenerator<CompletionEvent | CompletionDone, void, undefined> {
  const left = new AbortController();
  const waiting: CompletionEvent[] = [];
  let isOver = false;
  let wake = () => {};
  const running = completion({
    ...options,
    signal: AbortSignal.any(options.signal ? [left.signal, options.signal] : [left.signal]),
    onEvent: (event) => {
      waiting.push(event);
      wake();
    },
  }).finally(() => {
    isOver = true;
    wake();
  });
  // Handled below; after the loop was left, nobody needs it.
  const ended = Promise.allSettled([running]);
  try {
    for (;;) {
      yield* waiting.splice(0);
      if (isOver && waiting.length === 0) break;
      if (waiting.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    yield { kind: "done", result: await running };
  } finally {
    left.abort();
    await ended;
  }
}
