import { afterAll, beforeAll, expect, test } from "vitest";
import { clojureIn } from "../../src/languages/clojure/language.ts";
import type { Repl } from "../../src/repl/repl.ts";

const pool = clojureIn().openPool();
let repl: Repl;
beforeAll(async () => {
  repl = await pool.acquire();
  await repl.start({ context: "abc", seed: 1, onCall: () => Promise.resolve({ replies: [] }) });
});
afterAll(() => pool.close());

const run = async (code: string, timeoutMs = 20_000) =>
  (await repl.exec(code, { timeoutMs, maxOutputChars: 20_000 })).block;

/** A form with its kind and the places of all that has one. */
const WALK = `(defn walk [x]
  (let [kind (cond (map? x) :map (vector? x) :vector (set? x) :set (seq? x) :list)]
    (cond kind [kind (meta x) (mapv walk (seq x))]
          (symbol? x) [x (meta x)]
          (string? x) x
          :else (pr-str x))))`;

const FORMS = [
  "(def x 1)",
  '(let [a {:b 1, :c/d "x\\ny\\""}]\n  (map #(+ % 1 %3) [1 -2.5 +3 0]))',
  "(f 'a '(b c) @d #'e ; a remark\n #_ left-out #_(left [out]) nil true false () [] {})",
  "{:a 1 :b 2 :c 3 :d 4 :e 5 :f 6 :g 7 :h 8}",
  "{:a 1 :b 2 :c 3 :d 4 :e 5 :f 6 :g 7 :h 8 :i 9}",
  "(a/b .c D. ->> <= / - + *e* a' x# &rest %)",
  "`(a ~b ~@c) ",
  "[^:private x #{1 2} \\a \\newline 1e3 0x1F 012 1/2 10N ##Inf :a:b ::c #:n{:a 1}]",
  '"\\u0041 \\t é \u{1f600}"',
  "[#(apply str %&) #(list %2 %&)]",
  "(((((((((((1)))))))))))",
];

test.each(FORMS)("a block is read as the interpreter itself reads it: %s", async (form) => {
  await run(WALK);
  await run(`(def own (quote\n${form}\n))`);
  // The character makes the whole form the interpreter's to read.
  await run(`(def theirs (first ['\n${form}\n \\a]))`);
  expect((await run("(if (= (walk own) (walk theirs)) :same [(walk own) (walk theirs)])")).value).toBe(
    ":same",
  );
});

test.each([
  ["(def before 1)\n  (def after", /EOF while reading.*line 2/],
  ["(def before 1)\n)", /Unmatched delimiter.*line 2/],
  ["(def before 1)\n{:a 1 :a 2}", /duplicate key: :a/],
  ["(def before 1)\n(str 1a)", /Invalid number: 1a/],
  ['(def before 1)\n(str "abc', /EOF while reading/],
])("what stands before a malformed form has run: %s", async (code, says) => {
  await run("(ns-unmap *ns* 'before)");
  expect((await run(code)).exception).toMatch(says);
  expect((await run("before")).value).toBe("1");
});

test("a definition is the same whether its value is a constant or not", async () => {
  await run('(def one 1)\n(def two (inc 1))\n(def three "doc" 3)\n(def one 4)');
  const { value } = await run("[(dissoc (meta #'one) :ns) (dissoc (meta #'two) :ns) one two three]");
  expect(value).toBe(
    "[{:line 4, :column 1, :name one, :file nil} {:line 2, :column 1, :name two, :file nil} 4 2 3]",
  );
  expect((await run("(def filter 5)\n[filter (count (clojure.core/filter odd? [1 2 3]))]")).value).toBe(
    "[5 2]",
  );
  expect((await run("(def a/b 1)")).exception).toMatch(/Error/);
  await run("(require '[clojure.string :refer [join]])");
  expect((await run("(def join 1)")).exception).toMatch(/join already refers to/);
});

test("a block begins in the namespace of the last one, and bindings end with their block", async () => {
  expect((await run("(ns other.place)\n(def x 7)")).exception).toBeNull();
  expect((await run("[(str *ns*) x]")).value).toBe('["other.place" 7]');
  expect((await run("(binding [*print-length* 1] (loop [] (recur)))", 300)).exception).toMatch(/Timeout/);
  expect((await run("`(x ~@[1])\n(in-ns 'user)\n(str *ns*)")).value).toBe('"user"');
  expect((await run("[(str *ns*) *print-length*]")).value).toBe('["user" nil]');
});
