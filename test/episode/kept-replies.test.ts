import { describe, expect, it } from "vitest";
import { languageNamed } from "../../src/languages/registry.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { delegationEnvs, modelThat } from "./delegation/delegation-env.ts";

const { envWith, pool } = delegationEnvs();

const LONG = "It is a long reply. ".repeat(50);
const answering: Policy = {
  name: "child",
  start: () => ({ act: () => Promise.resolve({ answer: LONG }) }),
};
const kept: Partial<RLMEnvOptions> = {
  subModels: [modelThat((prompt) => (prompt.includes("list") ? "[1, 2]" : LONG))],
  maxDepth: 2,
  childPolicy: () => answering,
  replies: "kept",
};

async function play(codes: readonly string[], options: Partial<RLMEnvOptions> = kept) {
  const env = envWith(options);
  await env.reset({ seed: 1 });
  const seen: string[] = [];
  for (const code of codes) seen.push((await env.step({ code })).observation.text);
  const record = await env.abandon("max_turns");
  await env.close();
  return { seen, record };
}

/** What is shown of the long reply under a name. */
function shown(name: string): string {
  return `<${name}: '${LONG.slice(0, 80)}'...>`;
}

describe("replies that are kept", () => {
  it("show their name and how they begin, however they are printed as themselves", async () => {
    const { seen, record } = await play([
      "reply = llm_query('q')\nprint(reply)",
      "reply",
      "print(llm_query_batched(['a', 'b']))",
      "child = rlm_query('q', 'c')\nprint('it is', child)",
      "h = llm_start('q')\nprint(h.result())",
    ]);
    expect(seen[0]).toMatch(new RegExp(`^${escaped(shown("REPLIES[0]"))}\n`));
    expect(seen[1]).toMatch(new RegExp(`^${escaped(shown("REPLIES[0]"))}\n`));
    expect(seen[2]).toContain(`[${shown("REPLIES[1]")}, ${shown("REPLIES[2]")}]`);
    expect(seen[3]).toContain(`it is ${shown("REPLIES[3]")}`);
    expect(seen[4]).toContain(shown("REPLIES[4]"));
    expect(record.replies).toBe("kept");
    const { difference } = await replayEpisode(record, "root", { repls: pool });
    expect(difference).toBeNull();
  });

  it("are the text itself in all else", async () => {
    const { seen } = await play([
      "r = llm_query('q')",
      "import json\nprint(len(r), r == str(r), f'{r}' == r, '%s' % r == r, json.loads(json.dumps(r)) == r)",
      "print(r[:30])",
      "print(type(r + '!').__name__, type(r.strip()).__name__, isinstance(r, str), r in {r: 1})",
      "print(len(REPLIES), REPLIES[0] is r)",
      "import sys, io\nout = io.StringIO()\nprint(r, file=out)\nprint(out.getvalue() == r + '\\n')",
      "print(llm_query(f'{r}'[:5]) == r, len(llm_query_batched([r])))",
    ]);
    expect(seen[1]).toContain("1000 True True True True");
    expect(seen[2]).toMatch(/^It is a long reply\. It is a lo\n/);
    expect(seen[3]).toContain("str str True True");
    expect(seen[4]).toContain("1 True");
    expect(seen[5]).toMatch(/^True/);
    expect(seen[6]).toContain("True 1");
  });

  it("are answers with their whole text", async () => {
    for (const code of [
      "FINAL(llm_query('q'))",
      "r = llm_query('q')\nFINAL_VAR('r')",
      "answer['content'] = llm_query('q')\nanswer['ready'] = True",
    ]) {
      const env = envWith(kept);
      await env.reset({ seed: 1 });
      const { terminated } = await env.step({ code });
      expect(terminated).toBe(true);
      expect(env.trajectory.answer!.text).toBe(LONG);
      await env.close();
    }
  });

  it("keep values by a schema as they are, and thoughts by name", async () => {
    const { seen } = await play([
      "v = llm_query('a list', schema={'type': 'array'})\nprint(v, REPLIES)",
      "pair = llm_query('q', reasoning=True)\nprint(pair[1])",
    ]);
    expect(seen[0]).toContain("[1, 2] [[1, 2]]");
    expect(seen[1]).toContain("None");
  });

  it("leave names that code may use, and come back if code overwrites their list", async () => {
    const { seen } = await play(["replies = llm_query_batched(['a'])", "REPLIES = 1", "print(len(REPLIES))"]);
    expect(seen[0]).not.toContain("overwrote");
    expect(seen[1]).toContain("You overwrote `REPLIES`");
    expect(seen[2]).toMatch(/^1\n/);
  });

  it("are told of in the system prompt, and only where they are kept", async () => {
    const { record } = await play(["1"]);
    const { replies: _, ...plain } = kept;
    const before = await play(["print(llm_query('q'))"], plain);
    expect(record.systemPrompt).toContain("kept in the list `REPLIES`");
    expect(before.record.systemPrompt).not.toContain("REPLIES");
    expect(before.seen[0]).toContain(LONG.slice(0, 900));
    expect(before.record).not.toHaveProperty("replies");
  });

  it("are refused in other languages, under older rules, and in unknown forms", () => {
    const language = languageNamed("javascript");
    expect(() => envWith({ ...kept, language })).toThrow(
      "replies: kept: JavaScript does not keep the replies of sub-calls here",
    );
    expect(() => envWith({ ...kept, rules: "0.5.0" })).toThrow("under rules 0.6.0 and later");
    expect(() => envWith({ ...kept, replies: "all" as "kept" })).toThrow(
      'replies: expected "kept", got "all"',
    );
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[[\]().<>'$^*+?{}|\\]/g, "\\$&");
}
