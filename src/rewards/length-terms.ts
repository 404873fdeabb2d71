/** Terms for the length of an episode, in tokens or turns. */
import { z } from "zod";
import { mean } from "../statistics.ts";
import type { Measures } from "./measures.ts";
import { clip, defineTerm, type EpisodeTerm, type GroupTerm, plain } from "./term.ts";

/** What counts as length: the policy's completions, its longest sequence, or the tokens of every call. */
export type Length = "policy" | "main" | "all";

const positive = z.number().positive();
const nonNegative = z.number().nonnegative();
const length = z.enum(["policy", "main", "all"]).default("policy");

/** The length of an episode, in tokens. */
export function lengthOf(kind: Length, episode: Measures): number {
  if (kind === "policy") return episode.policyTokens;
  return kind === "main" ? episode.mainTokens : episode.promptTokens + episode.completionTokens;
}

/** `ℓ = 0.5 − (len − min)/(max − min)` in the group; right: ℓ, wrong: min(0, ℓ); 0 if max = min (arXiv 2501.12599). */
export function kimiLength(kind: Length): GroupTerm {
  return (episode, group) => {
    const [low, high] = bounds([episode, ...group].map((member) => lengthOf(kind, member)));
    if (high === low) return plain(0);
    const value = 0.5 - (lengthOf(kind, episode) - low) / (high - low);
    return plain(episode.right ? value : Math.min(0, value));
  };
}

/** `kimi_length` in a spec. */
export const kimiTerm = defineTerm({
  type: "kimi_length",
  parameters: { length },
  needsGroup: true,
  make: (spec) => kimiLength(spec.length),
});

/** 0 up to `max − buffer`, then falling to −1 at `max`, −1 above (arXiv 2503.14476). Tokens. */
export function dapoOverlong(kind: Length, max: number, buffer: number): EpisodeTerm {
  return (episode) => {
    const tokens = lengthOf(kind, episode);
    if (tokens <= max - buffer) return plain(0);
    return plain(tokens <= max ? (max - buffer - tokens) / buffer : -1);
  };
}

/** `dapo_overlong` in a spec. */
export const overlongTerm = defineTerm({
  type: "dapo_overlong",
  parameters: { length, max: positive, buffer: positive },
  problem: ({ max, buffer }) =>
    buffer > max ? { field: "buffer", expected: `at most max, which is ${max}` } : null,
  make: (spec) => dapoOverlong(spec.length, spec.max, spec.buffer),
});

/** L1-exact: with a weight of 1 the reward becomes `1[right] − α·|n* − n|` (arXiv 2503.04697). Raw: the tokens missed by. */
export function l1Exact(kind: Length, target: number, alpha: number): EpisodeTerm {
  return (episode) => {
    const raw = Math.abs(target - lengthOf(kind, episode));
    return { raw, effect: Number(episode.right) - episode.score - alpha * raw };
  };
}

/** `l1_exact` in a spec. */
export const l1ExactTerm = defineTerm({
  type: "l1_exact",
  parameters: { length, target: positive, alpha: nonNegative.default(3e-4) },
  make: (spec) => l1Exact(spec.length, spec.target, spec.alpha),
});

/** L1-max: with a weight of 1 the reward becomes `1[right]·clip(α(n* − n) + δ, 0, 1)` (arXiv 2503.04697). Raw: the factor. */
export function l1Max(kind: Length, target: number, alpha: number, delta: number): EpisodeTerm {
  return (episode) => {
    const raw = clip(alpha * (target - lengthOf(kind, episode)) + delta, 0, 1);
    return { raw, effect: Number(episode.right) * raw - episode.score };
  };
}

/** `l1_max` in a spec. */
export const l1MaxTerm = defineTerm({
  type: "l1_max",
  parameters: {
    length,
    target: positive,
    alpha: nonNegative.default(3e-4),
    delta: z.number().default(0.5),
  },
  make: (spec) => l1Max(spec.length, spec.target, spec.alpha, spec.delta),
});

/** The shares that `prime_linear` takes for the group's longest output, input and turns. */
export interface LinearWeights {
  readonly output: number;
  readonly input: number;
  readonly turns: number;
}

/**
 * `−p·(0.25·out/max_out + 0.1·in/max_in + 0.1·turns/max_turns)`, with p the group's mean score and the maxima within the
 * group; a maximum of 0 adds nothing (prime-rl `orchestrator/algo/grpo.py`). Raw: the bracket.
 */
export function primeLinear(weights: LinearWeights): GroupTerm {
  return (episode, group) => {
    const share = (read: (member: Measures) => number) => {
      const most = group.reduce((longest, member) => Math.max(longest, read(member)), read(episode));
      return most === 0 ? 0 : read(episode) / most;
    };
    const raw =
      weights.output * share((member) => member.completionTokens) +
      weights.input * share((member) => member.promptTokens) +
      weights.turns * share((member) => member.turns);
    const members = group.length === 0 ? [episode] : group;
    const solved = mean(members.map(({ score }) => score));
    return { raw, effect: 0 - solved * raw };
  };
}

/** `prime_linear` in a spec. */
export const primeTerm = defineTerm({
  type: "prime_linear",
  parameters: {
    output: nonNegative.default(0.25),
    input: nonNegative.default(0.1),
    turns: nonNegative.default(0.1),
  },
  needsGroup: true,
  make: primeLinear,
});

function bounds(values: readonly number[]): readonly [number, number] {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const, [
    Infinity,
    -Infinity,
  ] as const);
}
