/**
 * The worked examples of docs/delegation.md: each block of Python runs in an episode of its own, offline. The sub-model is a program
 * that finds names of cities; the sub-agents are a strategy of two turns. It prints what each block printed.
 */
import { hostTool, type Model, PyodideReplPool, RLMEnv, scriptedPolicy } from "rlm-gym";
import { z } from "zod";

const CONTEXT = [
  "Rome was warm. Nobody went to Oslo.",
  "The train from Lima was late.",
  "It rained, and nothing happened.",
];

/** Replies with the cities that its prompt names. */
const cities: Model = {
  name: "cities",
  simulated: true,
  complete: async ({ messages }) => {
    const prompt = messages.at(-1)!.content;
    const found = [...new Set(prompt.match(/Rome|Oslo|Lima/g) ?? [])];
    // The first reply to a request for JSON is prose, which the episode does not accept and asks for again.
    const isRepair = prompt.includes("was not accepted");
    const text = isRepair ? JSON.stringify(found) : found.join(" and ") || "none";
    const usage = { promptTokens: 50, completionTokens: 5, cachedTokens: 0 };
    const facts = { finishReason: "stop", model: "cities", usageSource: "simulated", attempts: 1 } as const;
    return { text, toolCalls: [], usage, ...facts };
  },
};

/** Does not reply, so that a sub-agent cannot end before it is cancelled, however busy the machine is. */
const silent: Model = {
  ...cities,
  complete: (_request, { signal } = {}) =>
    new Promise((_, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
    ),
};

/** A sub-agent: it asks the sub-model about its context, and answers with the reply. */
const child = scriptedPolicy("child", function* ({ observation: { question } }) {
  yield { code: `reply = llm_query(${JSON.stringify(question)} + str(context))` };
  yield { code: "FINAL(reply)" };
});

const look_up = hostTool({
  description: "Looks a city up.",
  parameters: z.object({ city: z.string() }),
  run: ({ city }) => `${city} is a city.`,
});

/** By what they show. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "a grant": `
before = BUDGET()["tokens"]
print(rlm_query("Which cities?", context[0], budget=20_000))
print(before - BUDGET()["tokens"] < 20_000)  # what the child left came back`,
  "a grant that is too large": `
try:
    rlm_query("Which cities?", context[0], budget=10**9)
except GrantError as error:
    print(error)`,
  "a grant in dollars": `
print(rlm_query("Which cities?", context[0], budget={"dollars": 0.05}))`,
  "turns, tools and a system prompt": `
print(rlm_query("Which cities?", context[1], max_turns=1))
print(rlm_query("Which cities?", context[1], tools=[], prompt="You list cities.", effort="low"))`,
  "a batch of children": `
print(rlm_query_batched(["Which cities?"] * 3, context, budget=20_000))`,
  "a cap and a schema": `
print(llm_query("Cities: " + context[0], max_tokens=20))
names = {"type": "array", "items": {"type": "string"}}
print(llm_query("Cities: " + context[0], schema=names, max_tokens=20))`,
  "a reply that never matches": `
try:
    llm_query("Cities: " + context[0], schema={"type": "object"})
except ReplyError as error:
    print(error)`,
  "a schema that is none": `
try:
    llm_query("Cities?", schema={"type": "lists"})
except SchemaError as error:
    print(type(error).__name__, isinstance(error, RuntimeError))`,
  handles: `
h = rlm_start("Which cities?", context[0], budget=20_000)
g = llm_start("Cities: " + context[1])
print(h.result(), "|", g.result(), "|", h.result(), h.done())`,
  "waiting for several": `
handles = [rlm_start("Which cities?", part, budget=20_000) for part in context]
print(await asyncio.gather(*handles))`,
  "a handle that is cancelled": `
h = rlm_start("Which cities?", context[0], budget=20_000)
h.cancel()
try:
    h.result()
except HandleError as error:
    print(error)`,
  "limits on the tree": `
replies = []
for part in context:
    try:
        replies.append(rlm_query("Which cities?", part))
    except GrantError as error:
        replies.append(str(error))
print(replies)`,
  "a budget that is seen": `
left = BUDGET()
print(sorted(left), left["turns"])`,
};

const repls = new PyodideReplPool({ size: 2 });
try {
  for (const [title, code] of Object.entries(EXAMPLES)) {
    const task = {
      id: title,
      dataset: "d",
      question: "?",
      context: CONTEXT,
      contextTokens: 30,
      metadata: {},
    };
    const env = new RLMEnv({
      name: "worked",
      problems: { name: "none", size: 0, async *[Symbol.asyncIterator]() {} },
      reward: () => ({ total: 0, score: 0, terms: {} }),
      repls,
      subModels: [title === "a handle that is cancelled" ? silent : cities],
      priceOf: (_, { promptTokens, completionTokens }) => 100 * (promptTokens + 5 * completionTokens),
      maxDepth: 2,
      childPolicy: () => child,
      tools: { look_up },
      budgetView: "function",
      ...(title === "limits on the tree" && { limits: { maxChildren: 2 } }),
    });
    await env.reset({ seed: 1, task });
    const imported = code.includes("asyncio") ? "import asyncio\n" : "";
    const { observation } = await env.step({ code: imported + code.trim() });
    const printed = observation.results.map(({ stdout, exception }) => stdout + (exception ?? ""));
    console.log(`# ${title}\n${printed.join("")}`);
    await env.close();
  }
} finally {
  await repls.close();
}
