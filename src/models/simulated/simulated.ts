/**
 * A model that reads by program and errs by a curve, so that all strategies and rewards run offline. It measures nothing about
 * real models: its completions and all records of them are marked as `simulated`.
 */
import { createHash } from "node:crypto";
import { ModelError, UsageError } from "../../errors.ts";
import { Random } from "../../random.ts";
import { countMessages, countTokens, cutToTokens } from "../../cost/tokens.ts";
import type { Completion } from "../../types.ts";
import { ROT_PRESETS, useProbability, type RotCurve, type RotPreset } from "./context-rot.ts";
import { pause, throwIfAborted } from "../interruption.ts";
import type { CallOptions, Model, ModelRequest } from "../model.ts";
import type { Finding, Reading, SliceReader } from "./slice-reader.ts";

/** The names of the simulated models; the most expensive and most accurate one is first. */
export const SIMULATED_TIERS = ["simulated", "simulated-mini"] as const;
/** The name of a simulated model. */
export type SimulatedTier = (typeof SIMULATED_TIERS)[number];

/** The window and the curve of each tier. Prices are in the price table under the tier's name. */
const TIERS: Record<SimulatedTier, { readonly windowTokens: number; readonly rot: RotCurve }> = {
  simulated: { windowTokens: 262_144, rot: ROT_PRESETS.default },
  "simulated-mini": { windowTokens: 131_072, rot: { ...ROT_PRESETS.default, atTokens: 32_768 } },
};

const MAX_ATTEMPTS = 3;
const IGNORANCE = "I do not know: this text does not tell me what I am asked for.";

/** How a simulated model reads and errs. Rates are probabilities; `latencyMs` is in milliseconds. */
export interface SimulatedModelOptions {
  /** The readers of prompts. The first one that recognizes a prompt answers it. */
  readonly readers: readonly SliceReader[];
  readonly tier?: SimulatedTier;
  readonly seed?: number;
  /** The name of a preset, or a curve. Default: the tier's. */
  readonly rot?: RotPreset | RotCurve;
  /** The most tokens of prompt and completion together. Default: the tier's. */
  readonly windowTokens?: number;
  /** The waiting time of each attempt. Default: 0. */
  readonly latencyMs?: number;
  /** The probability that an attempt fails with status 503. Default: 0. */
  readonly failureRate?: number;
  /** The probability that an attempt fails with status 429. Default: 0. */
  readonly rateLimitRate?: number;
}

/**
 * Makes a simulated model. Its mistakes depend only on the seed, the request's seed and the prompt, so that equal requests err
 * equally whatever was asked before. A request makes up to three attempts.
 */
export function simulatedModel(options: SimulatedModelOptions): Model {
  const { tier = "simulated", seed = 0, latencyMs = 0, failureRate = 0, rateLimitRate = 0 } = options;
  const { rot: tierRot, windowTokens: tierWindow } = known(TIERS, tier, "tier");
  const { windowTokens = tierWindow } = options;
  const rot = curveOf(options.rot ?? tierRot);
  if (!(failureRate >= 0 && rateLimitRate >= 0 && failureRate + rateLimitRate <= 1)) {
    throw new UsageError(`${tier}: expected failure rates that add up to 0 … 1`);
  }
  if (!(latencyMs >= 0 && windowTokens > 0))
    throw new UsageError(`${tier}: expected a latency of at least 0 ms and a window of more than 0 tokens`);

  async function complete(request: ModelRequest, { signal }: CallOptions = {}): Promise<Completion> {
    const promptTokens = countMessages(request.messages);
    refuseOverlong(tier, promptTokens, windowTokens);
    const prompt = request.messages.map((message) => message.content).join("\n\n");
    const digest = createHash("sha256").update(prompt).digest("hex");
    const stream = (name: string) => Random.of(seed, request.seed ?? 0, digest, name);
    const attempts = await attempt({
      tier,
      latencyMs,
      failureRate,
      rateLimitRate,
      random: stream("faults"),
      signal,
    });
    const reading = readFirst(options.readers, prompt);
    const reply =
      reading === null ? IGNORANCE : answer(reading, { rot, promptTokens, random: stream("reading") });
    const text = await cutToTokens(
      reply,
      Math.min(request.maxTokens ?? Infinity, windowTokens - promptTokens),
    );
    return {
      text,
      toolCalls: [],
      finishReason: text === reply ? "stop" : "length",
      model: tier,
      usage: { promptTokens, completionTokens: countTokens(text), cachedTokens: 0 },
      usageSource: "simulated",
      attempts,
    };
  }

  return { name: tier, windowTokens, simulated: true, complete };
}

/** Looks a name up. Throws `UsageError` for an unknown one, for callers without types. */
function known<Value>(values: Readonly<Record<string, Value>>, name: string, what: string): Value {
  if (Object.hasOwn(values, name)) return values[name]!;
  const names = Object.keys(values).join(", ");
  throw new UsageError(`simulated model: unknown ${what} ${JSON.stringify(name)}; expected one of ${names}`);
}

/** The curve. Throws `UsageError` for an unknown name, and for a curve that does not always give a probability. */
function curveOf(rot: RotPreset | RotCurve): RotCurve {
  const curve = typeof rot === "string" ? known<RotCurve>(ROT_PRESETS, rot, "rot") : rot;
  const { freeTokens, atTokens, first, last } = curve;
  if (!(freeTokens > 0 && atTokens > freeTokens && Number.isFinite(atTokens)))
    throw new UsageError(
      `simulated model: expected a rot of 0 < freeTokens < atTokens, got ${freeTokens} and ${atTokens}`,
    );
  if (!(first >= 0 && first <= 1 && last >= 0 && last <= 1))
    throw new UsageError(
      `simulated model: expected a rot whose first and last are from 0 to 1, got ${first} and ${last}`,
    );
  return curve;
}

/** Waits and fails as a server might. Returns the number of attempts until one succeeded. */
async function attempt(server: {
  readonly tier: SimulatedTier;
  readonly latencyMs: number;
  readonly failureRate: number;
  readonly rateLimitRate: number;
  readonly random: Random;
  readonly signal: AbortSignal | undefined;
}): Promise<number> {
  const { tier, latencyMs, failureRate, rateLimitRate, random, signal } = server;
  for (let attempts = 1; ; attempts += 1) {
    if (latencyMs > 0) await pause(latencyMs, { model: tier, attempts, signal });
    throwIfAborted({ model: tier, attempts, signal });
    const drawn = random.random();
    if (drawn >= failureRate + rateLimitRate) return attempts;
    if (attempts < MAX_ATTEMPTS) continue;
    const status = drawn < failureRate ? 503 : 429;
    throw new ModelError(`${tier}: status ${status} after ${attempts} attempts (simulated)`, {
      kind: "overloaded",
      status,
      attempts,
    });
  }
}

function readFirst(readers: readonly SliceReader[], prompt: string): Reading | null {
  for (const reader of readers) {
    const reading = reader.read(prompt);
    if (reading !== null) return reading;
  }
  return null;
}

function answer(
  reading: Reading,
  { rot, promptTokens, random }: { rot: RotCurve; promptTokens: number; random: Random },
): string {
  const kept = reading.findings.map((finding) => {
    const probability = useProbability(rot, promptTokens, finding.position) * (finding.clarity ?? 1);
    return readAs(finding, { probability, random });
  });
  return reading.answer(kept.filter((value) => value !== null));
}

/** The finding's value, or a misreading, or null if it is overlooked. It always draws twice. */
function readAs(finding: Finding, { probability, random }: { probability: number; random: Random }): unknown {
  const [luck, choice] = [random.random(), random.random()];
  if (luck < probability) return finding.value;
  const misreadings = finding.misreadings ?? [];
  return misreadings[Math.floor(choice * misreadings.length)] ?? null;
}

function refuseOverlong(tier: SimulatedTier, promptTokens: number, windowTokens: number): void {
  if (promptTokens < windowTokens) return;
  throw new ModelError(
    `${tier}: the prompt has ${promptTokens} tokens; the model's window holds ${windowTokens}`,
    { kind: "rejected", status: 400 },
  );
}
