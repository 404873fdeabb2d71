/** Traces of verifiers that other programs wrote (`fixtures/prime-rl.jsonl`: prime-rl at 559b447): episodes of several agents, and rows without a prompt. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXPORT_DEFAULTS } from "../../../src/export/exporter.ts";
import { filtered } from "../../../src/export/choice/filters.ts";
import { verifiersV1 } from "../../../src/export/formats/verifiers.ts";
import { exporterNamed, EXPORTERS } from "../../../src/export/registry.ts";
import { Tally } from "../../../src/export/tally.ts";
import { verifiersTraces } from "../../../src/import/formats/verifiers.ts";
import { importFiles } from "../../../src/import/read-files.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import { itemOf, rowsOf } from "../../export/played.ts";
import { importedRows } from "../read.ts";

const node = (parent: number | null, role: string, content: string, more: object = {}) => ({
  parent,
  message: { role, content, ...more },
  sampled: role === "assistant",
  timestamp: 1,
});

function trace(id: string, name: string, agent: object, reward: number | null) {
  return {
    version: 1,
    id,
    task: { type: "Game", data: { id: "t1", board: "empty" } },
    agent: { config: { model: "m" }, name, ...agent },
    nodes: [
      node(null, "user", `You are ${name}.`),
      node(0, "assistant", `I am ${name}.`, { reasoning_content: `hm, ${name}` }),
    ],
    calls: [],
    rewards: { reward: reward === null ? null : { score: reward, weight: 1 } },
    is_completed: true,
    ok: true,
    stop_condition: null,
    errors: [],
  };
}

const episode = (traces: readonly object[], id = "e1") => ({
  id,
  env: { id: "game" },
  task: { type: "Game", data: { id: "t1", board: "empty" } },
  group: { id: "g1" },
  ok: true,
  errors: [],
  traces,
});

const pair = [trace("a", "solver", {}, 1), trace("b", "opponent", { trainable: false }, 0.5)];

describe("the importer of verifiers' traces", () => {
  it("reads what prime-rl's own monitor wrote of what verifiers recorded", async () => {
    const file = join(import.meta.dirname, "..", "fixtures", "prime-rl.jsonl");
    const read: (Trajectory & { gold?: string | undefined })[] = [];
    for await (const { trajectory, reference } of importFiles([file]))
      read.push({ ...trajectory, gold: reference?.answers[0] });
    expect(
      read.map(({ rolloutId, groupId, policy, trainable, status, reward, gold }) => [
        rolloutId,
        groupId,
        policy,
        trainable,
        status,
        reward?.total,
        gold,
      ]),
    ).toEqual([
      ["solver-1", "g1/solver", "solver", undefined, "ok", 1, "3"],
      ["opponent-1", "g1/opponent", "opponent", false, "ok", 0, "3"],
      ["failed-1", "g1", "agent", undefined, "infra_error", undefined, "3"],
    ]);
    const [solver, , failed] = read;
    expect(solver!.turns.map(({ segment, observation }) => [segment, observation])).toEqual([
      [0, "3"],
      [0, ""],
      [1, ""],
    ]);
    expect(solver!.turns[0]).toMatchObject({
      completion: { text: "Let me count ☃.", reasoning: { text: "Words are apart by spaces." } },
      results: [{ code: "print(len(context.split()))", stdout: "3" }],
    });
    expect(solver!.calls.map(({ tokens }) => tokens)).toEqual([
      { promptIds: [1, 2], completionIds: [3, 4], logprobs: [-0.5, -0.5] },
      { promptIds: [1, 2, 3, 4, 5], completionIds: [6], logprobs: [-0.5] },
      { promptIds: [1, 7], completionIds: [8], logprobs: [-0.5] },
    ]);
    expect(failed!.error).toEqual({ kind: "ProviderError", message: "the server is gone" });
    expect((solver!.task.metadata["imported"] as { unknown: string[] }).unknown).toEqual([
      "context",
      "seed",
      "limits",
      "run",
      "agent.config",
      "other fields of task.data",
      "metrics",
    ]);
  });

  it("reads an episode whose task has no prompt: what the user said first is the question", async () => {
    const [read] = await importedRows(verifiersTraces, [episode([trace("a", "agent", {}, 1)])]);
    expect([read!.task.id, read!.task.question, read!.opening, read!.groupId]).toEqual([
      "t1",
      "You are agent.",
      "You are agent.",
      "g1",
    ]);
  });

  it("keeps the agents of an episode apart: names, groups of their own, and who is not trained", async () => {
    const read = await importedRows(verifiersTraces, [episode(pair)]);
    expect(
      read.map(({ policy, groupId, trainable, turns }) => [
        policy,
        groupId,
        trainable,
        turns[0]!.completion.reasoning?.text,
      ]),
    ).toEqual([
      ["solver", "g1/solver", undefined, "hm, solver"],
      ["opponent", "g1/opponent", false, "hm, opponent"],
    ]);
  });

  it("has what several agents did as one episode again after an export, and once more after an import", async () => {
    const read = await importedRows(verifiersTraces, [
      episode(pair),
      episode([trace("c", "solver", {}, 1), trace("d", "opponent", { trainable: false }, 0)], "e2"),
    ]);
    const { rows } = await rowsOf(verifiersV1, read);
    expect(
      rows.map(({ id, group, traces }) => [
        id,
        group,
        (traces as ReturnType<typeof trace>[]).map(({ id: own, agent }) => [
          own,
          agent.name,
          (agent as { trainable?: boolean }).trainable,
        ]),
      ]),
    ).toEqual([
      [
        "e1",
        { id: "g1" },
        [
          ["a", "solver", true],
          ["b", "opponent", false],
        ],
      ],
      [
        "e2",
        { id: "g1" },
        [
          ["c", "solver", true],
          ["d", "opponent", false],
        ],
      ],
    ]);
    for (const row of rows) expect(verifiersV1.row.safeParse(row).error).toBeUndefined();
    expect(await importedRows(verifiersTraces, JSON.parse(JSON.stringify(rows)) as unknown[])).toEqual(read);
  });

  it.each(EXPORTERS.map(({ name }) => name))("makes no training data of an opponent: %s", async (name) => {
    const exporter = exporterNamed(name);
    const [, opponent] = await importedRows(verifiersTraces, [episode(pair)]);
    const tally = new Tally();
    const keepsUntrained = exporter.keepsUntrained === true;
    const source = filtered(
      async function* items() {
        yield itemOf(opponent as Trajectory);
      },
      { keepsUntrained },
      tally,
      null,
    );
    const rows: unknown[] = [];
    for await (const row of exporter.rows(source, EXPORT_DEFAULTS, tally)) rows.push(row);
    if (keepsUntrained) expect(JSON.stringify(rows)).toMatch(/"trainable":\s*false/);
    else expect([rows, tally.counts.leftOut]).toEqual([[], { "its policy is not to be trained": 1 }]);
  });
});
