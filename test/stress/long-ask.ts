/**
 * Asks for a needle in a file that is too long to be a str, by `grep` and by `map-reduce`, from the plain command. Exits with 1
 * where one does not find it.
 *
 *   tsx test/stress/long-ask.ts [megabytes = 200]
 */
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rlmGymProcess } from "../scripts/command.ts";

const [megabytes = 200] = process.argv.slice(2).map(Number);
const NEEDLE = "The magic number of the harbour is 1878808.";
const filler = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.\n";
const block = filler.repeat(Math.ceil(1e6 / filler.length)).slice(0, 1e6 - 1);

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-long-ask-"));
const text = join(folder, "text.txt");
try {
  const file = createWriteStream(text);
  for (let i = 0; i < megabytes; i += 1) {
    const placed = i === Math.floor(megabytes * 0.7) ? `${NEEDLE}\n` : "";
    if (!file.write(`${block}\n${placed}`)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
  for (const how of ["grep", "map-reduce"]) {
    const started = performance.now();
    const question = "What is the magic number of the harbour?";
    const { code, stdout, stderr } = await rlmGymProcess([
      "ask",
      "--context",
      text,
      "--policy",
      how,
      "--json",
      question,
    ]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const told = stdout === "" ? null : (JSON.parse(stdout) as { answer: string; usage: { calls: number } });
    const found = code === 0 && told?.answer === NEEDLE;
    console.log(
      `${found ? "pass" : "fail"}: ${how} over ${megabytes} MB answered ${JSON.stringify(told?.answer)} with ${told?.usage.calls} calls in ${seconds} s`,
    );
    if (!found) {
      console.error(stderr.slice(-2000));
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
