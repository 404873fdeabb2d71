/** The files that the gym itself writes, by their names, and the verbs that read them. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What such a file holds, and what reads it. `{run}` stands for the folder it is in. */
const OF_A_RUN: Readonly<Record<string, string>> = {
  "trajectories.jsonl":
    "the records of a run, an episode a line; rlm-gym report, show, replay and export {run}",
  "attempts.jsonl": "attempts of a run that failed and were made again; rlm-gym status {run}",
  "references.jsonl": "the gold answers of a run's tasks; rlm-gym reward {run} reads them",
  "journal.jsonl": "what the queue of a run did, an event a line; rlm-gym status {run}",
  "index.jsonl": "where each record of a run stands; rlm-gym show {run} reads it",
  "manifest.json": "what a run is made of, with its counts; rlm-gym status {run}",
};

/** What the file is if it is one of the gym's own; else null. */
export function describeOwnFile(file: string): string | null {
  const folder = dirname(file);
  const name = basename(file);
  const isInRun = existsSync(join(folder, "manifest.json")) && existsSync(join(folder, "trajectories.jsonl"));
  if (isInRun && Object.hasOwn(OF_A_RUN, name)) return OF_A_RUN[name]!.replaceAll("{run}", folder);
  if (isInRun && /^scored-.+\.jsonl$/.test(name))
    return `rewards of a run under another spec; rlm-gym report ${file}`;
  if (isInRun && /^credit-.+\.jsonl$/.test(name))
    return `what each reply of a run's sub-calls was worth, as rlm-gym credit ${folder} wrote it`;
  if (existsSync(`${file}.manifest.json`)) return `an export; rlm-gym validate ${file}`;
  if (name.endsWith(".manifest.json") && existsSync(file.slice(0, -".manifest.json".length)))
    return `what the export beside it was made of`;
  return null;
}
