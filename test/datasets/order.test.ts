/** The position of anything in a generated context must tell nothing about the gold. */
import { describe, expect, it } from "vitest";
import { browseCompLikeDraws } from "../../datasets/browsecomp-like/browsecomp-like.ts";
import { builtInQuestions } from "../../datasets/oolong/built-in/questions.ts";
import { oolongDraws } from "../../datasets/oolong/oolong.ts";
import { sNiah } from "../../datasets/s-niah/s-niah.ts";
import { take } from "../../src/data/dataset.ts";
import { textOf } from "./text-of.ts";

describe("the order of a generated context", () => {
  it.each(["niah_single_1", "niah_single_2", "niah_multikey_2"] as const)(
    "puts the needle of %s as often into the first half as into the second, early tasks or late",
    async (variant) => {
      const places: number[] = [];
      for await (const { task, reference } of take(sNiah({ variant, length: 2000, seed: 1 }), 100))
        places.push(textOf(task).indexOf(reference.answers[0]!) / textOf(task).length);
      for (const some of [places.slice(0, 50), places.slice(50)]) {
        const early = some.filter((place) => place < 0.5).length;
        expect(early).toBeGreaterThan(12);
        expect(early).toBeLessThan(38);
      }
    },
  );

  it("puts the documents that a question needs as often into the first half as into the second", () => {
    const draw = browseCompLikeDraws({ length: 6000, seed: 1 });
    const places = Array.from({ length: 100 }, (_, index) => {
      const { documents } = draw(index);
      return documents.flatMap(({ isEvidence }, i) => (isEvidence ? [i / documents.length] : []));
    }).flat();
    const early = places.filter((place) => place < 0.5).length;
    expect(early / places.length).toBeGreaterThan(0.42);
    expect(early / places.length).toBeLessThan(0.58);
  });

  it("mixes the labels of an OOLONG window evenly", () => {
    const draw = oolongDraws({ source: builtInQuestions(), length: 8000, seed: 1, questionsPerWindow: 1 });
    const leads = Array.from({ length: 20 }, (_, index) => {
      const { lines } = draw(index).window;
      const half = Math.floor(lines.length / 2);
      const first = lines[0]!.label;
      const share = (some: typeof lines) => some.filter(({ label }) => label === first).length / some.length;
      // Skips the first line, whose label was chosen for it.
      return share(lines.slice(1, half)) - share(lines.slice(half));
    });
    expect(Math.abs(leads.reduce((sum, lead) => sum + lead, 0) / leads.length)).toBeLessThan(0.05);
  });

  it("offers the gold of an OOLONG question at every position in its list of labels", () => {
    const draw = oolongDraws({ source: builtInQuestions(), length: 4000, seed: 1, groups: ["counting"] });
    const places = new Set<number>();
    for (let index = 0; index < 500; index += 5) {
      const { question, window } = draw(index);
      if (question.answerType === "ANSWER_TYPE.LABEL")
        places.add(window.labels.indexOf(question.answers[0]!));
    }
    expect(places.size).toBeGreaterThan(3);
  });
});
