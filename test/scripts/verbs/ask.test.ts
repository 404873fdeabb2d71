/** Questions about files, answered by the command. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { lineOf } from "../../../scripts/output/ask-progress.ts";
import { readContexts } from "../../../scripts/input/read-contexts.ts";
import { reply, sendJson, startOpenaiServer } from "../../models/openai-server.ts";
import { complaints, rlmGym, scratch, trajectoriesIn } from "../command.ts";

let folder: string;
let book: string;
const QUESTION = "Who is the lighthouse keeper of Port Ellis?";

beforeAll(async () => {
  folder = await scratch();
  book = join(folder, "book.txt");
  const filler = Array.from({ length: 2000 }, (_, i) => `Row ${i} speaks of boats and nets.`);
  filler[1500] = "The lighthouse keeper of Port Ellis is called Maria Duarte.";
  await writeFile(book, filler.join("\n"));
});

describe("rlm-gym ask", () => {
  it("answers offline with a strategy, only on stdout, and says that the model is simulated", async () => {
    const out = join(folder, "run");
    const ended = await rlmGym(["ask", "--context", book, QUESTION, "--out", out]);
    expect(ended).toMatchObject({
      code: 0,
      stdout: "The lighthouse keeper of Port Ellis is called Maria Duarte.\n",
    });
    expect(ended.stderr).toMatch(/^turn 1: 1 calls, \d+ tokens, \$[\d.]+ so far$/m);
    expect(complaints(ended)).toEqual([expect.stringContaining("simulated")]);
    const [record] = await trajectoriesIn(out);
    expect(record).toMatchObject({ simulated: true, policy: "map-reduce", task: { question: QUESTION } });
  });

  it("overlooks nothing offline, unless a sub-model that errs is asked for", async () => {
    const long = join(folder, "long.txt");
    const filler = "The grass is green. The sky is blue. Here we go. There and back again.\n".repeat(3000);
    const needle = "The magic number of the harbour is 1878808.";
    await writeFile(long, `${filler}${needle}\n${filler}`);
    const asked = async (seed: number, ...more: string[]) => {
      const words = ["ask", "--context", long, "--seed", String(seed), ...more];
      return (await rlmGym([...words, "What is the magic number of the harbour?"])).stdout.trim();
    };
    for (const seed of [3, 4]) {
      expect(await asked(seed)).toBe(needle);
      expect(await asked(seed, "--sub-model", "simulated:rot=default")).toBe("not here");
    }
  });

  it("refuses a blank question", async () => {
    const ended = await rlmGym(["ask", "--context", book, " \n"]);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: "" });
    expect(complaints(ended)).toEqual([expect.stringContaining("expected a question, in quotes")]);
  });

  it("reads to the end offline, whatever the simulated prices, unless a limit is given", async () => {
    const dear = ["ask", "--context", book, "--sub-model", "simulated:input=100000", QUESTION];
    expect(await rlmGym(dear)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Maria Duarte") as string,
    });
    const bounded = await rlmGym([...dear, "--max-dollars", "1"]);
    expect(bounded.code).toBe(1);
    expect(complaints(bounded).join()).toContain("--max-dollars");
  });

  it("asks a model on a server, and reports everything as JSON; with a cache, it asks once", async () => {
    const server = await startOpenaiServer([reply("```repl\nprint(context[:4])\n```"), reply("FINAL(42)")]);
    const args = [
      "ask",
      "--context",
      book,
      "--model",
      "m",
      "--base-url",
      server.baseUrl,
      "--json",
      "--cache",
      join(folder, "cache"),
      "How many?",
    ];
    const ended = await rlmGym(args);
    // The policy's turns have a seed, so they are cached; the server has no third reply.
    const again = await rlmGym(args);
    await server.close();
    expect(JSON.parse(again.stdout)).toMatchObject({ answer: "42", usage: { calls: 2, cachedCalls: 2 } });
    expect(server.requests).toHaveLength(2);
    expect(complaints(ended)).toEqual([]);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      question: "How many?",
      answer: "42",
      stopReason: "answered",
      simulated: false,
      dollars: null,
      usage: { calls: 2, cachedCalls: 0 },
      usageByModel: { m: { calls: 2 } },
      turns: 2,
      run: null,
    });
    expect(JSON.stringify(server.requests[1]!.body)).toContain("Row ");
  });

  it("exits with 1 if there is no answer, and one line says why", async () => {
    const ended = await rlmGym(["ask", "--context", book, "--max-turns", "1", QUESTION]);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 1, stdout: "" });
    expect(complaints(ended).at(-1)).toBe(
      "rlm-gym: no answer: the episode ended with max_turns; --max-turns raises the limit",
    );
  });

  it("exits with 1 if the answer is empty", async () => {
    const server = await startOpenaiServer([reply('```repl\nFINAL("")\n```')]);
    const args = ["--model", "m", "--base-url", server.baseUrl, "Which?"];
    const ended = await rlmGym(["ask", "--context", book, ...args]);
    await server.close();
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 1, stdout: "" });
    expect(complaints(ended).at(-1)).toBe("rlm-gym: no answer: the policy gave an empty one");
  });

  it("searches for the question's words in code, without a sub-model, where the policy is grep", async () => {
    const ended = await rlmGym(["ask", "--context", book, "--policy", "grep", "--json", QUESTION]);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      answer: "The lighthouse keeper of Port Ellis is called Maria Duarte.",
      usage: { calls: 2 },
    });
    const nothing = await rlmGym(["ask", "--context", book, "--policy", "grep", "Which unicorn?"]);
    expect(nothing).toMatchObject({ code: 0, stdout: "not here\n" });
  });
});

describe("a question that a fault cut short", () => {
  const STANDING = reply('```repl\nanswer["content"] = "so far"\nprint(1)\n```');
  const cut = async (...more: string[]) => {
    const server = await startOpenaiServer([
      STANDING,
      sendJson({ error: { message: "no key" } }, { status: 401 }),
    ]);
    try {
      const args = ["ask", "--context", book, "--model", "m", "--base-url", server.baseUrl, ...more];
      return await rlmGym([...args, "How many?"]);
    } finally {
      await server.close();
    }
  };

  it("reports the cost and the answer until then, and prints no answer", async () => {
    const ended = await cut();
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 1, stdout: "" });
    expect(complaints(ended)).toEqual([
      expect.stringMatching(/^rlm-gym: cut short by a fault after 2 calls, \d+ tokens, cost unknown$/),
      "rlm-gym: the answer until then: so far",
      expect.stringContaining("no key"),
    ]);
  });

  it("reports everything as JSON, with the fault in it", async () => {
    const { code, stdout } = await cut("--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      answer: "so far",
      stopReason: "infra_error",
      usage: { calls: 2 },
      error: { kind: "policy_auth", message: expect.stringContaining("no key") },
    });
  });
});

describe("the texts of a question", () => {
  it("come from standard input too, once", async () => {
    const input = Readable.from([Buffer.from("Some "), Buffer.from("text.")]);
    expect(await readContexts(["-"], input)).toBe("Some text.");
    await expect(readContexts(["-", "-"], input)).rejects.toThrow(/can be read only once/);
  });

  it("are one text, or a list of several", async () => {
    const other = join(folder, "other.txt");
    await writeFile(other, "\uFEFFäöü");
    expect(await readContexts([other])).toBe("äöü");
    expect(await readContexts([other, other])).toEqual(["äöü", "äöü"]);
  });

  it("are refused by name if they are missing, folders, empty, or not text", async () => {
    const [empty, binary] = [join(folder, "empty"), join(folder, "binary")];
    await writeFile(empty, "");
    await writeFile(binary, Uint8Array.of(0xff, 0xfe, 0));
    await expect(readContexts([join(folder, "none")])).rejects.toThrow(/cannot read .*none: ENOENT/);
    await expect(readContexts([folder])).rejects.toMatchObject({ name: "UsageError" });
    await expect(readContexts([empty])).rejects.toThrow(/empty is empty/);
    await expect(readContexts([binary])).rejects.toThrow(/binary is not UTF-8 text/);
  });
});

describe("the progress of a question", () => {
  const spent = { calls: 3, tokens: 12_345, dollars: null };
  const at = { rolloutId: "r#0", depth: 1, spent };

  it("shows turns and sub-agents, by depth, with the cost so far", () => {
    expect(lineOf({ ...at, kind: "begun", question: "?", encrypted: false }, false)).toBe(
      "  sub-agent r#0 begins",
    );
    expect(lineOf({ ...at, kind: "ended", stopReason: "answered", answer: null }, false)).toBe(
      "  sub-agent r#0: answered",
    );
    const turn = { index: 1, completion: { text: "code", toolCalls: [] }, observation: "seen" };
    const event = { ...at, depth: 0, kind: "turn", turn } as unknown as Parameters<typeof lineOf>[0];
    expect(lineOf(event, false)).toBe("turn 2: 3 calls, 12.3k tokens, cost unknown so far");
    expect(lineOf(event, true)).toBe("turn 2: 3 calls, 12.3k tokens, cost unknown so far\ncode\nseen");
  });
});
