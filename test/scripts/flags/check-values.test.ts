import { describe, expect, it } from "vitest";
import { checkValues } from "../../../scripts/flags/check-values.ts";

describe("a flag's value", () => {
  it.each(["stop", "sub-stop", "judge-stop", "filter"])("may be given several times: --%s", (name) => {
    expect(checkValues({ [name]: ["a", "b"] })).toBe(true);
  });

  it("is given once for every other flag", () => {
    expect(() => checkValues({ model: ["a", "b"] })).toThrow("--model: given more than once");
  });

  it.each(["base-url", "sub-base-url", "judge-base-url", "embedder-base-url", "gateway", "upstream"])(
    "is a URL without a secret, though nothing uses it: --%s",
    (name) => {
      expect(() => checkValues({ [name]: "http://user:secret@host/v1" })).toThrow(`--${name}: expected no`);
      expect(checkValues({ [name]: "http://host/v1" })).toBe(true);
    },
  );
});
