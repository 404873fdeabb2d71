/** Scorers and simulated readers, given texts that a policy could write to keep the host busy. */
import { describe, it } from "vitest";
import { judgeMessages } from "../../datasets/browsecomp/judge.ts";
import { judgeReader } from "../../datasets/browsecomp/simulated-judge.ts";
import { oolongReader } from "../../datasets/oolong/simulated-reader.ts";
import { PREDICATES } from "../../datasets/oolong-pairs/predicates.ts";
import { oolongPairsReader } from "../../datasets/oolong-pairs/simulated-reader.ts";
import { pairsQuestion } from "../../datasets/oolong-pairs/wording.ts";
import { sNiahReader } from "../../datasets/s-niah/simulated-reader.ts";
import { expectLinear, repeated } from "../growth.ts";
import { HOSTILE_TEXTS, LINE, LINES, read } from "../hostile-texts.ts";

const ids = (chars: number) =>
  Array.from({ length: Math.ceil(chars / 50) }, (_, i) => LINE.replace("1 ||", `${i} ||`)).join("");

describe("in time linear in the text", () => {
  it.each(HOSTILE_TEXTS.flatMap(([name, run, units]) => units.map((unit) => [name, unit, run] as const)))(
    "%s reads %j again and again",
    (_, unit, run) => expectLinear(run, repeated(unit)),
    60_000,
  );

  it("the reader of lines, given as many users as lines", () => {
    const users = (chars: number) => `user IDs ${repeated("1, ")(chars)}1`;
    expectLinear(read(oolongReader(LINES)), (chars) => ids(chars / 2) + users(chars / 2));
  }, 60_000);

  it("the reader of pairs, given users who make no pair", () => {
    const asked = pairsQuestion(PREDICATES[0]!);
    expectLinear(read(oolongPairsReader(LINES)), (chars) => `${asked}\n${ids(chars)}`);
  }, 60_000);

  it("the reader of needles, given keys that nobody asked for", () => {
    const needles = (chars: number) =>
      Array.from(
        { length: chars / 100 },
        (_, i) => `One of the special magic numbers for a${i} is: ${i}.\n`,
      ).join("");
    expectLinear(read(sNiahReader), (chars) => needles(chars) + repeated("a0 b ")(chars / 2));
  }, 60_000);

  it("the simulated judge, given what a policy answered", () => {
    const asked = (answer: string) =>
      judgeMessages("q", answer, ["7"])
        .map(({ content }) => content)
        .join("");
    expectLinear((answer) => read(judgeReader)(asked(answer)), repeated("1"));
  }, 60_000);
});
