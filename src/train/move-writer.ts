/** Writes the moves of one episode in the REPL's language, and keeps what they have found. */
import type { ReplLanguage } from "../languages/language.ts";
import { pythonOf } from "../languages/python/python.ts";
import type { MacroSkills } from "../policies/macro-skills.ts";
import type { PolicyStart } from "../policies/policy.ts";
import type { Observation } from "../types.ts";
import type { Body } from "./languages/bodies.ts";
import { movesIn } from "./languages/by-language.ts";
import type { Found } from "./languages/rendering.ts";
import { printedResult } from "./features.ts";
import type { MacroMove } from "./moves.ts";
import { renderMove } from "./render.ts";

/** What is needed to write moves as code. */
export interface MacroTools {
  readonly skills: MacroSkills;
  /** Names of the sub-models, the large one first. */
  readonly tiers: readonly [string, string];
}

export class MoveWriter {
  readonly #first: Observation;
  readonly #language: ReplLanguage;
  readonly #tools: MacroTools;
  #found: Found | null = null;
  #answer: Body["answer"];

  constructor({ observation, language = pythonOf() }: PolicyStart, tools: MacroTools) {
    this.#first = observation;
    this.#language = language;
    this.#tools = tools;
  }

  /** Whether a grep can be written for the question. */
  get canGrep(): boolean {
    const { question, context } = this.#first;
    const { skills } = this.#tools;
    const { counts, pattern } = skills.elsewhere ?? {};
    if (movesIn(this.#language) === null) return skills.grep(question, context) !== null;
    return (counts?.(question, this.#language.name) ?? pattern?.(question) ?? null) !== null;
  }

  write(move: MacroMove): { readonly code: string } {
    const { question, context } = this.#first;
    const { skills, tiers } = this.#tools;
    const rendering = { skills, tiers, question, context, language: this.#language, found: this.#found };
    const { code, answer } = renderMove(move, rendering);
    // A search that fails leaves no result that is sure to be whole.
    if (move.kind !== "peek" && move.kind !== "verify") this.#found = null;
    this.#answer = answer;
    return { code };
  }

  /** Reads the result of the last move, which is empty if it has left none, and keeps it. */
  read(observation: Observation): string {
    const text = this.#resultIn(observation);
    if (text !== "") this.#found = { text, isRead: this.#answer !== undefined };
    return text;
  }

  #resultIn(observation: Observation): string {
    if (this.#answer === undefined) return printedResult(observation);
    const { results } = observation;
    if (results.length === 0 || results.some(({ outcome }) => outcome !== "ok")) return "";
    return this.#answer(results.map(({ stdout }) => stdout).join("\n"));
  }
}
