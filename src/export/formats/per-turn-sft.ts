/**
 * The format `per-turn-sft`: one sample per turn, with the whole history as its prompt, as the paper on Recursive Language Models
 * (Zhang, Kraska, Khattab 2025) made its training set. Leaves out rollouts of score 0 or of one turn, and turns that exceed the
 * student's window; first repairs mistakes of the template, and the row lists each change.
 */
import { z } from "zod";
import { chatTools, TOOLS_COLUMN, toolsField, TRL_MESSAGES, trlMessage, trlMessages } from "../chat.ts";
import { DOUBLE, INT, listOf, structOf, TEXT } from "../columns.ts";
import { promptsOf } from "../conversation.ts";
import { type Exporter, type Row, rowsOfEach, withKeys } from "../exporter.ts";
import { repairTurn } from "../choice/repair.ts";
import { episodesOf } from "./trl.ts";

export const perTurnSft: Exporter = {
  name: "per-turn-sft",
  describe: "a sample a turn with the whole history as prompt, mended and filtered",
  output: "rows",
  columns: [
    ["prompt", TRL_MESSAGES],
    ["completion", TRL_MESSAGES],
    ["rollout_id", TEXT],
    ["turn", INT],
    ["score", DOUBLE],
    ["changes", listOf(structOf(["rule", TEXT], ["before", TEXT], ["after", TEXT]))],
    TOOLS_COLUMN,
  ],
  metadata: "rollout",
  jsonl: true,
  needsTokens: false,
  holdsGold: false,
  recognises: withKeys("completion", "turn", "changes"),
  row: z.strictObject({
    prompt: z.array(trlMessage).min(1),
    completion: z.array(trlMessage).length(1),
    rollout_id: z.string(),
    turn: z.number().int().nonnegative(),
    score: z.number(),
    changes: z.array(z.strictObject({ rule: z.string(), before: z.string(), after: z.string() })),
    tools: chatTools,
  }),
  rows: rowsOfEach(({ trajectory, repairs = [], canary = null }, options, tally) => {
    const { reward } = trajectory;
    if (reward === null) return { leftOut: "no score" };
    if (reward.score === 0) return { leftOut: "score 0" };
    if (trajectory.turns.length < 2) return { leftOut: "a single turn" };
    const rows: Row[] = [];
    for (const episode of episodesOf(trajectory, options)) {
      const calls = new Map(episode.calls.map((call) => [call.id, call]));
      for (const { turn, prompt, completion } of promptsOf(episode)) {
        const usage = turn.callId === null ? null : calls.get(turn.callId)?.usage;
        const tokens = usage ? usage.promptTokens + usage.completionTokens : Infinity;
        if (options.windowTokens !== null && tokens > options.windowTokens) {
          tally.leaveOutTurn("past the window");
          continue;
        }
        const repaired = repairTurn(episode, turn);
        const asked = trlMessages(prompt);
        const said = repaired && trlMessages([{ ...completion, content: repaired.text }]);
        if (repaired === null || asked === null || said === null) {
          tally.leaveOutTurn("cannot be read in its dialect");
          continue;
        }
        const { rolloutId } = episode;
        const where = { rolloutId, turn: turn.index };
        tally.mend(
          repaired.changes.map((change) => ({ ...where, ...change })),
          canary,
        );
        const before = repairs.filter((one) => one.rolloutId === rolloutId && one.turn === turn.index);
        rows.push({
          prompt: asked,
          completion: said,
          rollout_id: rolloutId,
          turn: turn.index,
          score: reward.score,
          changes: [...before, ...repaired.changes].map(({ rule, before: from, after }) => ({
            rule,
            before: from,
            after,
          })),
          ...toolsField(episode),
        });
      }
    }
    return rows.length === 0 ? { leftOut: "no turn that can be learned from" } : { rows };
  }),
};
