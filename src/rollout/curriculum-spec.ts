/** What a curriculum is: kinds of tasks with weights, and how the choice among them follows the policy's pass rate. */
import { z } from "zod";
import { UsageError } from "../errors.ts";

const share = z.number().min(0).max(1);

const kindOfTasks = z.strictObject({
  environment: z.string().min(1),
  /** Options of the environment, such as `length`. */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** How often it is drawn beside the others. */
  weight: z.number().positive().default(1),
  /** A word of yours for reports; tasks that name their own difficulty keep it. */
  difficulty: z.string().min(1).optional(),
});

const following = z.strictObject({
  /** Groups in a round; the choice changes between rounds. */
  every: z.int().min(1).default(8),
  /** The last groups of a kind that count. */
  window: z.int().min(1).default(16),
  /** The pass rate from which a kind is easy, and the one up to which it is hard. */
  easy: share.default(0.9),
  hard: share.default(0.1),
  /** The share of groups drawn from each pool that is not empty. */
  shares: z
    .strictObject({ learnable: share.default(0.8), easy: share.default(0.1), hard: share.default(0.1) })
    .prefault({}),
});

const curriculum = z.strictObject({
  tasks: z.array(kindOfTasks).min(1),
  /** Absent: the weights alone decide. */
  follow: following.optional(),
});

/** A checked curriculum. */
export type CurriculumSpec = z.output<typeof curriculum>;

/** How a curriculum follows the policy. */
export type Following = z.output<typeof following>;

/** Reads a curriculum. @param where the file, for errors. Throws `UsageError` that names the field and what was expected. */
export function parseCurriculum(given: unknown, where: string): CurriculumSpec {
  const parsed = curriculum.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(
      `${where}: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "unreadable"}`,
    );
  }
  const { follow } = parsed.data;
  if (follow && follow.hard >= follow.easy)
    throw new UsageError(
      `${where}: follow: expected hard below easy, got hard ${follow.hard} and easy ${follow.easy}`,
    );
  if (follow && Object.values(follow.shares).every((part) => part === 0))
    throw new UsageError(`${where}: follow.shares: expected a share above 0, got none`);
  return parsed.data;
}
