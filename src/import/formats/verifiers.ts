/** Episodes of verifiers 0.4 (v1), as in its `traces.jsonl`: each trace is a trajectory of its group. */
import type { KeptRecord } from "../../export/kept.ts";
import { verifiersEpisode } from "../../export/formats/verifiers-row.ts";
import type { SampledTokens } from "../../types.ts";
import { eachLine, type Importer, keptIn, parsedLine } from "../importer.ts";
import { DataError } from "../../errors.ts";
import { restored, type ShownEpisode } from "../restore.ts";
import { foreignEpisode } from "./verifiers-foreign.ts";
import { type Episode, textOf, tokensAt, walkOf } from "./verifiers-walk.ts";

export const verifiersTraces: Importer = {
  name: "verifiers-v1",
  describe: "traces.jsonl of verifiers and prime-rl",
  recognises: (row) => "traces" in row && "task" in row,
  read: (lines, _, tell) =>
    eachLine(lines, tell, function* read(line) {
      const episode = parsedLine(verifiersEpisode, line);
      const kept = episode.traces.flatMap(({ info }) => keptIn(info) ?? []);
      const ours = new Set(kept.flatMap(namesIn));
      for (const trace of episode.traces) {
        const own = keptIn(trace.info);
        if (own) {
          const record = restored(own, shownIn(own, episode), line.where);
          yield { record, reference: null, context: null };
        } else if (!ours.has(trace.id)) yield foreignEpisode(trace, episode);
      }
    }),
};

/** The ids of the traces that belong to one of our records: itself, its sub-calls, and its children. */
function namesIn({ rolloutId, calls, children }: KeptRecord): string[] {
  const below = calls.map(({ id }) => `${rolloutId}/call/${id}`);
  return [rolloutId, ...below, ...children.flatMap(namesIn)];
}

/** The places of the turns in one of our traces that not only a model made. */
function turnsTold({ info, nodes }: Episode["traces"][number]): number[] | undefined {
  const { turns } = info;
  const isPlace = (place: unknown) => typeof place === "number" && nodes[place]?.message.role === "assistant";
  return Array.isArray(turns) && turns.every(isPlace) ? (turns as number[]) : undefined;
}

/** For one of our episodes: children are traces under their rollout ids, and sub-calls under the numbers of their calls. */
function shownIn({ rolloutId, calls, turns, children }: KeptRecord, episode: Episode): ShownEpisode {
  const trace = episode.traces.find(({ id }) => id === rolloutId);
  if (!trace) throw new DataError(`${rolloutId}: the episode holds no trace of it; the file was changed`);
  const walk = walkOf(trace, turnsTold(trace));
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
