// @ts-nocheck
/**
 * Clojure inside QuickJS: starts the interpreter with the texts that the pool puts in here, and returns what the worker calls. It
 * is a function of the host's functions.
 */
// oxlint-disable-next-line no-unused-expressions -- its value is the function
(function (print, ask, random, encode, decode, decodeBytes, sleep) {
  "use strict";
  const { stringify, parse } = JSON;
  const { Maker, Reader, END, OTHER } = globalThis.replReader;
  delete globalThis.replReader;
  const unicodePattern = globalThis.replUnicodePattern;
  delete globalThis.replUnicodePattern;
  const MAX_ANSWER_CHARS = 1_000_000;
  const MOST_CHARS = 2_000_000;
  const INTERPRETER = "<interpreter.cljs>";
  const PRELUDE = "<prelude.clj>";
  const DEFINES = /\b(?:def\w*|declare|intern|alter-var-root|eval|load-string)\b/;
  const REFERS = /\b(?:refer|use|import)\b/;
  /** What to write in the place of a method of Java or JavaScript. */
  const INSTEAD = {
    contains: "(clojure.string/includes? s part)",
    includes: "(clojure.string/includes? s part)",
    indexOf: "(clojure.string/index-of s part)",
    substring: "(subs s start end)",
    slice: "(subs s start end)",
    toUpperCase: "(clojure.string/upper-case s)",
    toLowerCase: "(clojure.string/lower-case s)",
    startsWith: "(clojure.string/starts-with? s part)",
    endsWith: "(clojure.string/ends-with? s part)",
    split: '(clojure.string/split s #"pattern")',
    trim: "(clojure.string/trim s)",
    replace: "(clojure.string/replace s from to)",
    length: "(count s)",
    getMessage: "(ex-message e)",
    push: "(conj coll x)",
    add: "(conj coll x)",
    get: "(get coll key)",
  };

  class SubcallError extends Error {
    constructor(message, kind = "") {
      super(message);
      this.name = kind.endsWith("Error") ? kind : "SubcallError";
    }
  }

  /** By option: the term of a call. The host checks the values. */
  const TERMS = {
    llm_query: { "max-tokens": "maxTokens", schema: "schema", effort: "effort" },
    rlm_query: {
      budget: "grant",
      "max-turns": "maxTurns",
      tools: "tools",
      prompt: "prompt",
      effort: "effort",
    },
  };
  /** Whether calls take terms; known when the episode begins. */
  let delegates = false;

  /** The terms in the options of a call; null if there are none. */
  function termsOf(kind, options) {
    if (typeof options !== "object" || options === null) return null;
    const known = TERMS[kind];
    const terms = {};
    for (const [key, value] of Object.entries(options)) {
      if (key === "model" || (key === "context" && kind === "rlm_query")) continue;
      if (!Object.hasOwn(known, key)) {
        const names = ["model", ...Object.keys(known)].map((name) => `:${name}`).join(", ");
        throw new TypeError(`${kind.replace("_", "-")} takes no option :${key}; it takes ${names}`);
      }
      if (value === undefined || value === null) continue;
      terms[known[key]] = key === "budget" && typeof value === "number" ? { tokens: value } : value;
    }
    return Object.keys(terms).length === 0 ? null : terms;
  }

  const toJs = (value) => globalThis.replToJs(value);
  function answered(kind, request) {
    const reply = parse(ask(kind, stringify(request)));
    if (reply.error !== undefined) throw new SubcallError(reply.error, reply.kind);
    return reply;
  }

  /** The usual directives of `format`: %s, %d, %x, %f, %.2f, %5d, %-5s, %05d, %e, %c, %b, %n, %%. */
  function format(pattern, ...values) {
    let next = 0;
    return pattern.replace(
      /%(\d+\$)?([-+0, #]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
      (whole, at, flags, width, digits, letter) => {
        if (letter === "%") return "%";
        if (letter === "n") return "\n";
        const value = at ? values[parseInt(at, 10) - 1] : values[next++];
        let text = formatted(value, letter, digits, whole);
        if (flags.includes("+") && Number(value) >= 0 && /[dfe]/.test(letter)) text = `+${text}`;
        if (flags.includes(",")) text = text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
        const room = Number(width ?? 0);
        if (flags.includes("-")) return text.padEnd(room);
        if (!flags.includes("0")) return text.padStart(room);
        return text.startsWith("-") ? `-${text.slice(1).padStart(room - 1, "0")}` : text.padStart(room, "0");
      },
    );
  }

  function formatted(value, letter, digits, whole) {
    const lower = letter.toLowerCase();
    const text =
      lower === "s" || lower === "b" || lower === "c"
        ? globalThis.replShowPlain(value).slice(0, digits === undefined ? undefined : Number(digits))
        : lower === "d"
          ? String(Math.trunc(Number(value)))
          : lower === "f"
            ? Number(value).toFixed(Number(digits ?? 6))
            : lower === "e"
              ? Number(value)
                  .toExponential(Number(digits ?? 6))
                  .replace(/e([+-])(\d)$/, "e$10$2")
              : lower === "x"
                ? Number(value).toString(16)
                : lower === "o"
                  ? Number(value).toString(8)
                  : null;
    if (text === null) throw new TypeError(`format does not know ${whole}`);
    return letter === lower ? text : text.toUpperCase();
  }

  globalThis.replHost = {
    prelude: PRELUDE,
    print: (text) => print("0", String(text)),
    printError: (text) => print("1", String(text)),
    sleep: (milliseconds) => sleep(String(milliseconds)) ?? null,
    format,
    unicodePattern,
    ask(kind, batched, prompts, contexts, model, options) {
      if (model !== null && model !== undefined && typeof model !== "string")
        throw new TypeError("the model must be a string");
      const request = { kind, batched, prompts: toJs(prompts), model: model ?? null };
      if (contexts !== null && contexts !== undefined) request.contexts = toJs(contexts);
      if (request.contexts && request.contexts.length !== request.prompts.length)
        throw new RangeError(
          `${request.prompts.length} prompts came with ${request.contexts.length} contexts`,
        );
      const terms = delegates ? termsOf(kind, toJs(options)) : null;
      if (terms !== null) request.terms = terms;
      const { replies } = answered("J", request);
      if (terms?.schema === undefined) return globalThis.replVector(replies);
      return globalThis.replVector(
        replies.map((reply) => (reply.startsWith("Error: ") ? reply : globalThis.replFromJs(parse(reply)))),
      );
    },
    tool: (name, args) => globalThis.replFromJs(answered("H", { name, args: toJs(args) }).result),
  };
  let failure = "the interpreter did not start";
  globalThis.nbb.loadString(INTERPRETER).then(
    () => (failure = null),
    (error) => (failure = `${error.message}\n${error.stack}`),
  );

  /** Whether the last block may have overwritten what the REPL has. */
  let mayOverwrite = false;
  /**
   * The interpreter's bindings between blocks, with the namespace in which the next block begins. They are made once, and put
   * back before each block, since one that its time ended leaves its own behind.
   */
  let frame = null;
  let reserved = /\b(?:context|answer|llm-\w|rlm-\w|pmap|FINAL|SHOW-VARS)/;
  /** Whether the block has run, and its value is being shown. */
  let isShowing = false;
  /** The value of the answer's atom when it was last read, and what it says; reading costs more than a small block. */
  let [seen, standing] = [null, null];

  const clojure = () => {
    if (failure !== null) throw new Error(failure);
    return globalThis.replClojure;
  };

  /** The error that the policy's code made, below those that the interpreter wraps around it. */
  function describe(thrown) {
    if (failure !== null) return failure;
    if (!(thrown instanceof Error)) return `Uncaught ${clojure().show(thrown) ?? "nil"}`;
    const { data, cause, get, isOwn, line, column } = clojure();
    const outer = data(thrown);
    const isWrapped = outer && isOwn(outer);
    const row = isWrapped ? get(outer, line) : null;
    const place = row && !isShowing ? ` (line ${row}, column ${get(outer, column)})` : "";
    const inner = isWrapped ? cause(thrown) : null;
    // Anything can be thrown, which the interpreter wraps in an error without a message.
    if (isWrapped && inner !== null && inner !== undefined && !(inner instanceof Error))
      return `Uncaught ${clojure().show(inner)}${place}`;
    const own = inner instanceof Error ? inner : thrown;
    return `${own.name || "Error"}: ${explained(own.message)}${details(own)}${place}`;
  }

  /** The data of an exception that the policy's code made. */
  function details(error) {
    const { data, isOwn, text } = clojure();
    const given = data(error);
    if (!given || isOwn(given)) return "";
    const shown = text(given);
    return shown === "{}" ? "" : ` ${shown.slice(0, 2000)}`;
  }

  function explained(message) {
    const method = /^Method (\S+) on ([\s\S]*?) not allowed!$/.exec(message);
    if (method) {
      const instead = Object.hasOwn(INSTEAD, method[1]) ? `; write ${INSTEAD[method[1]]}` : "";
      return `interop with Java and JavaScript is not allowed: .${method[1]}${instead}`;
    }
    const symbol = /^Unable to resolve (?:symbol|classname): (\S+)/.exec(message)?.[1];
    if (symbol && /^(?:js\/|java\.|javax\.|clojure\.java\.|[A-Z]\w*\/|[A-Z]\w*\.$)/.test(symbol))
      return `${message}: interop with Java and JavaScript is not allowed`;
    return message;
  }

  /** Null if nothing stands; false if the atom held nothing and was set back. */
  function answerOf(read) {
    if (read === null) return false;
    if (read.length === 0) return null;
    const [content, ready, source, isNoDict] = read;
    return { content: content.slice(0, MAX_ANSWER_CHARS), ready, source, ...(isNoDict && { isNoDict }) };
  }

  /** Begins blocks in a namespace. */
  function enter(space) {
    const { resetFrame, rootFrame, push, frameNow, options, nsVar, readersVar, deref } = clojure();
    resetFrame(rootFrame);
    push(options(nsVar, space, readersVar, deref(readersVar)));
    frame = frameNow();
  }

  /** Whether a namespace may hold names of others, over which a definition must be refused. */
  let mayRefer = false;

  /** The makers of data for the reader, found when the first block runs. */
  let maker = null;

  const isConstant = (form) => form === null || typeof form !== "object" || clojure().isKeyword(form);

  /**
   * The value of a form. A definition by a constant is made here: to analyse it would cost several times what it does. Nothing can
   * fail in it once names of other namespaces are out of the question.
   */
  function evaluateForm(form) {
    if (isConstant(form)) return form;
    const { evalForm, isList, isSymbol, nth, count, intern, deref, nsVar } = clojure();
    if (mayRefer || !isList(form) || count(form) !== 3) return evalForm(form);
    const [head, name, value] = [nth(form, 0), nth(form, 1), nth(form, 2)];
    const isPlain = isSymbol(head) && isSymbol(name) && isConstant(value) && head.toString() === "def";
    if (!isPlain || /[/.]/.test(name.toString())) return evalForm(form);
    const space = deref(nsVar);
    const defined = intern(space, name, value);
    clojure().resetMeta(defined, maker.metaOfVar(form, space, name));
    return defined;
  }

  /** Evaluates a text by the interpreter's own reader, in the namespace of now. */
  function evaluateText(text) {
    const { eval: evaluate, options, get, ns, val, nsVar, deref } = clojure();
    const before = deref(nsVar);
    const result = evaluate(text, options(ns, before));
    const after = get(result, ns);
    if (after !== before) enter(after);
    return get(result, val);
  }

  return {
    begin(imported) {
      delegates = imported.split(" ").includes("+delegates");
    },
    run(code) {
      const { forms, resetFrame, user } = clojure();
      if (frame === null) enter(user);
      else resetFrame(frame);
      isShowing = false;
      mayRefer ||= REFERS.test(code);
      mayOverwrite = DEFINES.test(code) && reserved.test(code);
      maker ??= new Maker(forms);
      const reader = new Reader(code, maker);
      let value = null;
      for (;;) {
        const form = reader.next();
        if (form === END) return value;
        if (form === OTHER) return evaluateText(reader.rest);
        value = evaluateForm(form);
      }
    },
    show(value) {
      if (value === null || value === undefined) return undefined;
      if (typeof value === "number" || typeof value === "boolean") return String(value);
      // A definition's value is its var, which says nothing.
      if (value.constructor === clojure().variable.constructor) return undefined;
      isShowing = true;
      return String(clojure().show(value)).slice(0, MOST_CHARS);
    },
    describe,
    bind: (value) => void clojure().bind(value instanceof Uint8Array ? Array.from(value) : value),
    bindJson: (text) => void clojure().bindJson(parse(text)),
    defineTools(text) {
      const { eval: evaluate, options, ns, user } = clojure();
      for (const { name, parameters } of parse(text)) {
        const kebab = name.replaceAll("_", "-");
        reserved = new RegExp(`${reserved.source}|\\b${name}\\b|\\b${kebab}\\b`);
        const names = stringify(kebab === name ? [name] : [name, kebab]);
        // Vars are made in the context in which code is evaluated: here it is the policy's.
        evaluate(`(clojure.core/repl-define-tool ${names} ${stringify(parameters)})`, options(ns, user));
      }
    },
    finish() {
      const { answer, deref } = clojure();
      if (deref(answer) !== seen) {
        const read = toJs(clojure().standing());
        seen = deref(answer);
        standing = answerOf(read);
      }
      const reset = seen !== null && standing === false ? ["answer"] : [];
      const again = mayOverwrite ? toJs(evaluateText("(clojure.core/repl-restore)")) : [];
      const result = stringify({ answer: standing || null, restored: [...again, ...reset] });
      if (standing === false) standing = null;
      return result;
    },
  };
});
