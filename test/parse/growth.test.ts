/** Completions that a policy could write to keep the host busy: they are read in time linear in their length. */
import { describe, it } from "vitest";
import { Redaction } from "../../src/export/choice/redact.ts";
import { readReply } from "../../src/models/servers/read-reply.ts";
import { PARSE_RULES } from "../../src/parse/parse.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { expectLinear, repeated } from "../growth.ts";

const { "0.2.0": OLD, "0.4.0": NEW } = PARSE_RULES;
const completion = (text: string) => ({ text, toolCalls: [], finishReason: "stop" as const });
const prose = (text: string) => [OLD, NEW].map((rules) => rules.parse(completion(text), "repl", true));
const calls = (text: string) => [OLD, NEW].map((rules) => rules.parse(completion(text), "tool", false));
const reply = (content: string) => {
  const message = { role: "assistant", content };
  return readReply({ choices: [{ index: 0, finish_reason: "stop", message }] }, ["call_python_repl"]);
};
const redacted = (text: string) => {
  const trajectory = { opening: text, calls: [], turns: [], children: [] } as unknown as Trajectory;
  return new Redaction(["email", "key", "ipv4"], false).apply(
    { trajectory, reference: null, context: null } as never,
    null,
  );
};

describe("a completion is read in linear time where it holds", () => {
  it.each([
    "*",
    "`",
    "_",
    "# ",
    "> ",
    "(",
    "{",
    "'",
    '"',
    "<python>",
    "<code>\n",
    "x = 1\n",
    "f(\n",
    "   \n",
    "\\",
  ])("%j over and over", (unit) => expectLinear(prose, repeated(unit)));

  it.each<[string, string, string, string]>([
    ["an expression that is none in the end", "FINAL(1+", "a", "!)"],
    ["quotes in an answer", "FINAL(", "'a' ", "!)"],
    ["parentheses in an answer", "FINAL(", ") ", "x"],
    ["attributes of a fence that are none in the end", "```repl ", "a=", "a b\nx\n```"],
    ["names before no sign of equality", "```repl\n", "a,", "\n```"],
    ["a smile", "FINAL(", ":) ", ""],
  ])("%s", (_, before, unit, after) =>
    expectLinear(prose, (chars) => before + repeated(unit)(chars) + after),
  );
});

describe("calls in a text are found in linear time where it holds", () => {
  it.each([
    "<tool_call>{",
    "[TOOL_CALLS][{",
    "<|python_tag|>{",
    "<function=call_python_repl><parameter=code>",
    "} ",
  ])("%j over and over", (unit) => expectLinear(calls, repeated(unit)));

  it.each<[string, string, string, string]>([
    ["an object that ends in spaces", '{"name":"a"}', " ", "x"],
    ["values that no call ends", "<tool_call>f", "<arg_key>a</arg_key><arg_value>b</arg_value>", "x"],
    ["spaces before no end", "<｜tool▁call▁begin｜>a{}", " ", "x"],
  ])("%s", (_, before, unit, after) => {
    const text = (chars: number) => before + repeated(unit)(chars) + after;
    expectLinear(calls, text);
    expectLinear(reply, text);
  });
});

describe("a text is redacted in linear time where it holds", () => {
  it.each(["a", "1.", "sk-", "a@", "a.b-"])("%j over and over", (unit) =>
    expectLinear(redacted, repeated(unit)),
  );
});

describe("the names that code binds are found in linear time where it holds", () => {
  it.each(["for ", "for a, ", "a:;", "a, ", "a := ", "import a, ", "a"])("%j over and over", (unit) =>
    expectLinear((code) => NEW.boundNames(code), repeated(unit)),
  );
});
