import { describe, expect, it } from "vitest";
import { z } from "zod";
import { schemaProblem } from "../../src/files/schema-problem.ts";

const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("picture"), path: z.string() }),
]);
const row = z.object({ id: z.number(), content: z.union([z.string(), z.array(part)]).optional() });

describe("the problem of a value that a schema refuses", () => {
  it.each([
    [{ id: "1" }, "id: Invalid input: expected number, received string"],
    [7, "the row: Invalid input: expected object, received number"],
    [{ id: 1, content: 7 }, "content: expected string or array"],
    [
      { id: 1, content: [{ type: "text", text: 7 }] },
      "content.0.text: Invalid input: expected string, received number",
    ],
    [
      { id: 1, content: [{ type: "sound" }] },
      "content.0.type: expected one of the kinds that the format has",
    ],
  ])("of %j names the field and what was expected there", (value, problem) => {
    expect(schemaProblem(row.safeParse(value).error!, "the row")).toBe(problem);
  });
});
