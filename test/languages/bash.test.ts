import { expect, test } from "vitest";
import { bashIn } from "../../src/languages/bash/language.ts";
import { describeLanguage } from "./language-contract.ts";

describeLanguage(bashIn(), {
  state: {
    keep: "x=20; list=(a b); twice() { echo $(($1 * 2)); }; mkdir -p notes && cd notes && echo kept > file",
    print: "echo $((x + 1)) ${list[1]} $(twice 4) $(cat file) ${PWD##*/}",
    printed: "21 b 8 kept notes",
  },
  failure: {
    code: "before=1\nmissing_command",
    says: /missing_command: command not found/,
    print: "echo $before",
    printed: "1",
  },
  contexts: [
    ["a text", "café \u{1f600}\nnext", "wc -lm < context.txt; cat context.txt", "1 11\ncafé \u{1f600}\nnext"],
    ["an empty text", "", "wc -c < context.txt", "0"],
    ["a text with a carriage return", "a\r\nb", "od -c context.txt | head -1", "0000000    a  \\r  \\n   b"],
    ["a list of texts", ["Ann\nsaid", "b"], "ls context; cat context/2.txt", "1.txt\n2.txt\nb"],
    ["a list of objects", [{ a: "x" }, { a: "y" }], "jq -r .a context.jsonl", "x\ny"],
    ["an object", { k: "text", l: [1] }, "jq -c .l context.json", "[1]"],
    ["a number", 4.5, "cat context.json", "4.5"],
    ["bytes", new Uint8Array([0, 255]), "od -An context.bin", " 000 377"],
  ],
  ask: { one: "llm a", batch: "printf 'b\\nc\\n' | llm_batch" },
  slips: [
    "llm --modl x a",
    "llm --max-tokens",
    "llm --max-tokens x a",
    "llm",
    "llm_batch -f",
    "rlm --schema '{}' a",
    "x=1; FINAL_VAR x y",
    "FINAL_VAR missing",
  ],
  tool: "look_up key 2",
  answers: ["answer 42", "FINAL 42", "echo 42 | answer", "x=42; FINAL_VAR x", 'answer "$(echo 42)"'],
  flood: "printf '%0100000d' 0 | tr 0 a",
  endless: "while true; do :; done",
  greedy: "x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done",
  chance: "echo $RANDOM $RANDOM; date -u +%Y-%m-%d",
  foreign: ["import re\nprint(1)", "SELECT * FROM lines", "(println 1)", "const x = 1;"],
});

test("awk splits texts into all their parts", async () => {
  const pool = bashIn().openPool();
  try {
    const repl = await pool.acquire();
    await repl.start({ context: "", seed: 1, onCall: () => Promise.resolve({ replies: [] }) });
    const code = `awk 'BEGIN { print split("a|b|c", x, "|"), x[3]; print split("a\\nb", y, "\\n"), y[2] }'`;
    const { block } = await repl.exec(code, { timeoutMs: 20_000, maxOutputChars: 1000 });
    expect(block.stdout).toBe("3 c\n2 b\n");
  } finally {
    await pool.close();
  }
});

test("a block that its time ends keeps what it printed, also in a loop", async () => {
  const pool = bashIn().openPool();
  try {
    const repl = await pool.acquire();
    await repl.start({ context: "", seed: 1, onCall: () => Promise.resolve({ replies: [] }) });
    const code =
      "f() { for i in a b; do echo $i; return; done; }\nf; echo c >&2\nfor i in 1 2; do echo $i; [ $i = 1 ] || while :; do :; done; done";
    const { block } = await repl.exec(code, { timeoutMs: 500, maxOutputChars: 1000 });
    expect(block).toMatchObject({ outcome: "timeout", stdout: "a\n1\n2\n", stderr: "c\n" });
  } finally {
    await pool.close();
  }
});

test.each([
  [
    "awk's loops in END after a `next` on the last line",
    `printf 'a\\n' | awk '{ next } END { for (i = 1; i <= 2; i++) print i; print "end" }'`,
    "1\n2\nend\n",
  ],
  ["ranges of more than ten thousand", "set -- {1..20001}; echo $# ${20001}", "20001 20001\n"],
  [
    "head's and tail's counts of bytes",
    "printf '%03000d' 0 > f; head -c 2K f | wc -c; tail -c 1k f | wc -c; head -c 7 f | wc -c",
    "2048\n1024\n7\n",
  ],
])("bash plays %s", async (_, code, printed) => {
  const { stdout, stderr } = await played(code);
  expect(stderr).toBe("");
  expect(stdout.replaceAll(/^ +/gm, "")).toBe(printed);
});

test.each([
  ["a range beyond the bound of expansions", "set -- {1..200000}; echo $#", "brace expansion"],
  ["a count of bytes that it does not know", "tail -c +5 context.txt", "invalid number of bytes"],
  ["a language that it does not have", "python3 -c 'print(1)'", "python3: command not found"],
])("bash refuses %s", async (_, code, said) => {
  const { stdout, stderr, exception } = await played(code);
  expect(stdout).toBe("");
  expect(`${stderr}${exception}`).toContain(said);
});

async function played(code: string) {
  const pool = bashIn().openPool();
  try {
    const repl = await pool.acquire();
    await repl.start({ context: "", seed: 1, onCall: () => Promise.resolve({ replies: [] }) });
    return (await repl.exec(code, { timeoutMs: 20_000, maxOutputChars: 1000 })).block;
  } finally {
    await pool.close();
  }
}
