/** The result of a prompt search as text. */
import type { Candidate, Iteration } from "../../src/optimise/candidate.ts";
import type { PromptSearchResult } from "../../src/optimise/search-prompt.ts";
import type { PairedDifference } from "../../src/report/bootstrap.ts";
import type { SummaryRow } from "../../src/report/summary.ts";
import { columns, compact, dollars, percent } from "./columns.ts";
import { markedPolicy } from "./table.ts";

const ENDS: Record<PromptSearchResult["ended"], string> = {
  episodes: "the episodes left held no further iteration",
  dollars: "the dollars left held no further iteration",
  iterations: "all iterations were done",
  refusals: "too many replies in a row were refused",
};

/** The seed prompt against the best one, the paired differences, and what the search did. */
export function promptSearchTable(result: PromptSearchResult): string {
  const { heldOut, best, seed, candidates, iterations, refusals, spent, simulated } = result;
  const { rows, reward, accuracy, tokens, counts, played, planned } = heldOut;
  const prompts = [seed, best];
  const body = rows.map((row, index) => rowOf(row, prompts[index]!));
  const refused = Object.values(refusals).reduce((sum, count) => sum + count, 0);
  const reasons = Object.entries(refusals).map(([reason, count]) => `${reason}: ${count}`);
  const notes = [
    simulated.policy &&
      "* rests on a simulated model: its tokens, prices and mistakes are made up by a program.",
    simulated.reflectingModel && "The prompts were written by a simulated reflecting model, a program.",
    best.id === 0 && "No prompt was better than the seed prompt on the validation tasks.",
  ].filter((note) => note !== false);
  return [
    columns(
      [
        ["prompt", "prompt tokens", "n", "accuracy [95 %]", "reward", "tokens mean/p50/p95", "$ mean"],
        ...body,
      ],
      new Set([0]),
    ),
    "",
    columns(
      [
        ["best − seed, same tasks", "mean [95 %]"],
        ["reward", difference(reward, (value) => value.toFixed(3))],
        ["accuracy", difference(accuracy, (value) => value.toFixed(3))],
        ["tokens", difference(tokens, (value) => String(Math.round(value)))],
      ],
      new Set([0]),
    ),
    "",
    `Held-out tasks: ${played} of ${planned}; the best prompt scored higher on ${counts.won}, lower on ${counts.lost}, the same on ${counts.drawn}.`,
    `Search: ${iterations} iterations, ${candidates.kept} prompts kept, ${candidates.rejected} rejected, ${refused} replies refused${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}; ${ENDS[result.ended]}.`,
    `Spent: ${spent.episodes} episodes and ${spent.reflections.calls} reflections (${compact(spent.reflections.tokens)} tokens), ${money(spent.nanoDollars)}, of which reflections ${money(spent.reflections.nanoDollars)}.`,
    ...notes,
    "",
  ].join("\n");
}

function rowOf(row: SummaryRow, { promptTokens }: Candidate): string[] {
  const { episodes, accuracy, accuracyInterval, reward, tokens } = row;
  const [low, high] = accuracyInterval;
  return [
    markedPolicy(row),
    String(promptTokens),
    String(episodes),
    accuracy === null ? "–" : `${percent(accuracy)} [${percent(low)}, ${percent(high)}]`,
    reward === null ? "–" : reward.toFixed(3),
    tokens === null ? "–" : [tokens.mean, tokens.p50, tokens.p95].map(compact).join("/"),
    row.dollars === null ? "unknown" : dollars(row.dollars.mean),
  ];
}

function difference(paired: PairedDifference | null, shown: (value: number) => string): string {
  if (paired === null) return "–";
  const [low, high] = paired.interval;
  return `${shown(paired.mean)} [${shown(low)}, ${shown(high)}]`;
}

function money(nanoDollars: number | null): string {
  return nanoDollars === null ? "dollars unknown" : `$${dollars(nanoDollars / 1e9)}`;
}

/** One line of progress. */
export function iterationLine(iteration: Iteration | null, best: Candidate): string {
  const reward = best.meanReward === null ? "–" : best.meanReward.toFixed(3);
  if (iteration === null) return `seed prompt: mean reward ${reward} on the validation tasks`;
  const { iteration: number, outcome, refusal, candidate } = iteration;
  const what = [
    outcome,
    ...(refusal ? [`(${refusal})`] : []),
    ...(candidate === undefined ? [] : [`prompt ${candidate}`]),
  ];
  return `iteration ${number}: ${what.join(" ")}; best: prompt ${best.id}, mean reward ${reward}`;
}
