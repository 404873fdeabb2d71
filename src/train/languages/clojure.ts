/** The moves in Clojure. */
import type { MoveCode } from "./move-code.ts";

/** The code in Clojure. */
export const CLOJURE_MOVES: MoveCode = {
  comment: ";;",
  forgetFound: "",
  forgetResult: "",
  peek: () => `(def start (str (if (string? context) context (first (if (map? context) (vals context) context)))))
(println (subs start 0 (min 200 (count start))))`,
  keepHits: '(def result (clojure.string/join ", " hits))',
  keepReply: "(def result reply)",
  keepText: (text) => `(def result ${JSON.stringify(text)})`,
  show: '(println "result:" (clojure.string/replace (subs result 0 (min 200 (count result))) "\\n" " "))',
  print: (line) => `(println ${JSON.stringify(line)})`,
  compare: `(def core (clojure.string/lower-case (clojure.string/trim (clojure.string/replace (last (clojure.string/split result #": ")) #"\\.+$" ""))))
(println "verification" (if (and (seq core) (clojure.string/includes? (clojure.string/lower-case reply) core)) "agrees" "differs"))`,
};
