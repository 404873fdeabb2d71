/** The macro policy's moves in every language: each runs, finds and answers, and what it prints is read in the same way. */
import { afterAll, describe, expect, it } from "vitest";
import { browseCompLike } from "../../envs/browsecomp/browsecomp-like.ts";
import { oolong } from "../../envs/oolong/oolong.ts";
import { sNiah } from "../../envs/s-niah/s-niah.ts";
import { assemble } from "../../src/env/assemble.ts";
import type { Environment } from "../../src/env/define.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { LanguagePools } from "../../src/languages/language-pools.ts";
import { LANGUAGE_NAMES, languageNamed } from "../../src/languages/registry.ts";
import { simulatedModel } from "../../src/models/simulated/simulated.ts";
import { FEATURES } from "../../src/train/features.ts";
import { planPolicy } from "../../src/train/macro-policy.ts";
import { CHUNK_CHARS, KINDS, type Kind, type MacroMove } from "../../src/train/moves.ts";
import type { Trajectory } from "../../src/trajectory.ts";

const pools = new LanguagePools({ size: 1 });
afterAll(() => pools.close());

const TIERS = ["simulated", "simulated-mini"] as const;

/** A move; a search asks the small model, so that its name is in the code. */
function move(kind: Kind, chunkChars?: number | null): MacroMove {
  const chunk = chunkChars === undefined ? null : CHUNK_CHARS.findIndex((size) => size === chunkChars);
  const tier = kind === "search" ? 1 : kind === "read" || kind === "verify" ? 0 : null;
  return { kind, chunk, width: chunk === null ? null : 0, tier, best: kind === "search" ? 0 : null };
}

async function play(
  repl: string,
  environment: Environment,
  moves: readonly MacroMove[],
  length = "2k",
): Promise<Trajectory> {
  const benchmark = await environment.open({ length }, 3);
  const language = languageNamed(repl);
  const subModels = TIERS.map((tier) => simulatedModel({ tier, readers: benchmark.readers ?? [], seed: 1 }));
  const env = assemble(environment.name, benchmark, { repls: pools.of(language), language, subModels });
  try {
    const policy = planPolicy("plan", moves, { skills: benchmark.macro!, tiers: TIERS });
    return await rolloutEpisode(env, { policy, subModel: subModels[0]!, reset: { seed: 3 } });
  } finally {
    await env.close();
  }
}

function failures({ turns }: Trajectory): string[] {
  return turns.flatMap(({ results }) =>
    results
      .filter(({ outcome }) => outcome !== "ok")
      .map(({ code, exception }) => `${code.split("\n", 1)[0]}: ${exception}`),
  );
}

/** What the policy saw before each of its moves. */
function seen({ calls }: Trajectory, feature: string): (number | undefined)[] {
  const place = FEATURES.indexOf(feature);
  return calls.flatMap(({ decision }) => (decision ? [decision.features[place]] : []));
}

const ANSWER = move("answer");

describe.each(LANGUAGE_NAMES)("the moves in %s", (repl) => {
  it("look, find a needle by a pattern, verify it and answer", async () => {
    const record = await play(repl, sNiah, [move("peek"), move("grep"), move("verify"), ANSWER], "1k");
    expect(failures(record)).toEqual([]);
    expect(record.reward?.score).toBe(1);
    expect(seen(record, "last block left a result")).toEqual([0, 0, 1, 1]);
    expect(seen(record, "verification agreed")).toEqual([0, 0, 0, 1]);
  });

  it.each([5_000, null])("read a haystack in chunks of %s characters, and search after it", async (chars) => {
    const moves = [move("read", chars), move("read", chars), move("search"), move("verify"), ANSWER];
    const record = await play(repl, sNiah, moves);
    expect(failures(record)).toEqual([]);
    expect(seen(record, "last block left a result")).toEqual([0, 1, 1, 1, 1]);
    expect(record.calls.map(({ model }) => model)).toContain("simulated-mini");
    expect(record.answer?.text).not.toBe("");
  });

  it("label and count the lines of a table", async () => {
    const record = await play(repl, oolong, [move("read", 5_000), move("verify"), ANSWER]);
    expect(failures(record)).toEqual([]);
    // The simulated reader's mistakes depend on where chunks end.
    expect(record.reward?.score).toBeGreaterThan(0.5);
    expect(seen(record, "last block left a result")).toEqual([0, 1, 1]);
  });

  it("count lines in code", async () => {
    const record = await play(repl, oolong, [move("grep"), ANSWER]);
    expect(failures(record)).toEqual([]);
    expect(record.answer?.text).toMatch(/\S/);
  });

  it("read documents, and search them", async () => {
    const moves = [move("peek"), move("read", 20_000), move("search"), move("verify"), ANSWER];
    const record = await play(repl, browseCompLike, moves);
    expect(failures(record)).toEqual([]);
    expect(seen(record, "last block left a result")).toEqual([0, 0, 1, 1, 1]);
    expect(record.answer?.text).not.toBe("");
  });

  it("answer with nothing where nothing was found, and verify what was not found by a search", async () => {
    const nothing = await play(repl, sNiah, [ANSWER]);
    expect(failures(nothing)).toEqual([]);
    expect(nothing.answer?.text).toBe("");
    const record = await play(repl, sNiah, [move("verify"), ANSWER]);
    expect(failures(record)).toEqual([]);
    expect(seen(record, "verification differed")).toEqual([0, 1]);
    expect(record.answer?.text).not.toBe("");
  });

  it("know a grep only where it is written", async () => {
    const { calls } = await play(repl, browseCompLike, [ANSWER]);
    const legal = calls[0]!.decision!.legal[KINDS.indexOf("grep")];
    expect(legal).toBe(repl === "python");
  });
});
