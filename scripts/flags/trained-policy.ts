/** Policies that `train` wrote to folders. Their modules are loaded only where a policy's name is a path. */
import { join } from "node:path";
import type { MacroSkills } from "../../src/policies/macro-skills.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { CHECKPOINT_FILE, hasCheckpoint, readCheckpoint } from "../../src/train/checkpoint.ts";
import { macroPolicy } from "../../src/train/macro-policy.ts";
import {
  hasTokenCheckpoint,
  readTokenCheckpoint,
  TOKEN_CHECKPOINT_FILE,
} from "../../src/train/token/checkpoint.ts";
import { policyOf } from "../../src/train/token/policy.ts";

/**
 * The policy in a folder; null if there is none. Throws what reading it throws.
 *
 * @param tiersOf the names of the sub-models that a macro policy asks
 */
export function trainedPolicy(
  folder: string,
  skills: MacroSkills,
  tiersOf: () => readonly [string, string],
): Policy | null {
  if (hasTokenCheckpoint(folder)) return policyOf(readTokenCheckpoint(folder), { skills }, folder);
  if (!hasCheckpoint(folder)) return null;
  const { weights } = readCheckpoint(folder);
  return macroPolicy({ weights, skills, tiers: tiersOf(), greedy: true, name: folder });
}

/** The files of the policies that are among the given names. */
export function checkpointFiles(names: readonly string[]): string[] {
  return [
    ...names.filter(hasCheckpoint).map((folder) => join(folder, CHECKPOINT_FILE)),
    ...names.filter(hasTokenCheckpoint).map((folder) => join(folder, TOKEN_CHECKPOINT_FILE)),
  ];
}
