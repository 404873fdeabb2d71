/** A model server that resets, answers half, fails, answers another request's reply, or hangs. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  dropConnection,
  type Handler,
  hang,
  reply,
  send,
  sendJson,
  startOpenaiServer,
} from "../../models/openai-server.ts";
import { recordsOf } from "./audit.ts";
import { play, runIn, start } from "./command.ts";
import type { Fault } from "./fault.ts";

const EVERY = 3;
const DEADLINE_SECONDS = 6;
const HALF = '{"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"index": 0, "mess';

export const modelServer: Fault = {
  name: "a model server misbehaves",
  async befall({ place, tasks }) {
    let requests = 0;
    let faults = 0;
    let hangs = false;
    let misbehaves = false;
    const seen = new Set<string>();
    const server = await startOpenaiServer((response, body) => {
      const { headers } = server.requests.at(-1)!;
      const other = server.requests.at(-2);
      response.setHeader("x-request-id", String(headers["x-request-id"]));
      requests += 1;
      const ways: Record<string, Handler> = {
        "reset before the answer": dropConnection(),
        "reset in mid-answer": dropConnection(HALF),
        "half an answer": send(HALF, { type: "application/json" }),
        "a failure": sendJson({ error: { message: "out of memory" } }, { status: 500 }),
        "another request's reply": (to) => {
          if (!other) return answer(to, body);
          to.setHeader("x-request-id", String(other.headers["x-request-id"]));
          return answer(to, other.body);
        },
      };
      if (hangs && requests > tasks) return hang()(response, body);
      if (!misbehaves || requests % EVERY !== 0) return answer(response, body);
      const name = Object.keys(ways)[faults++ % Object.keys(ways).length]!;
      seen.add(name);
      return ways[name]!(response, body);
    });
    const args = [
      ..."rollout s-niah --policy openai --model m --length 1k --group-size 2 --concurrency 3".split(" "),
      "--base-url",
      server.baseUrl,
      "--episodes",
      String(tasks),
    ];
    const [whole, faulty, hung] = [join(place, "whole"), join(place, "faulty"), join(place, "hung")];
    try {
      await play(whole, args);
      misbehaves = true;
      // Half an answer to the very first episode may be the wrong address, and ends the run.
      await start(runIn(faulty, [...args, "--attempts", "12"])).ended;
      await play(faulty, [...args, "--attempts", "12"]);
      misbehaves = false;
      requests = 0;
      hangs = true;
      const { code } = await start(runIn(hung, [...args, "--deadline", String(DEADLINE_SECONDS)])).ended;
      hangs = false;
      await play(hung, args);
      return {
        runs: [
          { folder: faulty, asked: await recordsOf(whole, false), sameRequests: false },
          { folder: hung, asked: await recordsOf(whole) },
        ],
        happened: seen.size === 5 && code !== 0 && code !== null,
        words: `${seen.size} kinds of faults (${faults}), and a server that hung`,
      };
    } finally {
      await server.close();
    }
  },
};

/** The same request has the same reply; of others it differs. First code that asks a sub-model, then the answer. */
const answer: Handler = (response, body) => {
  const digest = createHash("sha256").update(JSON.stringify(body.messages)).digest("hex").slice(0, 12);
  const { length } = body.messages;
  const isSub = body.messages[0]?.role !== "system";
  const code = `\`\`\`repl\nprint(llm_query("say ${digest}"), len(context))\n\`\`\``;
  return reply(isSub ? `said ${digest}` : length < 4 ? code : `FINAL(${digest})`)(response, body);
};
