/** `rlm-gym status`: a run's progress and cost. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandModule } from "yargs";
import { type RunStatus, StatusReader } from "../../src/runs/run-status.ts";
import { dollars } from "../output/columns.ts";
import { explain, EXPLAIN_FLAG } from "../output/explain.ts";

interface Flags {
  readonly run: string;
  readonly watch: boolean;
  readonly json: boolean;
  readonly explain: boolean;
}

const LOOK_AGAIN_MS = 2000;

export const statusVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("run", { type: "string", demandOption: true, describe: "the run's folder" })
      .option("watch", { type: "boolean", default: false, describe: "repeat until the run has ended" })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "print one JSON object each time on stdout",
      })
      .options(EXPLAIN_FLAG)
      .example("$0 status runs/demo --watch", "a run that another process plays"),
  handler: async ({ run, watch, json, explain: asked }) => {
    const reader = new StatusReader(run);
    for (;;) {
      const status = await reader.read();
      process.stdout.write(`${json ? JSON.stringify(status) : asText(status)}\n`);
      if (!watch || status.status !== "running") break;
      await sleep(LOOK_AGAIN_MS);
    }
    await explain(asked, json, "Tables of data and status");
  },
};

function asText(status: RunStatus): string {
  const { episodesPerSecond: rate, secondsLeft } = status.wallClock;
  const money = (amount: number | null) => (amount === null ? "unknown" : `$${dollars(amount)}`);
  const listed = (counts: RunStatus["errors"]) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ") || "none";
  const left =
    status.status === "running" && secondsLeft !== null ? `, ${Math.ceil(secondsLeft)} s left` : "";
  return [
    `${status.status}: ${status.ended} of ${status.planned} episodes, ${rate === null ? "no rate yet" : `${rate.toFixed(2)} a second`}${left}`,
    `cost so far ${money(status.dollars)}, to come ${money(status.dollarsToCome)}${status.simulated ? "; rests on simulated models" : ""}`,
    `errors: ${listed(status.errors)}; attempts made again: ${status.attemptsFailed}`,
    `under way: ${listed(status.workers)}`,
  ].join("\n");
}
