/** Starts calls and children that the code does not wait for. */
import type { CallRequest, Ledger } from "../../cost/ledger.ts";
import { countReadingAhead, isLongToCount } from "../../cost/tokens.ts";
import { CancelledError, GrantError, SchemaError } from "../../errors.ts";
import type { Gate } from "../../models/call-limit.ts";
import type { Model } from "../../models/model.ts";
import type { HostCall, HostReply } from "../../repl/repl.ts";
import type { InfraError, ParentCall, Trajectory } from "../../trajectory.ts";
import type { Children } from "../children.ts";
import { gateOfBudget } from "../lineage.ts";
import type { CallOutcome } from "../model-call.ts";
import { childReply } from "../prompt.ts";
import { toldOf } from "../tools/tool-result.ts";
import type { Handles } from "./handles.ts";
import type { Place, PlainCalls, PlainReplies } from "./plain-calls.ts";

/** What starting needs of its episode. */
export interface Starting {
  readonly handles: Handles;
  readonly children: Pick<Children, "begin" | "add" | "firstTokens">;
  /** Bounds the concurrent calls of the tree, without a look at its budget. */
  readonly callSlots: Gate;
  /** Aborts when the episode's time is over. */
  readonly signal: AbortSignal;
}

/** A child that nobody waits for, and to which nothing is granted by name, gets one part in so many of what is left. */
const STARTED_PARTS = 8;

/** The answer where nothing can be started. */
export const NO_HANDLES: HostReply = { error: "calls cannot be started here", kind: "HandleError" };

/** Begins a child, and replies with the number of its handle. Throws `GrantError` and `BudgetError`. */
export async function startChild(
  call: HostCall,
  model: Model,
  at: Starting & {
    readonly ledger: Ledger;
    readonly position: Omit<ParentCall, "rolloutId" | "handle">;
    readonly heed: (record: Trajectory) => Promise<void>;
  },
): Promise<HostReply> {
  const { ledger, children, handles, heed } = at;
  const { terms = {}, prompts, contexts } = call;
  const position = { ...at.position, handle: handles.nextId };
  const cancel = new AbortController();
  const task = { prompt: prompts[0]!, context: contexts?.[0], position, terms, cancelled: cancel.signal };
  ledger.bounds.expectRoomFor(1, children.firstTokens([task]));
  const { context } = task;
  if (typeof context === "string" && isLongToCount(context)) await countReadingAhead(context);
  const [grant] = ledger.bounds.grants(1, terms.grant ?? {}, STARTED_PARTS, 1);
  const { place, ended } = children.begin({ ...task, budget: grant!.budget }, model);
  let played: Trajectory | null = null;
  const id = handles.add({
    ended: ended.then(
      (record) => void (played = record),
      () => {},
    ),
    cancel: () => cancel.abort(new CancelledError()),
    book: async () => {
      grant!.end();
      if (played === null) return { error: "the child was abandoned", kind: "HandleError" };
      children.add(place, played);
      if (played.calls.length === 0) ledger.bounds.countCall();
      await heed(played);
      return { replies: [replyOfChild(played)] };
    },
  });
  return { replies: [String(id)] };
}

/** Sends a plain call, and replies with the number of its handle. Throws `GrantError` and `BudgetError`. */
export async function startCall(
  call: HostCall,
  model: Model,
  at: Starting & {
    readonly ledger: Ledger;
    readonly plain: PlainCalls;
    readonly place: Place;
    readonly heed: (model: Model, request: CallRequest, outcome: CallOutcome) => void;
    readonly findDoer: (
      model: Model,
      timedOut: readonly number[],
      slow: readonly InfraError[],
    ) => Promise<void>;
  },
): Promise<HostReply> {
  const { ledger, handles, callSlots, signal, plain } = at;
  const own = { ...at.place, handle: handles.nextId };
  const requests = await plain.requestsOf(call, model, own);
  const [first] = requests;
  if (!first) {
    const [refused] = (await plain.ask(call, model, own, requests)).replies;
    return refused && "error" in refused ? refused : NO_HANDLES;
  }
  const branch = ledger.branch([first], plain.repairsAhead(call.terms ?? {}, first));
  const cancel = new AbortController();
  const heard: Parameters<Place["heard"]>[] = [];
  const place: Place = {
    ...own,
    ledger: branch.ledger,
    gate: gateOfBudget(callSlots, branch.budget),
    signal: AbortSignal.any([signal, cancel.signal]),
    heard: (...of) => heard.push(of),
  };
  let reply: HostReply = NO_HANDLES;
  let slow: PlainReplies["slow"] = [];
  const ended = plain.ask(call, model, place, requests).then(
    (answered) => {
      slow = answered.slow;
      const [only] = answered.replies;
      if (only) reply = "error" in only ? only : { replies: [only.text] };
    },
    (error: unknown) => {
      const isNamed = error instanceof GrantError || error instanceof SchemaError;
      reply = { error: toldOf(error), ...(isNamed && { kind: error.name }) };
    },
  );
  const id = handles.add({
    ended: ended.then(() => {}),
    cancel: () => cancel.abort(new CancelledError()),
    book: async () => {
      const booked = ledger.adopt(branch);
      for (const of of heard) at.heed(...of);
      // The ids in a branch are places there.
      const ids = slow.map(({ id: inBranch }) => booked[inBranch]!.id);
      await at.findDoer(model, ids, slow);
      return reply;
    },
  });
  return { replies: [String(id)] };
}

/** What the parent gets of a child. */
export function replyOfChild({ answer, stopReason }: Trajectory): string {
  return childReply(answer?.text ?? null, stopReason);
}
