import { describe, expect, it } from "vitest";
import { recordedArguments } from "../../../scripts/input/resumed-arguments.ts";

const BOOLEANS = new Set(["json", "plain", "token-ids"]);
const recorded = (line: string) => recordedArguments(line.split(" "), BOOLEANS).join(" ");

describe("the arguments that a manifest keeps", () => {
  it("are those that decide episodes, in their order", () => {
    const line = "rollout s-niah --policy grep,direct --length=8k --token-ids";
    expect(recorded(line)).toBe(line);
  });

  it("lack what each command is asked for anew", () => {
    expect(recorded("rollout --json s-niah --out runs/a --log json --policy grep --resume")).toBe(
      "rollout s-niah --policy grep",
    );
  });

  it("hold no password", () => {
    const secret = "--redis redis://:hunter2@host --base-url http://me:hunter2@host/v1";
    expect(recorded(`rollout s-niah ${secret} --policy openai --model M`)).toBe(
      "rollout s-niah --policy openai --model M",
    );
    expect(recorded("rollout s-niah --base-url=http://me:hunter2@host/v1")).toBe("rollout s-niah");
  });
});
