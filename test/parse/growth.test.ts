/** Completions that a policy could write to keep the host busy: they are read in time linear in their length. */
import { describe, it } from "vitest";
import { Redaction } from "../../src/export/choice/redact.ts";
import { readReply } from "../../src/models/servers/read-reply.ts";
import { PARSE_RULES } from "../../src/languages/python/parse/parse.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { expectLinear, repeated } from "../growth.ts";

// The rules of 0.3.0 are read as those of 0.4.0 are.
const { "0.2.0": OLD, "0.4.0": WHOLE, "0.5.0": NEW } = PARSE_RULES;
const completion = (text: string) => ({ text, toolCalls: [], finishReason: "stop" as const });
const prose = (text: string) => [OLD, WHOLE, NEW].map((rules) => rules.parse(completion(text), "repl", true));
const calls = (text: string) =>
  [OLD, WHOLE, NEW].map((rules) => rules.parse(completion(text), "tool", false));
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
    ["escaped quotes that open and do not close", "", '\\"', ""],
    ["comments that a carriage return ends", "x", " #", "\rx"],
    ["fences that a carriage return ends", "", "``` repl", "\rx"],
    ["a smile", "FINAL(", ":) ", ""],
    ["talk of answers", "", "FINAL(answer) b\n", ""],
    ["talk of answers with smiles", "", "FINAL(your :) b\n", ""],
    ["marks of thoughts in a fence", "```\n", "<think>\n", "\n```"],
    ["marks of thoughts in fences", "", "```\n<think>\n```\n", ""],
    ["quotes around marks of thoughts", "", "`<think>`", ""],
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

describe("a server's reply is read in bounded time where it holds", () => {
  // Calls are looked for in short texts alone, so that what is looked through has to be short, too.
  const spaces = (unit: string) => (chars: number) => repeated(unit)(Math.min(chars, 19_000));
  it.each(["   \n", "f(\n", "functools[] ", "[TOOL_CALLS][", "<|python_tag|>{}"])(
    "%j over and over",
    (unit) => {
      expectLinear(reply, spaces(unit));
      expectLinear(reply, repeated(unit));
    },
  );

  it("calls that all have one id", () => {
    const call = { id: "a", function: { name: "call_python_repl", arguments: "" } };
    const withOneId = (text: string) =>
      readReply(
        {
          choices: [{ index: 0, message: { role: "assistant", tool_calls: Array.from(text, () => call) } }],
        },
        ["call_python_repl"],
      );
    expectLinear(withOneId, (chars) => "x".repeat(chars / 64));
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
