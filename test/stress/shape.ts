/**
 * The published shape on the benchmarks of the RLM paper and those like them, with the simulated models: `rlm-gym compare` plays the baselines on short and on
 * long contexts, and prints its tables. Exits with 1 where direct does not fall with length, map-reduce or a recursive
 * strategy does not hold, or their costs do not differ.
 *
 *   tsx test/stress/shape.ts [questions of each length = 16] [benchmarks, with commas between]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../scripts/main.ts";
import type { SummaryRow } from "../../src/report/summary.ts";
import { browseCompFiles, browseCompPlusFile, codeQaFile, oolongRealFile } from "./shape-files.ts";

const questions = Number(process.argv[2] ?? 16);
const only = process.argv[3]?.split(",");
/** What direct must lose at least; the others may lose half as much as it does, or so many points. */
const [FALL, HOLD] = [0.1, 0.1];

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-shape-"));
const files = { questions, shortTokens: 4_000, longTokens: 96_000 };
const corpora = [24, 480].map((documents) => ({
  documents,
  ...browseCompFiles(folder, Math.min(questions, 12), documents),
}));
/** The arguments of one command for each benchmark; BrowseComp's contexts are as long as its corpus is large. */
const commands: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
  "s-niah": () => [["--length", "4k,128k"]],
  oolong: () => [["--length", "1k,128k"]],
  "oolong-pairs": () => [["--length", "4k,32k"]],
  "oolong-real": () => [["--file", oolongRealFile(folder, files), "--by-length", "16k"]],
  "code-qa": () => [["--file", codeQaFile(folder, files), "--by-length", "16k"]],
  "browsecomp-like": () => [["--length", "4k,64k"]],
  browsecomp: () =>
    corpora.map(({ file, corpus, documents }) => [
      "--file",
      file,
      "--corpus",
      corpus,
      "--documents",
      String(documents),
    ]),
  "browsecomp-plus": () => [["--file", browseCompPlusFile(folder, files), "--by-length", "16k"]],
};

try {
  const names = Object.keys(commands).filter((name) => only?.includes(name) ?? true);
  for (const name of names) {
    const rows: SummaryRow[] = [];
    for (const args of commands[name]!()) rows.push(...(await compared(name, args)));
    const faults = faultsIn(rows);
    console.log(`${name}: ${faults.length === 0 ? "the published shape holds" : faults.join("; ")}`);
    if (faults.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Plays the baselines, prints the table and gives its rows. */
async function compared(name: string, args: readonly string[]): Promise<SummaryRow[]> {
  const isWhole = args.includes("--by-length");
  const episodes = String(
    isWhole ? 2 * questions : args.includes("--corpus") ? Math.min(questions, 12) : questions,
  );
  const out = join(folder, `run-${name}-${args.at(-1)!}`);
  const printed = await capture(["compare", name, ...args, "--episodes", episodes, "--json", "--out", out]);
  const { rows } = JSON.parse(printed) as { rows: SummaryRow[] };
  for (const { tasks, policy, episodes: n, accuracy, tokens, dollars } of rows)
    console.log(
      [
        tasks.padEnd(32),
        policy.padEnd(11),
        `n ${n}`,
        `${Math.round(100 * accuracy!)} %`.padStart(6),
        `${Math.round(tokens!.mean)} tokens`.padStart(14),
        `$ ${dollars!.mean.toFixed(4)}`,
      ].join("  "),
    );
  return rows;
}

async function capture(args: readonly string[]): Promise<string> {
  const write = process.stdout.write.bind(process.stdout);
  let printed = "";
  process.stdout.write = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  try {
    if ((await main([...args])) !== 0) throw new Error(`rlm-gym ${args.join(" ")} failed`);
    return printed;
  } finally {
    process.stdout.write = write;
  }
}

function faultsIn(rows: readonly SummaryRow[]): string[] {
  const kinds = [...new Set(rows.map(({ tasks }) => tasks))];
  const [short, long] = [kinds[0]!, kinds.at(-1)!].map(
    (tasks) => new Map(rows.filter((row) => row.tasks === tasks).map((row) => [row.policy, row])),
  );
  const accuracy = (kind: typeof short, policy: string) => kind!.get(policy)!.accuracy!;
  const fall = (policy: string) => accuracy(short, policy) - accuracy(long, policy);
  const held = ["map-reduce", "rlm:1", "rlm:2"];
  const cost = (policy: string) => long!.get(policy)!.dollars!.mean;
  return [
    ...(fall("direct") < FALL ? [`direct falls by ${points(fall("direct"))} only`] : []),
    ...held
      .filter((policy) => fall(policy) > Math.max(HOLD, fall("direct") / 2))
      .map((policy) => `${policy} falls by ${points(fall(policy))}`),
    ...held
      .filter((policy) => accuracy(long, policy) <= accuracy(long, "direct"))
      .map((policy) => `${policy} is no better than direct on long contexts`),
    ...held
      .filter((policy) => cost(policy) <= cost("direct"))
      .map((policy) => `${policy} costs no more than direct`),
  ];
}

function points(share: number): string {
  return `${Math.round(100 * share)} points`;
}
