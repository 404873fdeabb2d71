/**
 * Follows the audit trails of s-niah and map-reduce OOLONG answers, and compares them with the generators' own offsets. Exits with
 * 1 where a needle or a chunk is not named, or a hash is not that of the bytes.
 *
 *   tsx test/stress/audit.ts [episodes of each = 100]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rlmGymProcess } from "../scripts/command.ts";
import { auditedIn, chunksMissed, needlesMissed } from "../view/audit-checks.ts";

const [episodes = 100] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "rlm-gym-audit-"));
const each = ["--episodes", String(episodes), "--seed", "11"];
const jobs = [
  ["s-niah", "grep", "16k"],
  ["s-niah", "map-reduce", "32k"],
  ["oolong", "map-reduce", "32k"],
] as const;
let failed = 0;
try {
  for (const [environment, policy, length] of jobs) {
    const run = join(folder, `${environment}-${policy}`);
    const { code, stderr } = await rlmGymProcess([
      "rollout",
      environment,
      "--policy",
      policy,
      "--length",
      length,
      ...each,
      "--out",
      run,
    ]);
    if (code !== 0) throw new Error(stderr);
    let [followed, missed, wrong] = [0, 0, 0];
    const started = performance.now();
    for await (const audited of auditedIn(run)) {
      // A wrong answer does not rest on the needle.
      if (environment === "s-niah" && audited.row.score !== 1) {
        wrong += 1;
        continue;
      }
      followed += 1;
      const lacks = environment === "s-niah" ? await needlesMissed(run, audited) : chunksMissed(audited);
      if (lacks.length > 0) {
        missed += 1;
        console.error(`${audited.row.rolloutId}: ${lacks.slice(0, 5).join(", ")}`);
      }
    }
    const ms = (performance.now() - started) / Math.max(1, followed);
    console.log(
      `${environment} ${policy} ${length}: ${followed - missed} of ${followed} trails hold, ${wrong} answers were wrong, ${ms.toFixed(0)} ms a trail`,
    );
    failed += missed;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
