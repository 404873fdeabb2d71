import { expect, it } from "vitest";
import { kindOf } from "../../src/export/choice/kinds.ts";
import { played, subCall } from "./played.ts";

const block = (outcome: "ok" | "exception") => ({
  code: "x",
  outcome,
  stdout: "",
  stderr: "",
  value: null,
  exception: null,
  outputChars: 0,
  omittedChars: 0,
  stateKept: true,
});
const plain = played("plain", [{ text: "a" }, { text: "b" }]);
const ran = (...outcomes: ("ok" | "exception")[]) => ({
  ...plain,
  turns: outcomes.map((outcome, index) => ({ ...plain.turns[0]!, index, results: [block(outcome)] })),
});

it("a rollout without calls from its code works by code alone", () =>
  expect(kindOf(plain)).toBe("code alone"));

it("a rollout with sub-calls or children is named by them", () => {
  const calls = [...plain.calls, subCall(9, 1, "q", "a")];
  expect(kindOf({ ...plain, calls })).toBe("sub-calls");
  expect(kindOf({ ...plain, calls, children: [plain] })).toBe("child episodes");
});

it("an error counts as mended only if a later turn ran without one", () => {
  expect(kindOf(ran("exception", "ok"))).toBe("code alone, with a mended error");
  expect(kindOf(ran("ok", "exception"))).toBe("code alone");
  expect(kindOf(ran("exception", "exception"))).toBe("code alone");
});
