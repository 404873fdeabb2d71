/** The strategies in Clojure. */
import { NOTES_CHARS, type StrategyCode, termsOf } from "./code.ts";

const quoted = (text: string) => JSON.stringify(text);

const PARTS = `(def parts (mapv #(if (string? %) % (json-write %)) (cond (string? context) [context] (map? context) (vals context) :else context)))
(def text (clojure.string/join "\\n\\n" parts))`;

const PIECES_OF = `(defn pieces-of [text size]
  (loop [start 0 made []]
    (if (>= start (count text))
      made
      (let [end (min (count text) (+ start size))
            piece (subs text start end)
            cut (if (< end (count text)) (clojure.string/last-index-of piece "\\n") nil)
            whole (if cut (subs piece 0 (inc cut)) piece)]
        (recur (+ start (count whole)) (conj made whole))))))`;

const named = (model: string | undefined) => (model === undefined ? "" : ` {:model ${quoted(model)}}`);

const SHOW_REPLY = "(println (subs reply 0 (min 200 (count reply))))";
const SHOW_RESULT = "(println (subs result 0 (min 200 (count result))))";

/** The code in Clojure. */
export const CLOJURE_CODE: StrategyCode = {
  findAll: (pattern) => `${PARTS}
(def hits (distinct (mapcat #(map second (re-seq (re-pattern ${quoted(pattern)}) %)) parts)))
(println (count hits) "distinct hits:" (take 10 hits))`,
  answerHits: '(FINAL (clojure.string/join ", " hits))',
  askWhole: (instruction, chars, _, model) => `${PARTS}
(def reply (llm-query (str ${quoted(instruction)} "\\n\\n" (subs text 0 (min ${chars} (count text))))${named(model)}))
${SHOW_REPLY}`,
  answerReply: "(FINAL reply)",
  rank: ({ query, pieceChars, best, shownChars }) => `${PARTS}
${PIECES_OF}
(def pieces (if (string? context) (pieces-of context ${pieceChars}) parts))
(def terms (set (clojure.string/split ${quoted(termsOf(query).join(" "))} #" ")))
(def counts (mapv #(frequencies (filter terms (re-seq #"[\\p{L}\\p{N}_]+" (clojure.string/lower-case %)))) pieces))
(def lengths (mapv #(inc (count (re-seq #" " %))) pieces))
(def mean (/ (reduce + lengths) (max 1 (count lengths))))
(def holding (frequencies (mapcat keys counts)))
(defn weight [term] (let [n (holding term)] (Math/log (+ 1 (/ (+ (- (count pieces) n) 0.5) (+ n 0.5))))))
(defn score [i] (reduce + (map (fn [[term n]] (/ (* (weight term) n) (+ n (* 0.9 (+ 0.6 (/ (* 0.4 (lengths i)) mean)))))) (counts i))))
(def order (take ${best} (sort-by (fn [[i n]] [(- n) i]) (map (fn [i] [i (score i)]) (range (count pieces))))))
(def found (map (fn [[i _]] (let [piece (pieces i)] (subs piece 0 (min ${shownChars} (count piece))))) order))
(println (count pieces) "pieces; the best:" (map (fn [[i n]] [i (format "%.2f" n)]) order))`,
  askFound: (
    instruction,
    _,
    __,
    model,
  ) => `(def reply (llm-query (str ${quoted(instruction)} "\\n\\n" (clojure.string/join "\\n\\n" found))${named(model)}))
${SHOW_REPLY}`,
  map: ({ instruction, chunkChars, overlapChars, batchSize, headingEnd, model }) => `${PARTS}
${PIECES_OF}
(def instruction ${headingEnd === undefined ? quoted(instruction) : `(str ${quoted(instruction)} "\\n\\n" (subs text 0 (or (clojure.string/index-of text ${quoted(headingEnd)}) 0)))`})
(def chunks ${
    overlapChars > 0
      ? `(mapv #(subs text % (min (count text) (+ % ${chunkChars + overlapChars}))) (range 0 (count text) ${chunkChars}))`
      : `(reduce (fn [made piece]
  (if (and (seq made) (<= (+ (count (peek made)) (count piece) 2) ${chunkChars}))
    (conj (pop made) (str (peek made) "\\n\\n" piece))
    (conj made piece))) [] (mapcat #(pieces-of % ${chunkChars}) parts))`
  })
(def replies (vec (mapcat (fn [part] (llm-query-batched (map #(str instruction "\\n\\n" %) part)${named(model)})) (partition-all ${batchSize} chunks))))
(println (count replies) "replies, such as" (map #(subs % 0 (min 60 (count %))) (take 3 replies)))`,
  valuesOf: (
    pattern,
  ) => `(def values (mapcat #(map second (re-seq (re-pattern ${quoted(pattern)}) %)) replies))
(def result (clojure.string/join ", " (distinct (mapcat #(clojure.string/split (clojure.string/replace % #"\\.+$" "") #", ") values))))
${SHOW_RESULT}`,
  showReplies: (pattern, { from, count }) =>
    `(println (clojure.string/join "\\n" (take ${count} (drop ${from} (distinct (mapcat #(map second (re-seq (re-pattern ${quoted(pattern)}) %)) replies))))))`,
  askReplies: (
    instruction,
    without,
  ) => `(def said (remove #(clojure.string/includes? (clojure.string/lower-case %) ${quoted(without)}) (distinct (map clojure.string/trim replies))))
(def notes (clojure.string/join "\\n\\n" said))
(def result (llm-query (str ${quoted(instruction)} "\\n\\n" (subs notes 0 (min ${NOTES_CHARS} (count notes))))))
${SHOW_RESULT}`,
  answerResult: "(FINAL result)",
};
