import { expect, it } from "vitest";
import { orderOfPolicies } from "../../src/report/policy-order.ts";

it("follows the command's list, whoever played first", () => {
  expect(
    orderOfPolicies([{ policies: ["map-reduce,grep", "direct"] }], ["direct", "grep", "map-reduce"]),
  ).toEqual(["map-reduce", "grep", "direct"]);
});

it("takes the runs one after the other, and names a policy once", () => {
  const configs = [{ policies: ["b"] }, { policies: ["a", "b"] }];
  expect(orderOfPolicies(configs, ["a", "b"])).toEqual(["b", "a"]);
});

it("puts a model in the place of openai, and a policy of one's own in the place of its file", () => {
  const config = { policies: ["grep,openai,./mine.ts,direct"], model: "M" };
  expect(orderOfPolicies([config], ["direct", "grep", "look-once", "M"])).toEqual([
    "grep",
    "M",
    "look-once",
    "direct",
  ]);
});

it("keeps a name with a comma whole, and adds names that no run asked for", () => {
  expect(orderOfPolicies([{ policies: ["a,b"] }], ["z", "a,b", "c"])).toEqual(["a,b", "c", "z"]);
  expect(orderOfPolicies([{}], ["b", "a"])).toEqual(["a", "b"]);
});
