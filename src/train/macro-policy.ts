/** The macro policy: a small network that chooses move after move, each of which runs as Python. */
import type { Policy } from "../policies/policy.ts";
import type { Random } from "../random.ts";
import { scriptedPolicy } from "../policies/strategies/scripted.ts";
import type { Observation } from "../types.ts";
import { featuresOf } from "./features.ts";
import { choicesOf, type Kind, legalKinds, type MacroMove } from "./moves.ts";
import { decide, type DrawnDecision, type State, type Weights } from "./network.ts";
import { renderMove } from "./render.ts";
import type { Family, MacroSkills } from "../policies/macro-skills.ts";

/** What is needed to write moves as Python. */
export interface MacroTools {
  readonly skills: MacroSkills;
  /** Names of the sub-models, the large one first. */
  readonly tiers: readonly [string, string];
}

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
  return scriptedPolicy(name, function* ({ observation: first }, own) {
    const { question, context } = first;
    const sight = sightOf(first, skills);
    const made: Kind[] = [];
    let observation = first;
    for (;;) {
      const state = stateOf(observation, made, sight);
      const { move, decision } = decide(weights, state, greedy ? null : (draws ?? own));
      onDecision?.(decision);
      made.push(move.kind);
      observation = yield { ...renderMove(move, { skills, question, context, tiers }), decision };
    }
  });
}

function sightOf({ question, context }: Observation, skills: MacroSkills): Sight {
  return { family: skills.familyOf(question), canGrep: skills.grep(question, context) !== null };
}

/** What depends on the episode's question alone. */
interface Sight {
  readonly family: Family;
  readonly canGrep: boolean;
}

function stateOf(observation: Observation, made: readonly Kind[], { family, canGrep }: Sight): State {
  const memory = { made, canGrep };
  return { features: featuresOf(observation, memory, family), legal: legalKinds(memory, observation) };
}

/** A policy that makes the same moves whatever it sees; the last one should answer. */
export function planPolicy(name: string, moves: readonly MacroMove[], { skills, tiers }: MacroTools): Policy {
  return scriptedPolicy(name, function* ({ observation: first }) {
    const { question, context } = first;
    const sight = sightOf(first, skills);
    const made: Kind[] = [];
    let observation = first;
    for (const move of moves) {
      const decision = {
        ...stateOf(observation, made, sight),
        choices: choicesOf(move),
        logProbability: null,
        value: null,
      };
      made.push(move.kind);
      observation = yield { ...renderMove(move, { skills, question, context, tiers }), decision };
    }
  });
}
