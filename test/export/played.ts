/** Ended episodes with turns, calls and token ids, for tests of what exports them. */
import type { ExportItem, ExportOptions, Row } from "../../src/export/exporter.ts";
import { EXPORT_DEFAULTS, type Exporter } from "../../src/export/exporter.ts";
import { filtered, type Filters } from "../../src/export/choice/filters.ts";
import { Tally } from "../../src/export/tally.ts";
import type { Call, Trajectory, Turn } from "../../src/trajectory.ts";
import type { SampledTokens } from "../../src/types.ts";
import { rewarded } from "../trajectory-fixture.ts";

export interface PlayedTurn {
  readonly text: string;
  readonly observation?: string;
  readonly segment?: number;
  readonly tokens?: SampledTokens;
  readonly toolArguments?: string;
}

/** A rollout of the group `t`, with non-ASCII text in it. */
export function played(
  rolloutId: string,
  turns: readonly PlayedTurn[],
  parts: Partial<Trajectory> = {},
): Trajectory {
  const base = rewarded({ rolloutId, answer: { text: "blå ☃", source: "final" } });
  return {
    ...base,
    systemPrompt: "Du bist ein RLM. 你好",
    opening: "Question: wer? 🦉",
    turns: turns.map(turnOf),
    calls: turns.map(({ tokens }, index) => policyCall(index, index, tokens)),
    ...parts,
  };
}

export function policyCall(id: number, turn: number, tokens?: SampledTokens): Call {
  return {
    id,
    purpose: "policy",
    depth: 0,
    turn,
    batch: null,
    model: "m",
    prompt: null,
    reply: null,
    error: null,
    usage: { promptTokens: 10 + turn, completionTokens: 5, cachedTokens: 0 },
    usageSource: "reported",
    reserved: { promptTokens: 0, completionTokens: 0, cachedTokens: 0 },
    nanoDollars: 5,
    attempts: 1,
    ...(tokens && { tokens }),
    wallClock: { seconds: 1 },
  };
}

export function subCall(
  id: number,
  turn: number,
  prompt: string,
  reply: string,
  tokens?: SampledTokens,
): Call {
  return { ...policyCall(id, turn, tokens), purpose: "llm_query", depth: 1, prompt, reply };
}

function turnOf(
  { text, observation = "ok\n[turn]", segment = 0, toolArguments }: PlayedTurn,
  index: number,
): Turn {
  const toolCalls =
    toolArguments === undefined
      ? []
      : [{ id: `call_${index}`, name: "call_python_repl", arguments: toolArguments }];
  const code = /```repl\n([^`]*)```/.exec(text)?.[1];
  return {
    index,
    completion: { text, toolCalls, finishReason: "stop" },
    callId: index,
    results: code === undefined ? [] : [blockOf(code, observation)],
    observation,
    segment,
    standing: null,
    reward: 0,
    wallClock: { seconds: 1 },
  };
}

function blockOf(code: string, stdout: string): Turn["results"][number] {
  const shown = { stdout, stderr: "", value: null, exception: null };
  return { code, outcome: "ok", ...shown, outputChars: stdout.length, omittedChars: 0, stateKept: true };
}

/** Three turns of one growing prompt; ids made by hand. */
export function withTokens(rolloutId = "r1", parts: Partial<Trajectory> = {}): Trajectory {
  const first = { promptIds: [1, 2, 3], completionIds: [4, 5], logprobs: [-0.5, -0.25] };
  const second = { promptIds: [1, 2, 3, 4, 5, 6], completionIds: [7], logprobs: [-1] };
  const third = { promptIds: [1, 9], completionIds: [8, 8], logprobs: [-2, -3] };
  return played(
    rolloutId,
    [
      { text: "```repl\nprint(len(context))\n```", observation: "42 ☃", tokens: first },
      { text: "```repl\nx = context.find('ü')\n```", tokens: second },
      { text: "FINAL(blå ☃)", tokens: third },
    ],
    parts,
  );
}

export function itemOf(trajectory: Trajectory): ExportItem {
  const reference = { taskId: trajectory.task.id, answers: ["GOLD-ANSWER"], metadata: {} };
  return { trajectory, reference, advantage: null, context: async () => "a context" };
}

export async function rowsOf(
  exporter: Exporter,
  trajectories: readonly Trajectory[],
  options: Partial<ExportOptions> = {},
  filters: Filters = {},
): Promise<{ rows: Row[]; tally: Tally }> {
  const tally = new Tally();
  async function* items() {
    for (const trajectory of trajectories) yield itemOf(trajectory);
  }
  const keepsUntrained = exporter.keepsUntrained === true;
  const source = filtered(items, { keepsUntrained, ...filters }, tally, null);
  const rows: Row[] = [];
  for await (const row of exporter.rows(source, { ...EXPORT_DEFAULTS, ...options }, tally)) {
    tally.rows += 1;
    rows.push(row);
  }
  return { rows, tally };
}
