/** What the wordings of version 0.3.0 said otherwise than those of later versions. It never changes. */
import { REPL_TOOL } from "../native-tool.ts";
import { DEFAULT_WORDING, defaultPromptWith } from "./default.ts";
import { openingWithExample } from "./opening-with-example.ts";
import type { PromptFacts, Wording } from "../../wording.ts";

/** It shows no example. */
function act({ dialect, severalBlocks }: PromptFacts): string {
  if (dialect === "tool")
    return `, and you work on it with code. To run code, call the function ${REPL_TOOL} with it, once a turn, and wait for what it prints.`;
  return severalBlocks
    ? ", and you work on it with code. To run code, write it in ```repl blocks, then stop and wait for what they print."
    : ", and you work on it with code. To run code, write it in one ```repl block, then stop and wait for what it prints.";
}

export const DEFAULT_WORDING_OF_0_3_0: Wording = {
  ...DEFAULT_WORDING,
  systemPrompt: (facts) => defaultPromptWith(facts, act(facts)),
  opening: openingWithExample,
};
