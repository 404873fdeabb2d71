import { clojureIn } from "../../src/languages/clojure/language.ts";
import { describeProbes, type Probe } from "./probe-runner.ts";

const quoted = JSON.stringify;

const PROBES: readonly Probe[] = [
  ["slurp of a host file", ({ file }) => `(slurp ${quoted(file)})`],
  ["spit to a host folder", ({ folder }) => `(spit ${quoted(`${folder}/trace`)} "x")`],
  ["a Java file", ({ file }) => `(java.io.File. ${quoted(file)})`],
  ["a Java reader", ({ file }) => `(clojure.java.io/reader ${quoted(file)})`],
  ["require of clojure.java.io", () => '(require \'[clojure.java.io :as io]) (io/file "/etc/passwd")'],
  ["require of clojure.java.shell", () => '(require \'[clojure.java.shell :as sh]) (sh/sh "env")'],
  ["import of Java classes", () => "(import '(java.io File) 'java.lang.Runtime) (File. \"/etc/passwd\")"],
  ["a Java process", () => '(.exec (Runtime/getRuntime) "env")'],
  ["System/exit", () => "(System/exit 1)"],
  ["System/getenv", () => '(System/getenv "RLM_GYM_PROBED_SECRET")'],
  ["System/getProperties", () => "(println (System/getProperties))"],
  ["Class/forName", () => '(Class/forName "java.lang.Runtime")'],
  ["js/process", () => "(println (.-env js/process))"],
  ["js/globalThis", () => "js/globalThis"],
  ["js/require", () => '(js/require "fs")'],
  ["js/eval", () => '(js/eval "process.env")'],
  ["js/Function", () => '((js/Function "return process"))'],
  ["js/import", () => '(js/import "node:fs")'],
  ["a string's constructor", () => '((.-constructor (.-constructor "x")) "return process")'],
  ["a function's constructor", () => '((.-constructor inc) "return globalThis")'],
  ["a function's constructor by aget", () => '((aget inc "constructor") "return globalThis")'],
  [
    "a constructor by goog.object",
    () => '(require \'[goog.object :as g]) ((g/get inc "constructor") "return 1")',
  ],
  ["unchecked-get", () => '((unchecked-get inc "constructor") "return globalThis")'],
  ["js-obj and set!", () => '(let [o (js-obj "a" 1)] (set! (.-__proto__ o) inc) o)'],
  ["a prototype by aset", () => '(aset (aget (js-obj) "__proto__") "polluted" 1)'],
  ["js->clj of what is not there", () => "(js->clj js/replHost)"],
  ["the interpreter's own names", () => "[js/replHost js/replClojure js/nbb js/replToJs]"],
  ["the special form js*", () => '(js* "process.env")'],
  ["a dot form", () => '(. inc constructor) (. "x" (constructor))'],
  ["a dot form that is built", () => "(eval (list '. \"x\" 'constructor))"],
  ["a symbol that is built", () => '(eval (symbol "js" "process"))'],
  ["a reader's evaluation", () => '(read-string "#=(js/process)")'],
  ["a tagged literal", () => '#js {"a" 1}'],
  [
    "a reader's conditional",
    () => '#?(:clj (slurp "/etc/passwd") :cljs js/process :org.babashka/nbb js/process)',
  ],
  [
    "the interpreter's namespaces",
    () =>
      "(require '[sci.core :as sci]) (sci/eval-string \"js/process\" {:classes {'js js/globalThis :allow :all}})",
  ],
  ["nbb's namespaces", () => '(require \'[nbb.core :as nbb]) (nbb/slurp "/etc/passwd")'],
  ["modules of Node", () => '(require \'["fs" :as fs]) (fs/readFileSync "/etc/passwd")'],
  [
    "modules of Node by import",
    () => '(ns x (:require ["node:child_process" :refer [execSync]])) (execSync "env")',
  ],
  ["load-file", ({ file }) => `(load-file ${quoted(file)})`],
  ["load-string", () => '(load-string "js/process")'],
  [
    "resolve of hidden vars",
    () => "(map resolve '[js/process sci.core/eval-string nbb.core/slurp clojure.core/host-ask])",
  ],
  ["all namespaces", () => "(mapv (fn [n] (keys (ns-publics n))) (all-ns))"],
  [
    "vars of the core replaced",
    () =>
      "(alter-var-root #'clojure.core/llm-query (constantly (fn [& _] \"forged\"))) (alter-var-root #'str (constantly 1))",
  ],
  [
    "core vars by intern",
    () => "(intern 'clojure.core 'str (fn [& _] \"forged\")) (in-ns 'clojure.core) (def map 1)",
  ],
  ["the context changed", () => '(alter-var-root #\'context (constantly "forged")) (def context 1)'],
  ["with-redefs of the host's calls", () => '(with-redefs [host-ask (fn [& _] ["forged"])] (llm-query "x"))'],
  [
    "a call of the host with a foreign kind",
    () => '(host-ask "__proto__" false ["x"] nil nil) (host-tool "constructor" {"__proto__" 1})',
  ],
  ["proxy, reify and deftype", () => '(proxy [Object] []) (reify Object (toString [_] "x")) (deftype T [a])'],
  ["a record with an interop method", () => "(defrecord R [a]) (.-constructor (->R 1))"],
  [
    "an exception's constructor",
    () =>
      '(try (throw (Exception. "x")) (catch Exception e ((.-constructor (.-constructor e)) "return process")))',
  ],
  ["an exception's stack", () => '(try (throw (Exception. "x")) (catch Exception e (println (.-stack e))))'],
  ["Error's prepareStackTrace", () => "(set! (.-prepareStackTrace Exception) (fn [e frames] frames))"],
  ["threads and agents", () => "(Thread. (fn [] 1)) (send (agent 1) inc) (await-for 100 1)"],
  ["promises", () => "(js/Promise.resolve 1) (js-await [x 1] x)"],
  ["macros that run while they expand", () => "(defmacro m [] (js/process)) (m)"],
  ["a macro that returns interop", () => "(defmacro m [] '(. js/process env)) (m)"],
  ["a deep recursion", () => "((fn f [n] (inc (f (inc n)))) 0)"],
  ["a deep structure", () => "(println (reduce (fn [a _] [a]) [] (range 100000)))"],
  ["an endless sequence", () => "(println (count (iterate inc 0)))"],
  ["print to another place", () => "(binding [*out* *err*] (println 1)) (set! *print-fn* js/console.log)"],
  ["format with a foreign directive", () => '(format "%q" 1) (format "%1$s %999999999d" "x" 1)'],
];

describeProbes(clojureIn(), PROBES, { code: "(count context)", printed: "11" });
