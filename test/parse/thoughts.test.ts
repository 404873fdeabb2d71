import { describe, expect, it } from "vitest";
import { partThoughts } from "../../src/parse/thoughts.ts";

describe("partThoughts", () => {
  it.each<[string, string, string, string | null]>([
    ["no thought", "FINAL(7)", "FINAL(7)", null],
    ["one thought", "<think>FINAL(1)</think>FINAL(7)", "FINAL(7)", "FINAL(1)"],
    [
      "two thoughts",
      "<think>FINAL(1)</think><think>FINAL(2)</think>FINAL(7)",
      "FINAL(7)",
      "FINAL(1)\nFINAL(2)",
    ],
    ["text between thoughts", "<think>a</think>one <think>b</think>two", "one two", "a\nb"],
    ["a thought that never ends", "<think>FINAL(1)\nand on", "", "FINAL(1)\nand on"],
    ["only the closing mark", "so FINAL(1)\nno\n</think>FINAL(7)", "FINAL(7)", "so FINAL(1)\nno"],
    ["only the closing mark, on one line", "hm </think> FINAL(7)", " FINAL(7)", "hm"],
    ["an empty thought", "<think>\n\n</think>\n\nFINAL(7)", "\n\nFINAL(7)", ""],
    ["another kind's closing mark", "<think>a </thinking> b</think>FINAL(7)", "FINAL(7)", "a </thinking> b"],
    ["<thinking>", "<thinking>1</thinking>7", "7", "1"],
    ["[THINK]", "[THINK]1[/THINK]7", "7", "1"],
    ["Kimi's marks", "◁think▷1◁/think▷7", "7", "1"],
    ["Seed's marks", "<seed:think>1</seed:think>7", "7", "1"],
    ["Cohere's marks", "<|START_THINKING|>1<|END_THINKING|><|START_RESPONSE|>7<|END_RESPONSE|>", "7", "1"],
    [
      "a fence that breaks off in a thought",
      "```repl\nx = 1\n</think>FINAL(7)",
      "FINAL(7)",
      "```repl\nx = 1",
    ],
    [
      "channels",
      "<|channel|>analysis<|message|>1<|end|><|start|>assistant<|channel|>final<|message|>7<|return|>",
      "7",
      "1",
    ],
    ["channels without an end", "<|channel|>analysis<|message|>1 and on", "", "1 and on"],
    ["leaked channel names", "analysisWe need 1.assistantfinalFINAL(7)", "FINAL(7)", "We need 1."],
  ])("parts %s", (_, text, said, thought) => {
    expect(partThoughts(text)).toEqual({ said, thought });
  });

  it.each([
    ["in code", '```repl\nprint(text.split("</think>"))\n```'],
    ["in a fenced line of its own", "```repl\ns = '''\n</think>\n'''\n```"],
    ["in backticks", "I look for `<think>` in the text, and for `</think>`."],
    ["in prose, and never closed", "The mark <think> opens a thought."],
    ["a word", "analysis of the text: final"],
  ])("leaves marks alone that are text: %s", (_, text) => {
    expect(partThoughts(text)).toEqual({ said: text, thought: null });
  });
});
