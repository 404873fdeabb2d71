/** Ended episodes that are hard on files: trees, thoughts, tools, odd text, failures, and every field that a record may have. */
import { callsOfTree, sumCalls } from "../../src/cost/totals.ts";
import { summariseContext } from "../../src/data/context.ts";
import type { Trajectory, Turn } from "../../src/trajectory.ts";
import { played, policyCall, subCall, withTokens } from "./played.ts";

/** Control characters, NUL, line ends that only some readers know, a mark of another template, CJK, emoji, and half a fence. */
export const ODD_TEXT =
  '\u0000\u0001\u001b[2J\u007f\u0085 \u2028\u2029\ufeff {"a": \\n} ```\n<|im_end|>\r\n\t🚀👩‍👩‍👧 你好 ☃ é\u202e\uffff';
/** Halves of surrogate pairs, each alone. */
export const HALVES = "a\ud83d \udc00b";

/** What all of them are about. */
export const HARD_CONTEXT = `a context ${ODD_TEXT}`;

/** The task, and the group, of the episodes that say the odd texts; the others are of `t`. */
export const SAID = "said";

/** The sums of a tree are those of its calls. */
function summed(one: Trajectory): Trajectory {
  const task = { ...one.task, context: summariseContext(HARD_CONTEXT) };
  return { ...one, task, totals: sumCalls(callsOfTree(one)), children: one.children.map(summed) };
}

function childOf(parent: string, index: number, turn: number): Trajectory {
  const child = played(
    `${parent}#${index}`,
    [{ text: "```repl\nprint(1)\n```", observation: "1" }, { text: "FINAL(1)" }],
    { depth: 1, parent: { rolloutId: parent, turn, batch: null } },
  );
  const [first, second] = child.calls;
  return {
    ...child,
    turns: child.turns.map((one, at) => ({ ...one, callId: at * 2 })),
    calls: [first!, { ...subCall(1, 0, "tiny?", "yes"), depth: 2 }, { ...second!, id: 2 }],
  };
}

/** Sub-calls with and without ids, a call that failed, and a child with a call of its own. */
export function tree(rolloutId: string, parts: Partial<Trajectory> = {}): Trajectory {
  const base = withTokens(rolloutId);
  return summed({
    ...base,
    maxDepth: 2,
    calls: [
      ...base.calls,
      subCall(3, 0, "What?", "snow ☃", { promptIds: [5], completionIds: [6], logprobs: [-1] }),
      { ...subCall(4, 1, "Again?", ""), reply: null, error: "refused" },
    ],
    children: [childOf(rolloutId, 0, 1)],
    ...parts,
  });
}

/** Whose old turns were dropped, so that it has several segments. */
const compacted = summed(
  played(
    "compacted",
    ["a", "b", "c", "d"].map((text, index) => ({
      text: `\`\`\`repl\n${text}\n\`\`\``,
      observation: `saw ${text} ☃`,
      segment: index < 2 ? 0 : index - 1,
      tokens: { promptIds: [1, index], completionIds: [2], logprobs: [-0.5] },
    })),
    { history: { mode: "drop", keepTurns: 1 } },
  ),
);

/** Native calls: one with good arguments, one with none that can be read, two at a time, and one whose fields a server wants back. */
const tooled = (() => {
  const base = played(
    "tooled",
    [
      { text: "", toolArguments: '{ "code": "print(1)" }', observation: "1" },
      { text: `hm ${ODD_TEXT}`, toolArguments: "no JSON", observation: "what?" },
      { text: "", toolArguments: '{"code": "1"}', observation: "of the last" },
      { text: "FINAL(1)" },
    ],
    { dialect: "tool" },
  );
  const calls = (turn: Turn): Turn["completion"]["toolCalls"] =>
    turn.index !== 2
      ? turn.completion.toolCalls
      : [
          { id: "first", name: "call_python_repl", arguments: '{"code": "0"}', written: "{'code': '0'}" },
          { ...turn.completion.toolCalls[0]!, sentAs: "{}", extra: { signature: ODD_TEXT } },
        ];
  const turns = base.turns.map((turn) => ({
    ...turn,
    completion: { ...turn.completion, toolCalls: calls(turn) },
  }));
  return summed({ ...base, turns });
})();

/** A turn of two blocks, each with calls of its own. */
export const twoBlocks = (() => {
  const code = (text: string) => ({ ...withTokens().turns[0]!.results[0]!, code: text });
  const base = played("two-blocks", [{ text: "```repl\na\n```\n```repl\nb\n```" }], { severalBlocks: true });
  return summed({
    ...base,
    turns: [{ ...base.turns[0]!, results: [code("a"), code("b")] }],
    calls: [
      { ...base.calls[0]!, id: 0 },
      { ...subCall(1, 0, "of b", "2"), block: 1 },
      subCall(2, 0, "of a", "1"),
    ],
  });
})();

/** The text wherever a model, a policy's code or a data set can write one, and two children, one of which failed. */
function saying(rolloutId: string, text: string, score: number): Trajectory {
  const base = tree(rolloutId);
  const child = base.children[0]!;
  const thought = { text: `I think ${text}`, tokens: 3 };
  return summed({
    ...base,
    systemPrompt: `${base.systemPrompt}${text}`,
    opening: `${base.opening}${text}`,
    groupId: SAID,
    reward: { total: score, score, terms: {} },
    task: { ...base.task, id: SAID, question: text, metadata: { [`key ${text}`]: text } },
    answer: { text, source: "final" },
    turns: base.turns.map((turn, index) => ({
      ...turn,
      completion: {
        ...turn.completion,
        text: `${turn.completion.text}${text}`,
        ...(index === 0 && { reasoning: thought }),
      },
      results: turn.results.map((block) => ({ ...block, stdout: text, stderr: text, value: text })),
      observation: `${text}${turn.observation}`,
      standing: text,
    })),
    calls: base.calls.map((call) =>
      call.purpose === "policy" ? call : { ...call, prompt: text, reply: call.error === null ? text : null },
    ),
    children: [
      { ...child, task: { ...child.task, question: text } },
      {
        ...child,
        rolloutId: `${rolloutId}#1`,
        status: "infra_error",
        error: { kind: "repl", message: text },
        stopReason: "infra_error",
        reward: null,
        turns: [],
        calls: [],
        answer: null,
      },
    ],
  });
}

/** Cut by a limit, with an answer that stood. */
const cut = (() => {
  const base = withTokens("cut");
  return summed({
    ...base,
    stopReason: "max_tokens",
    answer: { text: "so far ☃", source: "standing" },
    reward: { total: 0.5, score: 0.5, terms: { official: { raw: 0.5, weighted: 0.5 } } },
    turns: base.turns.slice(0, 2).map((turn, index) => ({
      ...turn,
      completion: { ...turn.completion, finishReason: index === 1 ? "length" : "stop" },
    })),
    calls: base.calls.slice(0, 2),
  });
})();

/** Over before its first turn: by a limit, and by an infrastructure fault. */
const NOTHING = { turns: [], calls: [], answer: null };
const empty = summed(
  withTokens("empty", {
    ...NOTHING,
    stopReason: "max_seconds",
    reward: { total: 0, score: 0, terms: {} },
  }),
);
const FAILED = {
  status: "infra_error",
  error: { kind: "model", message: ODD_TEXT },
  stopReason: "infra_error",
  reward: null,
} as const;
const failed = summed(withTokens("failed", FAILED));
const stillborn = summed(withTokens("stillborn", { ...FAILED, ...NOTHING }));

/** Each field that a record may have, and most do not. */
const full = (() => {
  const base = withTokens("full");
  const model = { name: "m", simulated: false, windowTokens: 4096, settings: { temperature: 0.5 } };
  const [first, second, third] = base.turns;
  const seen = {
    features: [0.5, -1],
    legal: [true, false],
    choices: [0, 1],
    logProbability: -0.7,
    value: null,
  };
  return summed({
    ...base,
    seed: 7,
    policyModel: model,
    reasoning: "keep",
    rules: "0.3.0",
    promptStyle: "small",
    printedAnswers: true,
    systemPromptTokens: 9,
    tape: {
      subModels: [model],
      prices: { m: { input: 1, cachedInput: 1, output: 2 }, n: null },
      toolSource: "def f(): pass",
    },
    continues: { rolloutId: "earlier", turn: 1, subModels: [model] },
    clockMs: [1_700_000_000_000, 1_700_000_000_500],
    judgement: { correct: true, confidence: null },
    toolCalls: [
      { turn: 0, name: "f", args: { a: [ODD_TEXT, 1.5, null] }, result: null, error: null },
      { turn: 1, name: "f", args: {}, result: null, error: "no", isTypeError: true },
    ],
    turns: [
      {
        ...first!,
        completion: {
          ...first!.completion,
          reasoning: { text: "", tokens: 4, place: "items", parts: [{ id: "x" }] },
        },
      },
      { ...second!, invalid: true, keptTurns: 1 },
      { ...third!, callId: null, reward: 0.25 },
    ],
    calls: [
      { ...policyCall(0, 0, { ...base.calls[0]!.tokens, weightVersion: "w1", traceId: "t1" }), seed: 3 },
      {
        ...policyCall(1, 1),
        cached: true,
        attempts: 2,
        decision: seen,
        usage: null,
        usageSource: "unknown",
        nanoDollars: null,
      },
      {
        ...subCall(2, 0, "Why?", "because"),
        batch: { id: 0, index: 1, size: 2 },
        asksReasoning: true,
        reasoning: { text: `so ${ODD_TEXT}`, signature: "s" },
        wallClock: { seconds: 1, startedSeconds: 0.5 },
      },
      { ...subCall(3, 1, "plain", ""), purpose: "rlm_query", plain: true },
      { ...subCall(4, 1, "Sum it up.", "nothing yet"), purpose: "summary", depth: 0 },
      { ...subCall(5, 3, "Is it GOLD-ANSWER?", "correct: yes"), purpose: "judge", depth: 0 },
    ],
    reward: {
      total: 0.75,
      score: 1,
      terms: { cost: { raw: 2, weighted: -0.25, unit: "tokens" } },
      steps: { progress: [0, 0.5, 0.25] },
    },
  });
})();

const opponent = summed(withTokens("opponent", { policy: "other", trainable: false }));
const told = summed(withTokens("told", { readsGold: true }));

/** By name; rewards within a group differ. */
export const HARD_EPISODES: readonly Trajectory[] = [
  tree("tree"),
  compacted,
  tooled,
  twoBlocks,
  saying("odd", ODD_TEXT, 1),
  saying("halves", HALVES, 0.25),
  cut,
  empty,
  full,
  opponent,
  failed,
  stillborn,
  told,
];
