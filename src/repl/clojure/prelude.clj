;; What a policy finds in Clojure beside the language: sub-models, answers and the host's tools.
(ns clojure.core)

;; Within pmap: the replies that are known, and the prompts that are missing. nil outside of it.
(def repl-round (atom nil))

(defn repl-asked [kind batched prompts contexts model options]
  (doseq [p prompts]
    (when-not (string? p)
      (throw (ex-info (str (if (= kind "rlm_query") "rlm-query" "llm-query") " needs a string as its prompt, not " (pr-str p)
                           (when (and (not batched) (coll? p)) "; llm-query-batched takes several")) {}))))
  (if (empty? prompts) [] (host-ask kind batched prompts contexts model options)))

;; The options of a call may have keywords or strings as their keys.
(defn repl-model [given] (if (map? given) (or (:model given) (get given "model")) given))
(defn repl-options [given] (when (map? given) given))

(defn llm-query
  ([prompt] (llm-query prompt nil))
  ([prompt given]
   (let [model (repl-model given) options (repl-options given) round @repl-round key [[model options] prompt]]
     (cond
       (nil? round) (first (repl-asked "llm_query" false [prompt] nil model options))
       (contains? (:known round) key) (get (:known round) key)
       :else (do (swap! repl-round update :missing conj key)
                 (throw (ex-info "the reply of this prompt comes in the next round" {:repl/missing true})))))))

(defn llm-query-batched
  ([prompts] (llm-query-batched prompts nil))
  ([prompts model]
   (when-not (or (nil? prompts) (sequential? prompts) (set? prompts))
     (throw (ex-info (str "llm-query-batched needs a collection of strings, not " (pr-str prompts)) {})))
   (repl-asked "llm_query" true (vec prompts) nil (repl-model model) (repl-options model))))

(def llm-batch llm-query-batched)

;; Whether the second argument of rlm-query is its options: a map may also be the context.
(defn repl-options? [given]
  (and (map? given)
       (or (contains? given :context)
           (and (or (contains? given :budget) (contains? given :max-turns))
                (every? #{:model :budget :max-turns :tools :prompt :effort} (keys given))))))

(defn rlm-query
  ([prompt] (rlm-query prompt nil nil))
  ([prompt part] (rlm-query prompt part nil))
  ([prompt part given]
   (let [holds? (repl-options? part)
         context (if holds? (:context part) part)
         model (or (when holds? (:model part)) (repl-model given))
         options (or (repl-options given) (when holds? (dissoc part :context)))]
     (first (repl-asked "rlm_query" false [prompt] (when (some? context) [context]) model options)))))

(defn rlm-query-batched
  ([prompts] (rlm-query-batched prompts nil nil))
  ([prompts contexts] (rlm-query-batched prompts contexts nil))
  ([prompts contexts model]
   (when-not (or (nil? prompts) (sequential? prompts) (set? prompts))
     (throw (ex-info (str "rlm-query-batched needs a collection of strings, not " (pr-str prompts)) {})))
   (when-not (or (nil? contexts) (sequential? contexts))
     (throw (ex-info (str "rlm-query-batched needs a vector of contexts, one for each prompt, not " (pr-str contexts)) {})))
   (repl-asked "rlm_query" true (vec prompts) (when contexts (vec contexts)) (repl-model model) (repl-options model))))

(defn repl-attempt [f args]
  (try {:value (apply f args)}
       (catch :default e
         (if (:repl/missing (ex-data e)) nil (throw e)))))

(defn pmap
  "Like map, but the sub-model is asked for all items at once: the items are run again when replies have come."
  [f & colls]
  (if @repl-round
    (doall (apply map f colls))
    (let [items (vec (apply map vector colls))]
      (try
        (loop [known {} rounds 0]
          (reset! repl-round {:known known :missing []})
          (let [results (mapv #(repl-attempt f %) items)
                missing (vec (distinct (:missing @repl-round)))]
            (cond
              (empty? missing) (map :value results)
              (= rounds 16) (throw (ex-info "the prompts of pmap change each time they are made" {}))
              :else
              (let [replies (reduce (fn [found [[model options] keys]]
                                      (into found (map vector keys (repl-asked "llm_query" true (mapv second keys) nil model options))))
                                    {} (group-by first missing))]
                (recur (into known replies) (inc rounds))))))
        (finally (reset! repl-round nil))))))

(defn pcalls [& fns] (pmap #(%) fns))
(defn pvalues* [& values] values)
(defmacro pvalues [& forms] `(pcalls ~@(map (fn [form] `(fn [] ~form)) forms)))
(defmacro future [& body] `(delay ~@body))
(defn future-done? [d] (realized? d))
(defn repl-timed [f]
  (let [start (System/nanoTime) value (f)]
    (println (str "Elapsed time: " (/ (- (System/nanoTime) start) 1000000) " msecs"))
    value))
(when-not (resolve 'update-vals)
  (intern 'clojure.core 'update-vals (fn [m f] (into {} (map (fn [[k v]] [k (f v)])) m))))
(when-not (resolve 'update-keys)
  (intern 'clojure.core 'update-keys (fn [m f] (into {} (map (fn [[k v]] [(f k) v])) m))))

(defn repl-text [value]
  (cond
    (nil? value) ""
    (string? value) value
    (keyword? value) (name value)
    (and (coll? value) (not (map? value)) (not-any? coll? value)) (apply str (interpose ", " (map repl-text value)))
    :else (pr-str value)))

(def repl-final (atom nil))
(defn repl-give [value source]
  (let [content (repl-text value)]
    (reset! answer {:content content :ready true})
    (reset! repl-final {:content content :source source})
    nil))
;; The interpreter does not count the arguments of a function with one arity, and an answer ends the episode.
(defn repl-one [name given]
  (when-not (= 1 (count given))
    (throw (ex-info (str name " takes one value, and got " (count given) " arguments") {})))
  (first given))
(defn FINAL [& given] (repl-give (repl-one "FINAL" given) "final"))
(defn FINAL_VAR [& args]
  (let [given (repl-one "FINAL_VAR" args)]
    (if (or (string? given) (symbol? given))
      (if-let [found (and (re-matches #"[^\s\d\"()\[\]{}][^\s\"()\[\]{}]*" (str given))
                                (or (ns-resolve *ns* (symbol (str given))) (ns-resolve 'user (symbol (str given)))))]
        (repl-give (deref found) "final_var")
        (throw (ex-info (str "FINAL_VAR: there is no var " (pr-str (str given)) "; vars that exist: "
                             (apply str (interpose ", " (sort (map str (keys (ns-publics *ns*))))))) {})))
      (repl-give given "final_var"))))

(defn SHOW-VARS []
  (into {} (map (fn [[name v]] [name (let [x (deref v)] (cond (fn? x) 'fn (string? x) 'string (map? x) 'map (vector? x) 'vector (set? x) 'set (number? x) 'number (coll? x) 'seq :else 'value))])) (ns-publics *ns*)))

(def repl-reserved (atom '#{context answer llm-query llm-query-batched llm-batch rlm-query rlm-query-batched pmap FINAL FINAL_VAR SHOW-VARS}))

(defn repl-define-tool [names parameters]
  (let [tool (fn [& args]
               (let [[named] args
                     by-name (and (= 1 (count args)) (map? named)
                                  (every? #(some #{%} parameters) (map #(if (string? %) % (name %)) (keys named))))]
                 (when (> (count args) (count parameters))
                   (throw (ex-info (str (first names) " takes at most " (count parameters) " arguments, and got " (count args)) {})))
                 (host-tool (first names)
                            (if by-name
                              (into {} (map (fn [[k v]] [(if (string? k) k (name k)) v])) named)
                              (into {} (remove (comp nil? second)) (map vector parameters args))))))]
    (doseq [one names]
      (intern 'clojure.core (symbol one) tool)
      (swap! repl-reserved conj (symbol one)))))

(def repl-originals (atom {}))
(defn repl-restore []
  (let [own (ns-name *ns*)
        mine (ns-publics own)]
    (vec (for [name @repl-reserved
               :let [known (ns-resolve 'clojure.core name)
                     original (get @repl-originals name known)
                     shadowed (contains? mine name)
                     altered (and (contains? @repl-originals name) (not (identical? original (deref known))))]
               :when (or shadowed altered)]
           (do (when shadowed (ns-unmap own name))
               (when altered (alter-var-root known (constantly original)))
               (str name))))))

(defn repl-standing []
  (let [given @answer
        map-given? (map? given)
        content (repl-text (if map-given? (:content given) given))
        ready (boolean (and map-given? (:ready given) (not (contains? #{"false" "no" ""} (:ready given)))))
        final @repl-final]
    (cond
      (nil? given) (do (reset! answer {:content "" :ready false}) nil)
      (and (= content "") (not ready)) []
      :else
      (do (when-not map-given? (reset! answer {:content content :ready false}))
          [content ready (if (and final ready (= content (:content final))) (:source final) "answer_dict") (not map-given?)]))))

(reset! repl-originals (into {} (for [name @repl-reserved :when (not (#{'context 'answer} name))]
                                  [name (deref (ns-resolve 'clojure.core name))])))

(ns user)
