/** The files and folders that the gym itself writes, by their names, and the verbs that read them. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What such a file is. */
export interface OwnFile {
  /** What it holds, and what reads it. */
  readonly what: string;
  /** Whether it has rows and columns, which can be reported on. */
  readonly hasRows: boolean;
}

/** What a run's file of this name holds, and what reads it. `{run}` stands for the folder it is in. */
const OF_A_RUN: Readonly<Record<string, string>> = {
  "trajectories.jsonl":
    "the records of a run, an episode a line; rlm-gym report, show, replay and export {run}",
  "attempts.jsonl": "attempts of a run that failed and were made again; rlm-gym status {run}",
  "references.jsonl": "the gold answers of a run's tasks; rlm-gym reward {run} reads them",
  "journal.jsonl": "what the queue of a run did, an event a line; rlm-gym status {run}",
  "index.jsonl": "where each record of a run stands; rlm-gym show {run} reads it",
  "manifest.json": "what a run is made of, with its counts; rlm-gym status {run}",
  "budget.json":
    "the price of cost that a run's rewards ended with; rlm-gym rollout --resume {run} goes on from it",
};

/** The same of a trained policy's folder. */
const OF_A_POLICY: Readonly<Record<string, string>> = {
  "checkpoint.json": "a trained policy; rlm-gym rollout ENVIRONMENT --policy {policy}",
  "token-policy.json": "a trained token policy; rlm-gym rollout ENVIRONMENT --policy {policy}",
  "result.json": "what rlm-gym train printed of the policy in {policy}, with its learning curve",
};

/** What the file or folder is if it is one of the gym's own; else null. */
export function describeOwnFile(path: string): OwnFile | null {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const what = exportAt(path) ?? (isFolder ? folderAt(path) : fileAt(path));
  return what === null ? null : { what, hasRows: !isFolder && /\.(jsonl|parquet)$/.test(path) };
}

function exportAt(path: string): string | null {
  if (existsSync(`${path}.manifest.json`)) return `an export; rlm-gym validate ${path}`;
  const [, of, ending] = /^(.+)\.(manifest\.json|README\.md|changes\.jsonl)$/.exec(path) ?? [];
  if (of === undefined || !existsSync(`${of}.manifest.json`)) return null;
  if (ending === "changes.jsonl") return "what was mended in the texts of the export beside it";
  return ending === "README.md"
    ? "the dataset card of the export beside it"
    : "what the export beside it was made of";
}

function folderAt(folder: string): string | null {
  if (isRun(folder)) return `a run; rlm-gym report, view, show and export ${folder}`;
  const policy = ["checkpoint.json", "token-policy.json"].find((name) => existsSync(join(folder, name)));
  return policy === undefined ? null : inFolder(OF_A_POLICY[policy]!, folder);
}

function fileAt(file: string): string | null {
  const folder = dirname(file);
  const name = basename(file);
  if (isRun(folder)) {
    if (Object.hasOwn(OF_A_RUN, name)) return inFolder(OF_A_RUN[name]!, folder);
    if (/^scored-.+\.jsonl$/.test(name)) return `rewards of a run under another spec; rlm-gym report ${file}`;
    if (/^credit-.+\.jsonl$/.test(name))
      return `what each reply of a run's sub-calls was worth, as rlm-gym credit ${folder} wrote it`;
  }
  const isOfPolicy = Object.hasOwn(OF_A_POLICY, name) && folderAt(folder) !== null;
  return isOfPolicy ? inFolder(OF_A_POLICY[name]!, folder) : null;
}

function isRun(folder: string): boolean {
  return existsSync(join(folder, "manifest.json")) && existsSync(join(folder, "trajectories.jsonl"));
}

function inFolder(what: string, folder: string): string {
  return what.replaceAll(/\{run\}|\{policy\}/g, () => folder);
}
