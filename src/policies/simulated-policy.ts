/**
 * A policy whose skill hangs on its system prompt, so that a prompt search can be tried offline. It measures nothing about real
 * models: it plays a strategy of the environment, with real code in the real REPL, and fails at what its prompt does not tell it, as
 * `PROMPT_FEATURES` and the rates below say. All records of it are marked as simulated.
 */
import { pythonOf } from "../languages/python/python.ts";
import type { ReplLanguage } from "../languages/language.ts";
import { FEATURE_NAMES, type PromptFeature, promptFeatures } from "../models/simulated/prompt-features.ts";
import { simulatedModel } from "../models/simulated/simulated.ts";
import { Random } from "../random.ts";
import type { Action, Completion, Message } from "../types.ts";
import type { Actor, Policy, PolicyTurn } from "./policy.ts";
import { simulatedCompletion } from "./strategies/scripted.ts";

/** The name of the policy in flags and records. */
export const SIMULATED_POLICY = "simulated";

/**
 * How often it fails at the thing that a task hinges on, if the prompt does not tell it, and if it is told in a short and in a long
 * prompt.
 */
const FAILURE_RATES = { untold: 0.8, toldShortly: 0.03, toldAtLength: 0.2 } as const;

/** Turns that it loses with a failure before it gives up. */
const LOST_TURNS = 2;

const CHARS_READ = 2000;

/** Makes the policy from a strategy, which is what it does as far as its prompt tells it how. */
export function simulatedPolicy(strategy: Policy): Policy {
  return {
    name: SIMULATED_POLICY,
    // Names and prices the turns, and says in records that the policy is simulated. Nobody asks it anything else.
    model: simulatedModel({ readers: [] }),
    ...(strategy.recursion && { recursion: strategy.recursion }),
    start: (start) => {
      const random = Random.of(start.seed, "simulated policy");
      // The same task hinges on the same thing and meets the same luck under every prompt.
      const hinge = random.choice(FEATURE_NAMES);
      const luck = random.random();
      return new PromptedActor(strategy.start(start), { hinge, luck }, start.language ?? pythonOf());
    },
  };
}

/** What decides an episode besides its prompt. */
interface Chance {
  /** The feature that the prompt has to have for this episode. */
  readonly hinge: PromptFeature;
  readonly luck: number;
}

class PromptedActor implements Actor {
  readonly #skilled: Actor;
  readonly #chance: Chance;
  readonly #language: ReplLanguage;
  #lost = 0;

  constructor(skilled: Actor, chance: Chance, language: ReplLanguage) {
    this.#skilled = skilled;
    this.#chance = chance;
    this.#language = language;
  }

  async act(turn: PolicyTurn): Promise<Action> {
    const failure = failureOf(systemPromptIn(turn.messages), this.#chance);
    if (failure === null) return this.#skilled.act(turn);
    return failure === "final" ? this.#answerInWords(turn) : this.#fail(failure, turn);
  }

  #fail(failure: Exclude<PromptFeature, "final">, turn: PolicyTurn): Completion {
    const from = this.#lost * CHARS_READ;
    const written = {
      variable: () => this.#code("print(len(text))\nprint(text[:500])", turn),
      block: () => this.#say("```text\nsearch the text for the words of the question\n```", turn),
      search: () => this.#code(`print(str(context)[${from}:${from + CHARS_READ}])`, turn),
    };
    return this.#lose(turn, written[failure]);
  }

  /** A turn that leads nowhere, and after some of them an answer that is wrong. */
  #lose(turn: PolicyTurn, written: () => Completion): Completion {
    if (this.#lost >= LOST_TURNS) return this.#say("FINAL(I could not find it)", turn);
    const completion = written();
    this.#lost += 1;
    return completion;
  }

  /** Works as the strategy does, but tells its answer in words that nothing reads. */
  async #answerInWords(turn: PolicyTurn): Promise<Action> {
    if (this.#lost > 0) return this.#lose(turn, () => this.#say("I have told you the answer.", turn));
    const action = await this.#skilled.act(turn);
    if (!givesAnswer(action)) return action;
    return this.#lose(turn, () => this.#say("I know the answer now: it is what the code printed.", turn));
  }

  #code(code: string, turn: PolicyTurn): Completion {
    const dialect = turn.tools.length === 0 ? "repl" : "tool";
    const id = `call_${turn.observation.turn}`;
    return simulatedCompletion(this.#language.writeCode(code, dialect, id), turn);
  }

  #say(text: string, turn: PolicyTurn): Completion {
    return simulatedCompletion({ text, toolCalls: [], finishReason: "stop" }, turn);
  }
}

function systemPromptIn(messages: readonly Message[]): string {
  return messages.find(({ role }) => role === "system")?.content ?? "";
}

/** What it fails at under a prompt; null if at nothing. */
function failureOf(prompt: string, { hinge, luck }: Chance): PromptFeature | null {
  const { has, isShort } = promptFeatures(prompt);
  const told = isShort ? FAILURE_RATES.toldShortly : FAILURE_RATES.toldAtLength;
  return luck < (has[hinge] ? told : FAILURE_RATES.untold) ? hinge : null;
}

const ANSWERING = /answer\[\\?"ready\\?"\]\s*=\s*True|\bFINAL(?:_VAR)?\(/;

function givesAnswer(action: Action): boolean {
  if (typeof action === "string") return ANSWERING.test(action);
  if (!("text" in action)) return "answer" in action;
  const written = [action.text, ...action.toolCalls.map((call) => call.arguments)].join("\n");
  return ANSWERING.test(written);
}
