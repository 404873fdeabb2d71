/** Frames that a client might send by mistake or malice: near the protocol, and far from it. None asks to close. */
import fc from "fast-check";

const value = fc.jsonValue({ maxDepth: 3 });
const type = fc.constantFrom("reset", "step", "state", "mcp", "close ", "", "toString", "__proto__");
const field = fc.constantFrom(
  "seed",
  "episode_id",
  "code",
  "answer",
  "completion",
  "data",
  "__proto__",
  "metadata",
);
const code = fc.constantFrom(
  "1",
  "print('x')",
  "raise SystemExit",
  "del print",
  "FINAL(1)",
  "def",
  "\u0000",
  "\ud800",
);
const data = fc.dictionary(field, fc.oneof(value, code, fc.integer()));

export const frames: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type, data }).map((frame) => JSON.stringify(frame)) },
  {
    weight: 2,
    arbitrary: fc.record({ code }).map((action) => JSON.stringify({ type: "step", data: action })),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 0, max: 50 })
      .map((seed) => JSON.stringify({ type: "reset", data: { seed } })),
  },
  { weight: 1, arbitrary: value.map((any) => JSON.stringify(any)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 200 }) },
);
