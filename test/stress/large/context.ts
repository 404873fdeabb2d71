/**
 * Finds the needle in a haystack of ten million tokens, and says what it took: `tsx test/stress/large/context.ts [tokens]`.
 * Exits with 1 where it is not found.
 */
import { make } from "../../../envs/make.ts";

const [tokens = 10_000_000] = process.argv.slice(2).map(Number);

const startedAt = performance.now();
const env = await make("s-niah", { options: { variant: "niah_single_2", length: String(tokens) } });
await env.reset({ seed: 1 });
await env.step({ code: `import re\nhits = re.findall(r"magic numbers for .+? is: (\\d+)", context)` });
const { info } = await env.step("FINAL_VAR(hits)");
const found = info.reward?.score === 1;
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${found ? "pass" : "fail"}: the needle in ${tokens} tokens, ${seconds.toFixed(1)} s, ` +
    `${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)} GB at its peak`,
);
process.exitCode = found ? 0 : 1;
await env.close();
