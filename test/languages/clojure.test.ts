import { expect, test } from "vitest";
import { clojureIn } from "../../src/languages/clojure/language.ts";
import { describeLanguage } from "./language-contract.ts";

describeLanguage(clojureIn(), {
  state: { keep: "(def x 20) (ns other) (def y 1)", print: "(println (+ user/x y))", printed: "21" },
  failure: {
    code: "(def before 1)\n(missing-name)\n(def before 2)",
    says: /Unable to resolve symbol: missing-name.*line 2/,
    print: "before",
    printed: "1",
  },
  contexts: [
    ["a text", "café \u{1f600}", "(println (count context) context)", "7 café \u{1f600}"],
    ["a text with NUL and a lone surrogate", "a\0b\ud800c", "(count context)", "5"],
    ["a list of texts", ["a", 'b"c'], "context", '["a" "b\\"c"]'],
    ["an empty list", [], "context", "[]"],
    ["an object", { k: [1, null, true] }, '[context (get context "k")]', '[{"k" [1 nil true]} [1 nil true]]'],
    ["a list of objects", [{ a: 1 }], '(map #(get % "a") context)', "(1)"],
    ["a number", 4.5, "context", "4.5"],
    ["bytes", new Uint8Array([0, 255]), "context", "[0 255]"],
    ["data that cannot be changed", ["a"], "(do (conj context 1) (assoc context 0 2) context)", '["a"]'],
  ],
  ask: { one: '(llm-query "a")', batch: '(pmap #(llm-query %) ["b" "c"])' },
  slips: [
    '(llm-query "a" {} 3)',
    '(llm-query "a" {:modl 1})',
    '(llm-query "a" 5)',
    "(llm-query 5)",
    '(llm-query-batched "a")',
    '(llm-query-batched ["a"] {} 1)',
    '(rlm-query-batched ["a"] {:contexts ["x"]})',
    '(rlm-query-batched "a")',
    "(FINAL)",
    "(FINAL 1 2)",
    "(FINAL_VAR)",
  ],
  tool: '(look-up "key" 2)',
  answers: [
    "(FINAL 42)",
    '(def z 42) (FINAL_VAR "z")',
    "(reset! answer {:content 42 :ready true})",
    "(swap! answer assoc :content 42 :ready true)",
  ],
  flood: '(println (apply str (repeat 100000 "a")))',
  endless: "(loop [] (recur))",
  greedy: '(loop [x "aaaaaaaaaaaaaaaa"] (recur (str x x)))',
  chance:
    "(println (rand) (rand-int 1000) (System/currentTimeMillis) (int (+ 1970 (/ (System/currentTimeMillis) 31556952000))))",
  foreign: ["import re\nprint(1)", "SELECT * FROM lines", "const x = 1;", "for x in 1 2; do echo $x; done"],
});

test("patterns know classes such as \\p{L} and Java's, and say so if they do not", async () => {
  const pool = clojureIn().openPool();
  try {
    const repl = await pool.acquire();
    await repl.start({ context: "", seed: 1, onCall: () => Promise.resolve({ replies: [] }) });
    const value = async (code: string) =>
      (await repl.exec(code, { timeoutMs: 20_000, maxOutputChars: 1000 })).block;
    expect(await value('(re-seq #"\\p{L}+" "Zürich 12, été")')).toMatchObject({ value: '("Zürich" "été")' });
    expect(await value('(re-seq (re-pattern "(?i)zü\\\\p{Alpha}+") "Zürich 12")')).toMatchObject({
      value: '("Zürich")',
    });
    expect(await value('(clojure.string/replace "a, b." #"\\p{Punct}" "")')).toMatchObject({
      value: '"a b"',
    });
    expect((await value('(re-find #"\\p{Nothing}" "a")')).exception).toMatch(/SyntaxError/);
  } finally {
    await pool.close();
  }
});
