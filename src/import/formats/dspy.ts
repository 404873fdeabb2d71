/** Histories of dspy.RLM: a prediction's `toDict()` a line, whose `trajectory` holds the reasoning, code and output of each turn. */
import { z } from "zod";
import type { Json, StopReason } from "../../types.ts";
import {
  eachLine,
  importedFrom,
  type Importer,
  type Line,
  parsedLine,
  type ReadEpisode,
} from "../importer.ts";
import { type ForeignTurn, NO_TIME } from "../native.ts";

const row = z.looseObject({
  trajectory: z.array(
    z.looseObject({ reasoning: z.string().nullish(), code: z.string(), output: z.string() }),
  ),
  final_reasoning: z.string().nullish(),
});
type Row = z.output<typeof row>;

/** What dspy says for its reasoning where it asked for the outputs after the last iteration. */
const RAN_OUT = "Extract forced final output";
/** Fields that a user may have put beside the outputs: the task's inputs. */
const QUESTIONS = ["question", "query"];
const NOT_OUTPUTS = new Set(["trajectory", "final_reasoning", "context", ...QUESTIONS]);
const UNKNOWN = ["model", "usage", "sub-calls", "system prompt", "seed", "limits", "reward"];

export const dspyHistories: Importer = {
  name: "dspy",
  describe: "predictions of dspy.RLM with their trajectory",
  recognises: (line) => Array.isArray(line["trajectory"]) && "final_reasoning" in line,
  read: (lines, name, tell) => {
    let count = 0;
    return eachLine(lines, tell, function* read(line) {
      count += 1;
      yield episodeOf(line, count === 1 ? name : `${name}/${count}`);
    });
  },
};

function episodeOf(line: Line, id: string): ReadEpisode {
  const read = parsedLine(row, line);
  const question = QUESTIONS.map((name) => read[name]).find((value) => typeof value === "string") ?? "";
  const context = typeof read["context"] === "string" ? read["context"] : null;
  const unknown = [...(question === "" ? ["question"] : []), ...(context === null ? ["context"] : [])];
  const record = {
    rolloutId: id,
    groupId: id,
    environment: "dspy",
    policy: "dspy.RLM",
    taskId: id,
    question,
    metadata: importedFrom("dspy", [...unknown, ...UNKNOWN]),
    context,
    systemPrompt: "",
    opening: question,
    dialect: "repl" as const,
    maxTurns: null,
    turns: read.trajectory.map(turnOf),
    children: [],
    answer: answerOf(read),
    reward: null,
    ended: (read.final_reasoning === RAN_OUT ? "max_turns" : "answered") satisfies StopReason as StopReason,
    startedAt: NO_TIME,
  };
  return { record, reference: null, context: null };
}

/** dspy shows code in a fence and its output below it; an error's output begins with its mark. */
function turnOf({ reasoning, code, output }: Row["trajectory"][number]): ForeignTurn {
  return {
    text: `\`\`\`python\n${code}\n\`\`\``,
    reasoning: reasoning || null,
    blocks: [{ code, stdout: output, stderr: "", failed: output.startsWith("[Error]") }],
    observation: output,
    call: null,
    subCalls: [],
  };
}

/** The output of a signature that has one as text, or as JSON; several as one JSON object. */
function answerOf(read: Row): string | null {
  const outputs = Object.entries(read).filter(([name]) => !NOT_OUTPUTS.has(name));
  const named =
    outputs.find(([name]) => name === "answer") ?? (outputs.length === 1 ? outputs[0] : undefined);
  if (named) return textOf(named[1] as Json);
  return outputs.length === 0 ? null : JSON.stringify(Object.fromEntries(outputs));
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
