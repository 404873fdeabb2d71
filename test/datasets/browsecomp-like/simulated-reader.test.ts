import { describe, expect, it } from "vitest";
import { browseCompLikeDraws } from "../../../datasets/browsecomp-like/browsecomp-like.ts";
import { readDocuments, writeNote } from "../../../datasets/browsecomp-like/read-documents.ts";
import { browseCompLikeReader } from "../../../datasets/browsecomp-like/simulated-reader.ts";
import { exactAnswer, withAnswerForm } from "../../../datasets/browsecomp/answer-form.ts";

const draw = browseCompLikeDraws({ length: 6000, seed: 4 });
const indices = Array.from({ length: 60 }, (_, index) => index);
const read = (prompt: string) => {
  const reading = browseCompLikeReader.read(prompt)!;
  return reading.answer(reading.findings.map(({ value }) => value));
};

describe("the reader of invented worlds", () => {
  it("answers from the words of the documents only, for any question", () => {
    for (const index of indices) {
      const { question, answer, documents } = draw(index);
      const reply = read(`${withAnswerForm(question)}\n\n${documents.map(({ text }) => text).join("\n\n")}`);
      expect(exactAnswer(reply), question).toBe(answer);
      expect(reply).toContain("Confidence: 100%");
    }
  });

  it("takes notes on parts from which it can answer the question", () => {
    const { question, answer, documents } = draw(1);
    const notes = documents.map(({ text }) =>
      read(`Do not answer. Note each document.\n${question}\n\n${text}`),
    );
    expect(notes).toContain("Nothing to note.");
    expect(exactAnswer(read(`${question}\n\n${notes.join("\n")}`))).toBe(answer);
    expect(read(`${question} After the answer, note each document.\n\n${notes.join("\n")}`)).toContain(
      "Note: {",
    );
  });

  it("needs every document of the evidence to be sure", () => {
    const { question, documents } = draw(2);
    for (const left of documents.filter(({ isEvidence }) => isEvidence)) {
      const rest = documents.filter((document) => document !== left).map(({ text }) => text);
      expect(read(`${question}\n\n${rest.join("\n\n")}`)).not.toContain("100%");
    }
  });

  it("sometimes takes a near miss for the answer", () => {
    const { question, documents } = draw(1);
    const { findings } = browseCompLikeReader.read(
      `${question}\n\n${documents.map(({ text }) => text).join("\n\n")}`,
    )!;
    const tempting = findings.filter(({ misreadings = [] }) => misreadings.length > 0);
    expect(tempting.length).toBeGreaterThan(0);
    for (const { value, misreadings } of tempting) expect(misreadings!.at(-1)).not.toEqual(value);
  });

  it("says that documents do not tell, and leaves other prompts alone", () => {
    expect(read(`${draw(0).question}\n\nNothing here.`)).toBe("The documents given do not tell.");
    expect(browseCompLikeReader.read("What is the capital of France?")).toBeNull();
  });
});

describe("readDocuments", () => {
  it("finds every trait and link of each document, and passes over sentences about others", () => {
    for (const { title, text } of indices.flatMap((index) => draw(index).documents)) {
      const [{ known }] = readDocuments(text) as [ReturnType<typeof readDocuments>[number]];
      expect(known.name).toBe(title);
      const facts = { person: 3, work: 3, place: 2, event: 4 }[known.kind];
      expect(Object.keys({ ...known.traits, ...known.links })).toHaveLength(facts);
    }
  });

  it("reads its notes back, and skips a document whose head is cut off", () => {
    const [{ known }] = readDocuments(draw(0).documents[0]!.text) as [
      ReturnType<typeof readDocuments>[number],
    ];
    expect(readDocuments(writeNote(known))).toEqual([{ known, start: 0 }]);
    expect(readDocuments(draw(0).documents[0]!.text.slice(10))).toEqual([]);
  });
});
