/** Fuzzes the sandbox for some minutes: `tsx test/stress/fuzz.ts [SECONDS] [SEED]`. */
import { fuzzBlocks } from "../security/fuzz.ts";

const [seconds = "600", seed = "1"] = process.argv.slice(2);
const episodes = await fuzzBlocks(Number(seconds), Number(seed));
console.log(`${episodes} episodes of blocks and messages by chance in ${seconds} s: nothing came down`);
