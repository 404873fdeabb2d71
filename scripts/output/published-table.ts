/** What others have published, below what was measured here and apart from it. */
import {
  differencesFrom,
  type MeasuredSetting,
  PUBLISHED_SOURCES,
  type PublishedScore,
  publishedScores,
} from "../../envs/published.ts";
import type { EpisodeFigures } from "../../src/report/summary.ts";
import { columns } from "./columns.ts";

const LEFT_ALIGNED = new Set([0, 1, 6]);
const HEAD = ["method", "closest policy", "tokens", "score", "$ a question", "n", "setting here"];

/** A published score, and in which respects the tasks that were played differ from its setting; null if none were. */
export interface ComparedScore extends PublishedScore {
  readonly differs: readonly string[] | null;
}

/** The published scores of the environments, compared with what was played. */
export function comparedScores(
  environments: readonly string[],
  figures: readonly EpisodeFigures[],
): ComparedScore[] {
  return environments.flatMap((environment) => {
    const measured = settingsOf(environment, figures);
    return publishedScores(environment).map((score) => ({
      ...score,
      differs: fewest(measured.map((setting) => differencesFrom(score.setting, setting))),
    }));
  });
}

/** The scores with the names of their sources below. */
export function publishedTable(environments: readonly string[], scores: readonly ComparedScore[]): string {
  if (scores.length === 0) return `No published scores are known here for ${environments.join(", ")}.\n`;
  const sources = [...new Set(scores.map(({ source }) => source))];
  const cells = scores.map(({ environment, method, policy, source, setting, score, dollars, differs }) => [
    `${environment}: ${method} [${sources.indexOf(source) + 1}]`,
    policy ?? "–",
    setting.tokens ?? "–",
    `${score} %`,
    dollars === null ? "–" : dollars.toFixed(2),
    setting.n === null ? "–" : String(setting.n),
    markOf(differs, setting),
  ]);
  const named = sources.map((source, i) => `[${i + 1}] ${PUBLISHED_SOURCES[source]}`);
  return `Published, not measured here. ≠: in another setting than the tasks above.\n\n${columns([HEAD, ...cells], LEFT_ALIGNED)}\n\n${named.join("\n")}\n`;
}

function markOf(
  differs: readonly string[] | null,
  { tokens, n, documents, data }: PublishedScore["setting"],
): string {
  if (differs === null) return "–";
  if (differs.length > 0) {
    const named = differs.map((respect) =>
      respect === "documents" ? `documents (theirs: ${documents})` : respect,
    );
    return `≠ ${named.join(", ")}`;
  }
  const stated = [tokens, n, documents, data].filter((value) => value !== null).length;
  if (stated === 0) return "their setting is not stated";
  return tokens === null || n === null ? "same as far as stated" : "same setting";
}

/** The kinds of tasks of an environment that were played, each with the contexts of its tasks. */
function settingsOf(environment: string, figures: readonly EpisodeFigures[]): MeasuredSetting[] {
  const kinds = new Map<string, Map<string, number>>();
  for (const { tasks, taskId, contextTokens } of figures) {
    if (tasks !== environment && !tasks.startsWith(`${environment} `)) continue;
    const kind = kinds.get(tasks) ?? new Map<string, number>();
    kinds.set(tasks, kind.set(taskId, contextTokens));
  }
  return Array.from(kinds, ([tasks, contexts]) => ({ tasks, contextTokens: [...contexts.values()] }));
}

function fewest(lists: readonly (readonly string[])[]): readonly string[] | null {
  return lists.toSorted((a, b) => a.length - b.length)[0] ?? null;
}
