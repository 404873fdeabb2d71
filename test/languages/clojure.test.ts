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
  chance: "(println (rand) (rand-int 1000) (System/currentTimeMillis) 2025)",
  foreign: ["import re\nprint(1)", "SELECT * FROM lines", "const x = 1;", "for x in 1 2; do echo $x; done"],
});
