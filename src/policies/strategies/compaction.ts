/** Reads the context window by window and keeps notes between them, like a model that summarises as it reads. */
import { readableChars } from "./direct.ts";
import { pythonString, scriptedPolicy } from "./scripted.ts";
import type { ContextSummary } from "../../types.ts";
import type { Policy } from "../policy.ts";
import { setText } from "./pieces.ts";

/** The most characters of the notes that go into the next window; at most a third of a small window. */
const NOTES_CHARS = 8_000;

/** @param instruction what to ask about a part; the notes so far and the part follow it */
export function compaction(instruction: (question: string) => string): Policy {
  return scriptedPolicy("compaction", function* ({ observation, subModel }) {
    const readable = readableChars(subModel);
    const notesChars = Math.min(NOTES_CHARS, Math.floor(readable / 3));
    const { question, context } = observation;
    yield { code: readOn(instruction(question), readable - notesChars, notesChars, context) };
    yield { code: 'answer["content"] = notes\nanswer["ready"] = True' };
  });
}

/** Sets `notes`. If the sub-model refuses a window as too long, a shorter one is read. */
function readOn(
  instruction: string,
  windowChars: number,
  notesChars: number,
  context: ContextSummary,
): string {
  return `
${setText(context)}
instruction = ${pythonString(instruction)}
start, size, windows, notes = 0, ${windowChars}, 0, ""
while start < len(text) or windows == 0:
    noted = "\\n\\nYour notes of the parts before this one:\\n" + notes if notes else ""
    try:
        notes = llm_query(instruction + noted + "\\n\\n" + text[start : start + size])[:${notesChars}]
    except RuntimeError as error:
        if size < 1000 or "window" not in str(error):
            raise
        size = int(size * 0.9)
        continue
    start, windows = start + size, windows + 1
print(windows, "windows read; the notes:", notes[:200])`;
}
