/**
 * The token policy: a small byte-level language model that writes the Python itself. It sees one line about the episode and the end
 * of what its last program printed, since it is far too small to read a conversation. The fence around its program, and a line that
 * sets `question`, are added to what it writes.
 */
import { writeCode } from "../../languages/python/native-tool.ts";
import type { Policy, PolicyTurn } from "../../policies/policy.ts";
import { Random } from "../../random.ts";
import { pythonString, STRATEGY_MODEL } from "../../policies/strategies/scripted.ts";
import type { Observation } from "../../types.ts";
import type { MacroTools } from "../move-writer.ts";
import type { MacroSkills } from "../../policies/macro-skills.ts";
import { END_ID, idsOf, textOf } from "./bytes.ts";
import { type Sampled, Sampler } from "./sampler.ts";
import type { TransformerShape } from "./shape.ts";

/** Bytes of the last output that it sees. */
const SHOWN_BYTES = 12;

/**
 * The model's prompt in a turn. It always has the same number of bytes, so that completions begin at a position that the model knows.
 * It does not name the context's length, because a length outside the training data would make a prompt that the model has never seen.
 */
export function tokenPrompt({ results, turnsLeft }: Observation, family: string): string {
  const last = results.at(-1);
  const printed = last ? (last.stderr || last.stdout).trim().replaceAll(/[^ -~]/g, " ") : "";
  return `${family} ${turnsLeft}|${printed.slice(-SHOWN_BYTES).padEnd(SHOWN_BYTES)}\n`;
}

/** What writes the programs, and for which benchmark. */
export interface TokenPolicyOptions {
  readonly name: string;
  readonly skills: Pick<MacroSkills, "ask" | "familyOf">;
  /** Writes the program of a turn for its prompt. */
  readonly write: (
    promptIds: readonly number[],
    chance: { readonly random: Random; readonly turn: number },
  ) => Sampled;
}

/** Random choices come from the episode's seed. Each byte of a program counts as one token, at the strategies' price. */
export function tokenPolicy({ name, skills, write }: TokenPolicyOptions): Policy {
  return {
    name,
    start: ({ observation, seed }) => {
      const random = Random.of(seed, "token policy");
      const { question } = observation;
      const head = `question = ${pythonString(`${skills.ask(question)}\n\n`)}`;
      return {
        act: (turn: PolicyTurn) => {
          const promptIds = idsOf(tokenPrompt(turn.observation, skills.familyOf(question)));
          const { ids, logprobs, ended } = write(promptIds, { random, turn: turn.observation.turn });
          const dialect = turn.tools.length === 0 ? "repl" : "tool";
          const written = writeCode(`${head}\n${textOf(ids)}`, dialect, `call_${turn.observation.turn}`);
          return Promise.resolve({
            ...written,
            finishReason: ended ? written.finishReason : "length",
            model: STRATEGY_MODEL,
            usage: { promptTokens: promptIds.length, completionTokens: ids.length, cachedTokens: 0 },
            usageSource: "simulated" as const,
            tokens: { promptIds, completionIds: ids, logprobs },
            attempts: 1,
          });
        },
      };
    },
  };
}

/** The policy with the checkpoint's parameters, which samples its programs. */
export function policyOf(
  { shape, parameters }: { readonly shape: TransformerShape; readonly parameters: Float32Array },
  { skills }: Pick<MacroTools, "skills">,
  name = "byte-lm",
): Policy {
  const sampler = new Sampler(shape, parameters);
  return tokenPolicy({ name, skills, write: (ids, { random }) => sampler.sample(ids, random) });
}

/** A policy that writes given programs, turn by turn, as if the model had written them. The warm start learns from its episodes. */
export function demonstration(
  programs: readonly string[],
  skills: TokenPolicyOptions["skills"],
  name = "demonstration",
): Policy {
  const written = programs.map((program) => [...idsOf(program), END_ID]);
  const write: TokenPolicyOptions["write"] = (_, { turn }) => {
    const ids = written[Math.min(turn, written.length - 1)]!;
    return { ids, logprobs: ids.map(() => 0), ended: true };
  };
  return tokenPolicy({ name, skills, write });
}
