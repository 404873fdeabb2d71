/** Runs one block on an interpreter, within its deadline whatever the block does. */
import { BlockClock } from "./block-clock.ts";
import { encodeError } from "./host-calls.ts";
import type { Interpreter } from "./interpreter.ts";
import type { ExecReply } from "./protocol.ts";
import { isTextCall } from "./text/text-calls.ts";
import { WorkerDied } from "./worker-line.ts";

const TIME_IS_OVER = "the block's time is over";
const INTERRUPT_AGAIN_MS = 100;

export interface Block {
  readonly code: string;
  readonly maxOutputChars: number;
  readonly timeoutMs: number;
}

/**
 * How a block ended. After `reported` the interpreter goes on. After `crashed` it must be restored. After `killed` and
 * `died` it is gone: `killed` by the deadline, `died` by itself.
 */
export type BlockEnd =
  | {
      readonly kind: "reported";
      readonly reply: ExecReply;
      readonly report: string;
      readonly interrupted: boolean;
    }
  | { readonly kind: "crashed"; readonly reply: ExecReply; readonly crash: string }
  | { readonly kind: "killed" }
  | { readonly kind: "died"; readonly error: WorkerDied };

/** `answer` gets the bytes of each call and must not reject. Past the deadline calls are refused without asking it. */
export async function runBlock(
  interpreter: Interpreter,
  block: Block,
  graceMs: number,
  answer: (body: Uint8Array, deadline: AbortSignal) => Promise<Uint8Array>,
): Promise<BlockEnd> {
  const fate = { interrupted: false, killed: false };
  const deadline = new AbortController();
  const stop = () => {
    fate.interrupted = true;
    deadline.abort(new Error(TIME_IS_OVER));
    interpreter.interrupt();
    again = setInterval(() => interpreter.interrupt(), INTERRUPT_AGAIN_MS);
    kill = setTimeout(() => {
      fate.killed = true;
      void interpreter.terminate();
    }, graceMs);
  };
  let again: NodeJS.Timeout | undefined;
  let kill: NodeJS.Timeout | undefined;
  const clock = new BlockClock(block.timeoutMs, stop);
  const onCall = async (body: Uint8Array, reply: (body: Uint8Array) => void): Promise<void> => {
    if (fate.interrupted) return reply(encodeError(TIME_IS_OVER));
    // The search of a lazy text is the block's own work, and so is what the host does about a request before it waits for
    // a model: requests that are costly to read would stretch the block without end.
    const pending = answer(body, deadline.signal);
    const isWait = !isTextCall(body);
    if (isWait) clock.pause();
    const answered = await pending;
    if (isWait) clock.resume();
    reply(answered);
  };
  try {
    const reply = await interpreter.exec(
      block.code,
      block.maxOutputChars,
      (body, back) => void onCall(body, back),
    );
    return endOf(reply, fate.interrupted);
  } catch (error) {
    if (fate.killed) return { kind: "killed" };
    if (error instanceof WorkerDied) return { kind: "died", error };
    throw error;
  } finally {
    clock.stop();
    clearInterval(again);
    clearTimeout(kill);
  }
}

function endOf(reply: ExecReply, interrupted: boolean): BlockEnd {
  if (reply.report !== null) return { kind: "reported", reply, report: reply.report, interrupted };
  return { kind: "crashed", reply, crash: reply.crash ?? "it gave no report" };
}
