import { pythonOf } from "../../src/languages/python/python.ts";
import { describeLanguage } from "./language-contract.ts";

describeLanguage(pythonOf(), {
  state: { keep: "x = 20", print: "print(x + 1)", printed: "21" },
  failure: {
    code: "before = 1\nmissing_name\nbefore = 2",
    says: /NameError: name 'missing_name'/,
    print: "before",
    printed: "1",
  },
  contexts: [
    ["a text", "café \u{1f600}", "print(len(context), context)", "6 café \u{1f600}"],
    ["a list of texts", ["a", "b"], "context", "['a', 'b']"],
    ["a dict", { k: [1, null] }, "context", "{'k': [1, None]}"],
    ["bytes", new Uint8Array([0, 255]), "context", "b'\\x00\\xff'"],
  ],
  ask: { one: "print(llm_query('a'))", batch: "print(llm_query_batched(['b', 'c']))" },
  slips: [
    "llm_query('a', modl='x')",
    "llm_query('a', None, False, 4)",
    "llm_query(5)",
    "llm_query_batched('a')",
    "rlm_query('a', 'part', None, 4)",
    "rlm_query_batched(['a'], 'x')",
    "FINAL()",
    "FINAL(1, 2)",
  ],
  tool: "print(look_up('key', 2))",
  answers: ["FINAL(42)", "x = 42\nFINAL_VAR('x')", "answer['content'] = 42\nanswer['ready'] = True"],
  flood: "print('a' * 100000)",
  endless: "while True: pass",
  greedy: "held = ['x' * 1000000 + str(i) for i in range(10000)]",
  chance: "import datetime, random\nprint(random.random(), datetime.datetime.now())",
  foreign: ["const x = 1;", "SELECT * FROM lines", "(println 1)"],
});
