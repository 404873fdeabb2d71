/** A changed byte of a record is found and named. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { changedBytes } from "../../src/replay/replay.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { ASK, blocks, CHILD, recorder } from "./recorded-episode.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());
const { record, again } = recorder(pool);

describe("a changed byte", () => {
  let recorded: Trajectory;
  beforeAll(async () => {
    recorded = await record(blocks(ASK, CHILD, "FINAL(same[0])"), {
      maxDepth: 2,
      childPolicy: () => blocks("FINAL(llm_query(context))"),
    });
  });

  it("of a reply that no code ever shows is named with turn, call and offset", async () => {
    const call = recorded.calls.findIndex(({ prompt }) => prompt === "what nobody prints");
    const changed = edit(recorded, ["calls", call, "reply"], 3, "L");
    const { difference, trajectory } = await again(changed);
    expect(trajectory).toBeNull();
    expect(difference).toMatchObject({
      rolloutId: "r",
      turn: 0,
      label: `reply of call ${call} (llm_query)`,
      offset: 3,
    });
  });

  it("of an observation without a checksum is named by running again", async () => {
    const { seals: _, ...bare } = edit(recorded, ["turns", 0, "observation"], 2, "Q");
    const { difference } = await again(bare);
    expect(difference).toMatchObject({ turn: 0, label: "observation", offset: 2 });
    expect(difference?.recorded).not.toBe(difference?.again);
  });

  it("of a child's reply without a checksum is named in the child", async () => {
    const bare = JSON.parse(JSON.stringify(recorded), (key, value: unknown) =>
      key === "seals" ? undefined : value,
    ) as Trajectory;
    const changed = edit(bare, ["children", 1, "turns", 0, "observation"], 0, "Q");
    expect((await again(changed)).difference).toMatchObject({
      rolloutId: "r#1",
      turn: 0,
      label: "observation",
      offset: 0,
    });
  });

  it("is named wherever it is in any text of any turn", () => {
    const texts = textsOf(recorded, []);
    expect(texts.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.constantFrom("~", "0", "z"),
        ({ path, text }, nat, put) => {
          const at = nat % text.length;
          if (text[at] === put || text.charCodeAt(at) > 127) return;
          const found = changedBytes(edit(recorded, path, at, put));
          expect(found).toMatchObject({ offset: expect.any(Number) });
          const turn = path.lastIndexOf("turns");
          if (turn >= 0) expect(found?.turn).toBe(path[turn + 1]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("beside another one is found all the same", () => {
    const twice = edit(
      edit(recorded, ["turns", 1, "observation"], 1, "~"),
      ["turns", 1, "observation"],
      3,
      "~",
    );
    expect(changedBytes(twice)).toMatchObject({ turn: 1, offset: null });
    expect(changedBytes(recorded)).toBeNull();
  });
});

type Path = readonly (string | number)[];

/** The record with one character of the text at a path put in another's place. */
function edit(trajectory: Trajectory, path: Path, at: number, put: string): Trajectory {
  const copy = structuredClone(trajectory) as unknown as Record<string | number, unknown>;
  const last = path.at(-1)!;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as typeof holder;
  const text = holder[last] as string;
  holder[last] = text.slice(0, at) + put + text.slice(at + 1);
  return copy as unknown as Trajectory;
}

/** Every text of what models, tools and the REPL said. */
function textsOf(value: unknown, path: Path): { path: Path; text: string }[] {
  const SAID = [
    "observation",
    "reply",
    "prompt",
    "error",
    "text",
    "stdout",
    "code",
    "opening",
    "systemPrompt",
    "question",
  ];
  if (typeof value === "string")
    return value !== "" && SAID.includes(String(path.at(-1))) ? [{ path, text: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "seals" || key === "judgement"
      ? []
      : textsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
