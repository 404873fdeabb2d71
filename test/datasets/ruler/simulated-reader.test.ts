import { describe, expect, it } from "vitest";
import {
  CODED_QUESTION,
  COMMON_QUESTION,
  documentsQuestion,
  readRulerQuestion,
  trackingQuestion,
} from "../../../datasets/ruler/questions.ts";
import {
  COUNT_CODED,
  COUNT_LISTED,
  documentsReader,
  LIST_ASSIGNMENTS,
  rulerReader,
} from "../../../datasets/ruler/simulated-reader.ts";
import type { SliceReader } from "../../../src/models/simulated/slice-reader.ts";

/** Its answer if it overlooks nothing, or keeps only what the filter keeps. */
function read<Value>(
  reader: SliceReader<Value>,
  prompt: string,
  keeps: (value: Value) => boolean = () => true,
) {
  const reading = reader.read(prompt);
  return reading?.answer(reading.findings.map(({ value }) => value).filter(keeps)) ?? null;
}

const CHAIN = "Here we go.\nVAR AB = 12\nThere.\nVAR CD = VAR AB \nVAR EF = 77\nVAR GH = VAR CD \nHere.";

describe("the simulated reader of RULER", () => {
  it("follows assignments, as far as it saw them", () => {
    const prompt = `${trackingQuestion("12")}\n\n${CHAIN}`;
    expect(read(rulerReader, prompt)).toBe("Variables with the value 12: AB, CD, GH");
    expect(read(rulerReader, prompt, (line) => !line.startsWith("VAR CD"))).toBe(
      "Variables with the value 12: AB",
    );
    expect(read(rulerReader, `${trackingQuestion("5")}\n\n${CHAIN}`)).toBe("There is none.");
  });

  it("goes on from what it noted of a part before", () => {
    const notes = "Variables with the value 12: AB, CD";
    expect(read(rulerReader, `${trackingQuestion("12")}\n\n${notes}\n\nVAR GH = VAR CD \n`)).toBe(
      "Variables with the value 12: AB, CD, GH",
    );
  });

  it("lists assignments, and counts words, where it is told to", () => {
    expect(read(rulerReader, `${LIST_ASSIGNMENTS}\n\n${CHAIN}`)).toBe(
      "VAR AB = 12\nVAR CD = VAR AB\nVAR EF = 77\nVAR GH = VAR CD",
    );
    expect(read(rulerReader, `${COUNT_LISTED}\n\n1. oak 2. elm 3. oak`)).toBe("oak: 2\nelm: 1");
    expect(read(rulerReader, `${COUNT_CODED}\n\n... abcdef uvwxyz ... abcdef`)).toBe("abcdef: 2\nuvwxyz: 1");
    expect(read(rulerReader, `${COUNT_CODED}\n\n...`)).toBe("There is none.");
  });

  it("names the most common words, but not those of the question", () => {
    const list = Array.from({ length: 24 }, (_, i) => `${i + 1}. w${i % 12}`).join(" ");
    expect(read(rulerReader, `${COMMON_QUESTION}\n\n${list} 25. w11`)).toMatch(/^w11, w0, w1, .*w8$/);
    expect(
      read(rulerReader, `${CODED_QUESTION}\n\n... abcdef ghijkl abcdef mnopqr ghijkl abcdef stuvwx`),
    ).toBe("abcdef, ghijkl, mnopqr");
  });

  it("answers over documents with what stands beside the question's words", () => {
    const prompt = `${documentsQuestion("Who built the old mill?")}\n\nDocument 1:\nThe old mill was built by Jane Roe.`;
    expect(read(documentsReader, prompt)).toBe("by Jane Roe.");
    expect(read(documentsReader, "Who built the old mill?")).toBeNull();
    expect(read(rulerReader, prompt)).toBeNull();
  });

  it("knows each question by its words", () => {
    expect(readRulerQuestion(trackingQuestion("12345"))).toEqual({ kind: "vt", value: "12345" });
    expect(readRulerQuestion(COMMON_QUESTION)).toEqual({ kind: "cwe" });
    expect(readRulerQuestion(CODED_QUESTION)).toEqual({ kind: "fwe" });
    expect(readRulerQuestion(documentsQuestion("Who?"))).toEqual({ kind: "qa", question: "Who?" });
    expect(readRulerQuestion("Who?")).toBeNull();
  });
});
