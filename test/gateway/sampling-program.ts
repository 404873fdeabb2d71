/** The sampling server as a program whose model greps for the needle. `tsx test/gateway/sampling-program.ts` prints its URL. */
import { startSamplingServer } from "./sampling-server.ts";

const SEARCH = '```repl\nimport re\nhits = re.findall(r"is: (\\d+)", context)\nprint(hits)\n```';
const server = await startSamplingServer((messages) =>
  messages.some(({ role }) => role === "assistant")
    ? 'So it is.\n```repl\nFINAL(", ".join(hits))\n```'
    : SEARCH,
);
process.stderr.write(`sampling server at ${server.baseUrl}\n`);
