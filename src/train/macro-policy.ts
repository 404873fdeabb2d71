/** The macro policy: a small network that chooses move after move, each of which runs as code. */
import type { Policy } from "../policies/policy.ts";
import type { Random } from "../random.ts";
import { type Script, scriptedPolicy } from "../policies/strategies/scripted.ts";
import { STRATEGY_LANGUAGES } from "../policies/strategies/languages/by-language.ts";
import type { Observation } from "../types.ts";
import { featuresOf } from "./features.ts";
import { choicesOf, type Kind, legalKinds, type MacroMove } from "./moves.ts";
import { decide, type DrawnDecision, type State, type Weights } from "./network.ts";
import { type MacroTools, MoveWriter } from "./move-writer.ts";
import type { Family, MacroSkills } from "../policies/macro-skills.ts";

/** The network that chooses moves, and how they are written for a benchmark. */
export interface MacroPolicyOptions extends MacroTools {
  readonly weights: Weights;
  readonly name?: string;
  /** Takes the most probable choice of each head instead of a random one. */
  readonly greedy?: boolean;
  /** The source of random choices; default: one from the episode's seed. */
  readonly draws?: Random;
  readonly onDecision?: (decision: DrawnDecision) => void;
}

/** A policy that plays the moves that the network chooses. */
export function macroPolicy(options: MacroPolicyOptions): Policy {
  const { weights, skills, tiers, name = "macro", greedy = false, draws, onDecision } = options;
  const script: Script = function* (start, own) {
    const writer = new MoveWriter(start, { skills, tiers });
    const sight = sightOf(start.observation, writer, skills);
    const made: Kind[] = [];
    let { observation } = start;
    for (;;) {
      const state = stateOf(observation, made, sight, writer.read(observation));
      const { move, decision } = decide(weights, state, greedy ? null : (draws ?? own));
      onDecision?.(decision);
      made.push(move.kind);
      observation = yield { ...writer.write(move), decision };
    }
  };
  return scriptedPolicy(name, script, languagesOf(skills));
}

function languagesOf({ elsewhere }: MacroSkills): readonly string[] | undefined {
  return elsewhere && STRATEGY_LANGUAGES;
}

function sightOf({ question }: Observation, { canGrep }: MoveWriter, skills: MacroSkills): Sight {
  return { family: skills.familyOf(question), canGrep };
}

/** What depends on the episode's question alone. */
interface Sight {
  readonly family: Family;
  readonly canGrep: boolean;
}

function stateOf(
  observation: Observation,
  made: readonly Kind[],
  { family, canGrep }: Sight,
  result: string,
): State {
  const memory = { made, canGrep };
  const features = featuresOf(observation, memory, family, result);
  return { features, legal: legalKinds(memory, observation) };
}

/** A policy that makes the same moves whatever it sees; the last one should answer. */
export function planPolicy(name: string, moves: readonly MacroMove[], { skills, tiers }: MacroTools): Policy {
  const script: Script = function* (start) {
    const writer = new MoveWriter(start, { skills, tiers });
    const sight = sightOf(start.observation, writer, skills);
    const made: Kind[] = [];
    let { observation } = start;
    for (const move of moves) {
      const decision = {
        ...stateOf(observation, made, sight, writer.read(observation)),
        choices: choicesOf(move),
        logProbability: null,
        value: null,
      };
      made.push(move.kind);
      observation = yield { ...writer.write(move), decision };
    }
  };
  return scriptedPolicy(name, script, languagesOf(skills));
}
