/** A run's folder of episodes of ten turns and 20 KB each, in groups of eight, for suites of what reads large runs. */
import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Call, Trajectory, Turn } from "../../../src/trajectory.ts";
import { rewarded } from "../../trajectory-fixture.ts";

export const GROUP = 8;
const BYTES = 20_000;
const TURNS = 10;
/** Tokens that a turn adds to its prompt, and that it samples. */
const ADDED = 40;
const SAMPLED = 20;

export interface TenTurns {
  readonly episodes: number;
  /** Every call has token ids and log-probabilities; each prompt goes on from the one before. */
  readonly tokens?: boolean;
}

/** Every second rollout of a group is right; a rollout costs the share of a reading that its place in the group says. */
export async function writeTenTurnRun(folder: string, made: TenTurns): Promise<void> {
  writeFileSync(
    join(folder, "manifest.json"),
    JSON.stringify({
      schemaVersion: 1,
      version: "0",
      seed: 0,
      config: {},
      configSha256: "0",
      status: "finished",
      counts: { planned: made.episodes, ended: made.episodes, ok: made.episodes, infraErrors: 0 },
      wallClock: { startedAt: "2026-01-01T00:00:00.000Z", endedAt: "2026-01-01T00:00:00.000Z" },
    }),
  );
  writeFileSync(join(folder, "references.jsonl"), "");
  await pipeline(Readable.from(lines(made)), createWriteStream(join(folder, "trajectories.jsonl")));
}

function* lines({ episodes, tokens = false }: TenTurns): Generator<string> {
  const made = rewarded({ fullReadingNanoDollars: 1000, answer: { text: "7", source: "final" } });
  const places = Array.from({ length: TURNS }, (_, turn) => turn);
  const bare = JSON.stringify({
    ...made,
    turns: places.map((turn) => turnOf(turn, "")),
    calls: places.map((turn) => callOf(turn, null)),
  }).length;
  const shown = Math.max(100, Math.floor((BYTES - bare - 200) / TURNS));
  for (let index = 0; index < episodes; index += 1) {
    const place = index % GROUP;
    const score = place % 2 === 0 ? 1 : 0;
    const task = { ...made.task, id: `task-${Math.floor(index / GROUP)}` };
    yield `${JSON.stringify({
      ...made,
      rolloutId: `${task.id}/${place}`,
      groupId: task.id,
      policy: `policy-${place % 4}`,
      seed: place,
      task,
      turns: places.map((turn) => turnOf(turn, words(index * TURNS + turn, shown))),
      calls: places.map((turn) => callOf(turn, tokens ? index : null)),
      totals: { ...made.totals, nanoDollars: 125 * place },
      reward: { total: score, score, terms: {} },
    } satisfies Trajectory)}\n`;
  }
}

/** Text in which hardly a line is another one. */
function words(seed: number, chars: number): string {
  let text = "";
  for (let line = 0; text.length < chars; line += 1)
    text += `${((line * 7919 + seed * 104_729) % 1_000_003).toString(36)} at ${line} says ${(seed * 31 + line * line) % 99_991}\n`;
  return text.slice(0, chars);
}

function turnOf(index: number, observation: string): Turn {
  const completion = { text: "print(context[:100])", toolCalls: [], finishReason: "stop" as const };
  const rest = { results: [], segment: 0, standing: null, reward: 0, wallClock: { seconds: 0 } };
  return { index, completion, callId: index, observation, ...rest };
}

/** `seed`: of its token ids; null for none. */
function callOf(turn: number, seed: number | null): Call {
  const usage = { promptTokens: 1000, completionTokens: 50, cachedTokens: 0 };
  const of = {
    purpose: "policy",
    depth: 0,
    batch: null,
    model: "m",
    prompt: null,
    reply: null,
    error: null,
  } as const;
  const rest = { usageSource: "reported", reserved: usage, nanoDollars: 0, attempts: 1 } as const;
  const id = (place: number) => (place * 7919 + (seed ?? 0) * 104_729) % 100_000;
  const before = ADDED + turn * (ADDED + SAMPLED);
  const sampled = {
    promptIds: Array.from({ length: before }, (_, place) => id(place)),
    completionIds: Array.from({ length: SAMPLED }, (_, place) => id(before + place)),
    logprobs: Array.from({ length: SAMPLED }, (_, place) => -place / 64),
  };
  return {
    id: turn,
    turn,
    ...of,
    usage,
    ...rest,
    ...(seed !== null && { tokens: sampled }),
    wallClock: { seconds: 0 },
  };
}
