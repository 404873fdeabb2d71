/** Counts OOLONG's lines in Clojure. */
import type { Tally, TallyCode } from "./tally-code.ts";

const quoted = (value: string) => JSON.stringify(value);

const KEYS: Readonly<Record<Tally["by"], (limit: string) => string>> = {
  label: () => "label",
  user: () => "user",
  date: () => "date",
  "month and label": () => '(str (subs date 0 7) "][" label)',
  "side and label": (limit) =>
    `(str (cond (neg? (compare date ${quoted(limit)})) "before" (pos? (compare date ${quoted(limit)})) "after" :else "on") "][" label)`,
  "user and label": () => '(str user "][" label)',
};

export const CLOJURE_TALLY: TallyCode = (tally, source) => {
  const { by, users, month, between, label, limit = "", most, ofCounts } = tally;
  const wanted = [
    users && `(#{${[...new Set(users)].map(quoted).join(" ")}} user)`,
    month && `(= (subs date 5 7) ${quoted(month)})`,
    between &&
      `(not (pos? (compare ${quoted(between[0])} date))) (not (pos? (compare date ${quoted(between[1])})))`,
    label !== undefined && `(= label ${quoted(label)})`,
  ].filter((one) => typeof one === "string" && one !== "");
  const pattern =
    source === "replies"
      ? String.raw`#"Date: (.+?) \|\| User: (\d+) \|\| Label: (.+)"`
      : String.raw`#"(?m)^Date: (.+?) \|\| User: (\d+) \|\| "`;
  return `(defn two [n] (if (= 1 (count n)) (str "0" n) n))
(defn day [text]
  (if-let [[_ month date year] (re-find #"^(\\d+)/(\\d+)/(\\d+)$" text)]
    (str year "-" month "-" date)
    (let [[_ month date year] (re-find #"^(\\w{3})\\w*\\.? (\\d+), (\\d{4})" text)]
      (str year "-" (two (str (inc (/ (clojure.string/index-of "JanFebMarAprMayJunJulAugSepOctNovDec" month) 3)))) "-" (two date)))))
(def said ${source === "replies" ? '(clojure.string/join "\\n" replies)' : '(if (string? context) context (clojure.string/join "\\n" context))'})
(def rows (for [[_ date user label] (re-seq ${pattern} said)
                :let [date (day date) label (clojure.string/trim (or label "?"))]${
                  wanted.length === 0 ? "" : `\n                :when (and ${wanted.join(" ")})`
                }]
            ${KEYS[by](limit)}))
(def places (reduce (fn [found [place key]] (if (contains? found key) found (assoc found key place))) {} (map-indexed vector rows)))
(def counts (sort-by (fn [[key n]] [(- n) (places key)]) (frequencies rows)))
(doseq [[key n] (take ${most} ${ofCounts ? "(frequencies (map second counts))" : "counts"})] (println (str "[" key "]=" n)))`;
};
