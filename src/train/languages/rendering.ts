/** What the code of a move is written from, in every language. */
import type { ReplLanguage } from "../../languages/language.ts";
import type { MacroSkills } from "../../policies/macro-skills.ts";
import type { ContextSummary } from "../../types.ts";

/** What a move is written from. */
export interface Rendering {
  readonly skills: MacroSkills;
  readonly question: string;
  readonly context: ContextSummary;
  /** Names of the sub-models by tier, the large one first; where there is one, both are it. */
  readonly tiers: readonly [string, string];
  readonly language: Pick<ReplLanguage, "name">;
  /** The result so far, as far as the policy knows it; null if there is none. Python's code looks itself. */
  readonly found: Found | null;
}

/** A result that was printed by code that kept it, or that the policy read from counts, so that no code has it yet (`isRead`). */
export interface Found {
  readonly text: string;
  readonly isRead: boolean;
}
