import { javascriptIn } from "../../src/languages/javascript/language.ts";
import { describeLanguage } from "./language-contract.ts";

describeLanguage(javascriptIn(), {
  state: { keep: "const x = 20;", print: "console.log(x + 1)", printed: "21" },
  failure: {
    code: "const before = 1;\nmissingName();\nbefore = 2;",
    says: /ReferenceError: missingName is not defined/,
    print: "before",
    printed: "1",
  },
  contexts: [
    ["a text", "café \u{1f600}", "console.log(context.length, context)", "7 café \u{1f600}"],
    [
      "a text with NUL and a lone surrogate",
      "a\0b\ud800c",
      "context.charCodeAt(1) + context.charCodeAt(3)",
      "55296",
    ],
    ["Latin-1", "caf\u00e9", "context", "'caf\u00e9'"],
    ["a list of texts", ["a", "b'c"], "context", "[ 'a', \"b'c\" ]"],
    ["an empty list", [], "context", "[]"],
    ["an object", { k: [1, null, true] }, "context", "{ k: [ 1, null, true ] }"],
    ["a number", 4.5, "context", "4.5"],
    ["bytes", new Uint8Array([0, 255]), "context", "Uint8Array(2) [ 0, 255 ]"],
  ],
  ask: { one: "console.log(llm_query('a'))", batch: "console.log(llm_query_batched(['b', 'c']))" },
  slips: [
    "llm_query('a', {}, 3)",
    "llm_query('a', ['x'])",
    "llm_query('a', { modl: 'x' })",
    "llm_query(5)",
    "llm_query_batched(['a'], {}, 1)",
    "llm_query_batched('a')",
    "rlm_query('a', 'part', {}, 4)",
    "rlm_query_batched(['a'], 'x')",
    "rlm_query_batched(['a'], ['x'], {}, 9)",
    "FINAL()",
    "FINAL(1, 2)",
    "FINAL_VAR()",
  ],
  tool: "console.log(look_up('key', 2))",
  answers: [
    "FINAL(42)",
    "x = 42\nFINAL_VAR('x')",
    "answer.content = 42\nanswer.ready = true",
    "answer = { content: '42', ready: true }",
  ],
  flood: "console.log('a'.repeat(100000))",
  endless: "while (true) {}",
  greedy: "const held = []; for (let i = 0; i < 10000; i++) held.push('x'.repeat(1000000) + i);",
  chance: "console.log(Math.random(), new Date().toISOString())",
  foreign: ["import re\nprint(1)", "SELECT * FROM lines", "(println 1)"],
});
