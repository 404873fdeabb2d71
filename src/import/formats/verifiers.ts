/** Episodes of verifiers 0.4 (v1), as in its `traces.jsonl`: each trace is a trajectory of its group. */
import type { KeptRecord } from "../../export/kept.ts";
import { verifiersEpisode } from "../../export/formats/verifiers-row.ts";
import type { SampledTokens } from "../../types.ts";
import { type Importer, keptIn, parsedLine } from "../importer.ts";
import { restored, type ShownEpisode } from "../restore.ts";
import { foreignEpisode } from "./verifiers-foreign.ts";
import { type Episode, textOf, tokensAt, walkOf } from "./verifiers-walk.ts";

export const verifiersTraces: Importer = {
  name: "verifiers-v1",
  describe: "traces.jsonl of verifiers and prime-rl",
  recognises: (row) => "traces" in row && "task" in row,
  read: async function* read(lines) {
    for await (const line of lines) {
      const episode = parsedLine(verifiersEpisode, line);
      const ours = episode.traces.find(({ info }) => keptIn(info));
      const kept = keptIn(ours?.info);
      if (kept) {
        const record = restored(kept, shownIn(kept, episode), line.where);
        yield { record, reference: null, context: null };
      } else for (const trace of episode.traces) yield foreignEpisode(trace, episode);
    }
  },
};

/** Of an episode of ours: children are traces under their rollout ids, and sub-calls under the numbers of their calls. */
function shownIn({ rolloutId, calls, turns, children }: KeptRecord, episode: Episode): ShownEpisode {
  const trace = episode.traces.find(({ id }) => id === rolloutId)!;
  const walk = walkOf(trace);
  const callTexts = new Map<
    number,
    { prompt: string | null; reply: string | null; tokens?: SampledTokens }
  >();
  for (const { id } of calls) {
    const turn = turns.findIndex(({ callId }) => callId === id);
    const asked = episode.traces.find((one) => one.id === `${rolloutId}/call/${id}`);
    const tokens = turn === -1 ? asked && tokensAt(asked.nodes, 1) : walk[turn]?.tokens;
    const [prompt = null, reply = null] = asked?.nodes.map(({ message }) => textOf(message.content)) ?? [];
    callTexts.set(id, { prompt, reply, ...(tokens && { tokens }) });
  }
  const shownChildren = children.filter((child) => episode.traces.some(({ id }) => id === child.rolloutId));
  return {
    systemPrompt: textOf(trace.task.data.system_prompt),
    opening: textOf(trace.task.data.prompt),
    turns: walk.map(({ node, observation }) => ({ text: textOf(node.message.content), observation })),
    calls: callTexts,
    children: new Map(shownChildren.map((child) => [child.rolloutId, shownIn(child, episode)])),
  };
}
