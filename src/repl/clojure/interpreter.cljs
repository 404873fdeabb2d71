;; The Clojure of the REPL: a context of SCI that has no interop, with what the REPL adds. nbb evaluates this once, while the floor is made.
(require '[sci.core :as sci])

(def host js/replHost)
(set! (.-replToJs js/globalThis) clj->js)
(set! (.-replFromJs js/globalThis) js->clj)
(set! (.-replVector js/globalThis) vec)
(set! (.-replShowPlain js/globalThis) str)
(defn host-fn [name] (fn [& args] (.apply (aget host name) nil (into-array args))))
(def context (sci/new-var 'context nil))
(def answer (atom {:content "" :ready false}))

(defn refuse [what]
  (fn [& _] (throw (js/Error. (str what)))))

(def no-files "there are no files: the context is in the var `context`")
(def no-threads "there are no threads; pmap and llm-query-batched ask sub-models in parallel")

(defn math [name] [(symbol name) (aget js/Math name)])

(def math-fns
  (merge (into {} (map math) ["abs" "acos" "asin" "atan" "atan2" "cbrt" "ceil" "cos" "cosh" "exp" "floor" "log" "log10" "max" "min" "pow" "round" "signum" "sin" "sinh" "sqrt" "tan" "tanh" "random"])
         {'PI js/Math.PI 'E js/Math.E 'signum js/Math.sign}))

(defn parse-number [text]
  (let [n (js/Number (str text))]
    (if (or (js/isNaN n) (= "" (.trim (str text))))
      (throw (js/Error. (str "For input string: " (pr-str text))))
      n)))

(defn pattern [given]
  (or (when (string? given) (.unicodePattern host given)) (re-pattern given)))

(def extra
  {'context context
   're-pattern pattern
   'answer answer
   'host-ask (host-fn "ask")
   'host-tool (host-fn "tool")
   'host-text (fn [x] (if (string? x) x (pr-str x)))
   'json-read (fn [text] (js->clj (.parse js/JSON text)))
   'json-write (fn [x] (.stringify js/JSON (clj->js x)))
   'parse-long (fn [s] (when (re-matches #"[-+]?\d+" s) (js/Number s)))
   'parse-double (fn [s] (let [n (js/parseFloat s)] (when (re-matches #"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?" s) n)))
   'parse-boolean (fn [s] (case s "true" true "false" false nil))
   'format (host-fn "format")
   'slurp (refuse no-files)
   'spit (refuse no-files)
   'time (sci/new-macro-var 'time (fn [_ _ form] (list 'clojure.core/repl-timed (list 'fn [] form))))
   'read-line (refuse "there is no standard input")})

(def ctx
  (sci/init
   {:classes {'Exception {:class js/Error} 'Throwable {:class js/Error} 'RuntimeException {:class js/Error}
              'IllegalArgumentException {:class js/Error} 'Error {:class js/Error}
              'clojure.lang.ExceptionInfo {:class ExceptionInfo} 'ExceptionInfo {:class ExceptionInfo}}
    :namespaces
    {'clojure.core extra
     'Math math-fns
     'clojure.math math-fns
     'Integer {'parseInt parse-number 'MAX_VALUE 2147483647 'MIN_VALUE -2147483648}
     'Long {'parseLong parse-number 'MAX_VALUE 9007199254740991 'MIN_VALUE -9007199254740991}
     'Double {'parseDouble parse-number}
     'System {'currentTimeMillis (fn [] (.now js/Date)) 'nanoTime (fn [] (* 1000000 (.now js/Date)))}
     'Thread {'sleep (host-fn "sleep")}}}))

(sci/alter-var-root sci/print-fn (constantly (fn [text] ((aget host "print") text))))
(sci/alter-var-root sci/print-err-fn (constantly (fn [text] ((aget host "printError") text))))
(sci/alter-var-root sci/print-newline (constantly true))

(sci/eval-string* ctx (aget host "prelude"))

(def get-show "(fn [v] (binding [*print-length* 1000 *print-level* 20] (pr-str v)))")

;; Only compiled functions: what is interpreted here would cost time in each block, and wrap its errors.
(set! (.-replClojure js/globalThis)
      #js {:eval (partial sci/eval-string+ ctx)
           :evalForm (partial sci/eval-form ctx)
           :forms #js {:list list :vec vec :arrayMap array-map :count count :symbol symbol :isSymbol symbol? :keyword keyword
                      :pattern pattern :withMeta with-meta :meta meta :get get
                       :line :line :column :column :ns :ns :name :name :file :file}
           :isList list? :isSymbol symbol? :isKeyword keyword? :nth nth :count count
           :intern (partial sci/intern ctx)
           :resetMeta reset-meta!
           :nsVar sci/ns
           :readersVar (sci/resolve ctx '*data-readers*)
           :push push-thread-bindings
           :frameNow get-thread-binding-frame-impl
           :resetFrame reset-thread-binding-frame-impl
           :rootFrame (get-thread-binding-frame-impl)
           :options hash-map
           :get get
           :ns :ns
           :val :val
           :line :line
           :column :column
           :isOwn (comp boolean #{:sci/error :sci.error/parse} :type)
           :data ex-data
           :cause ex-cause
           :answer answer
           :variable context
           :deref deref
           :show (sci/eval-string* ctx get-show)
           :standing (sci/eval-string* ctx "repl-standing")
           :text pr-str
           :user (sci/find-ns ctx 'user)
           :bind (fn [value] (sci/alter-var-root context (constantly (if (array? value) (vec value) value))))
           :bindJson (fn [value] (sci/alter-var-root context (constantly (js->clj value))))})
