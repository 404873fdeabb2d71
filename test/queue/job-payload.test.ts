import { describe, expect, it } from "vitest";
import { ForeignRecordError, payloadOf } from "../../src/queue/job-payload.ts";
import type { JsonObject } from "../../src/types.ts";

describe("the payload of a job", () => {
  const payload = { matchup: 1, index: 0, position: 0, repetition: 0, task: "t", policy: "grep", seed: 7 };
  const read = (value: unknown) => payloadOf({ id: "job", payload: value as JsonObject });

  it("may be an earlier version's, which calls the matchup a contest", () => {
    const { matchup, ...others } = payload;
    expect(read({ contest: matchup, ...others })).toEqual(payload);
    expect(read(payload)).toEqual(payload);
  });

  it("is refused with the field that is wrong, whatever others wrote", () => {
    for (const value of [null, 7, "text", [], {}]) expect(() => read(value)).toThrow(ForeignRecordError);
    expect(() => read({ ...payload, index: -1 })).toThrow(/job job: index/);
    expect(() => read({ ...payload, contest: "__proto__", matchup: undefined })).toThrow(/matchup/);
  });
});
