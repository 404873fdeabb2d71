/** The rounds of a run's curriculum in its folder; the file is complete at every moment. */
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../errors.ts";
import { writeAtomically } from "../files/atomic-write.ts";
import { readState } from "./state-file.ts";

export const CURRICULUM_FILE = "curriculum.json";

const count = z.int().nonnegative();
const figure = z.number().min(0).max(1).nullable();
const saved = z.strictObject({
  rounds: z.array(
    z.strictObject({
      standings: z.array(
        z.strictObject({
          groups: count,
          pool: z.enum(["easy", "learnable", "hard"]),
          passRate: figure,
          spread: figure,
        }),
      ),
      draws: z.array(z.strictObject({ kind: count, index: count })),
    }),
  ),
});

/** What was known at the beginning of each round, and what it drew. */
export type SavedRounds = z.output<typeof saved>["rounds"];

/** Empty if the run has none yet. @param kinds of the curriculum. Throws `DataError` that names the file and the field. */
export async function readRounds(folder: string, kinds: number): Promise<SavedRounds> {
  const file = join(folder, CURRICULUM_FILE);
  const found = await readState(file, saved);
  if (found === null) return [];
  const { rounds } = found;
  const bad = rounds.findIndex(({ draws }) => draws.some(({ kind }) => kind >= kinds));
  if (bad >= 0)
    throw new DataError(
      `${file}: rounds.${bad}.draws: expected kinds below ${kinds}, of which the spec has so many`,
    );
  return rounds;
}

/** Writes the whole file or nothing. */
export function writeRounds(folder: string, rounds: SavedRounds): Promise<void> {
  return writeAtomically(join(folder, CURRICULUM_FILE), `${JSON.stringify({ rounds })}\n`);
}
