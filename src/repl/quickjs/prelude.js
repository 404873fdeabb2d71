// @ts-nocheck
/**
 * The JavaScript that runs inside QuickJS while the floor is made: what a policy finds there. It is a function of the host's three
 * functions, and returns what the worker calls. It holds copies of what it needs, so that a policy that changes the built-in
 * objects spoils at most what it sees itself; the host checks everything that comes out.
 */
// oxlint-disable-next-line no-unused-expressions -- its value is the function
(function (print, ask, random) {
  "use strict";
  const { stringify, parse } = JSON;
  const { quoted, show, errorText } = globalThis.replShow;
  delete globalThis.replShow;
  const { getOwnPropertyNames, keys, defineProperty } = Object;
  const { isArray } = Array;
  const [MakeString, MakeError, MakeTypeError, MakeSet, MakeMap] = [String, Error, TypeError, Set, Map];
  const { hasOwn } = Object;
  const MAX_ANSWER_CHARS = 1_000_000;
  const global = globalThis;

  // ---- output ----

  const printed = (value) => (typeof value === "string" ? value : show(value));
  const writer = (stream) =>
    function (...values) {
      print(stream, `${values.map(printed).join(" ")}\n`);
    };
  const console = {};
  for (const name of ["log", "info", "debug", "dir", "table"]) console[name] = writer(0);
  for (const name of ["warn", "error", "trace"]) console[name] = writer(1);
  console.assert = (holds, ...values) => holds || console.error("Assertion failed:", ...values);

  // ---- calls of the host ----

  class SubcallError extends MakeError {}
  const named = (of, value) =>
    defineProperty(of.prototype, "name", { value, writable: true, configurable: true });
  named(SubcallError, "SubcallError");
  /** What the host's kinds of errors are here. */
  const ERRORS = new MakeMap([
    ["type", MakeTypeError],
    ["TypeError", MakeTypeError],
  ]);
  for (const name of ["GrantError", "SchemaError", "ReplyError", "HandleError"]) {
    class NamedError extends SubcallError {}
    named(NamedError, name);
    ERRORS.set(name, NamedError);
  }
  const errorFor = ERRORS.get.bind(ERRORS);

  function answered(kind, request) {
    const reply = parse(ask(kind, stringify(request)));
    if (reply.error === undefined) return reply;
    throw new (errorFor(reply.kind) ?? SubcallError)(reply.error);
  }

  /** Refuses arguments that a function does not have, since to pass over them would hide a mistake. */
  function takesNoMore(name, known, further) {
    if (further.every((value) => value === undefined)) return;
    const count = known.length + further.length;
    throw new MakeTypeError(`${name} takes ${known.join(", ")}, and got ${count} arguments`);
  }

  /** The model's name, which callers give as it is or as `{ model }`. */
  function modelOf(given) {
    if (isArray(given)) throw new MakeTypeError("the options of a call must be an object, not an array");
    const model = typeof given === "object" && given !== null ? given.model : given;
    if (model === undefined || model === null) return null;
    if (typeof model !== "string") throw new MakeTypeError(`model must be a string, not ${typeof model}`);
    return model;
  }

  function textPrompt(prompt, name) {
    if (typeof prompt === "string") return prompt;
    const hint = isArray(prompt) ? `; ${name}_batched takes several` : "";
    throw new MakeTypeError(
      `${name} needs a string as its prompt, not ${isArray(prompt) ? "an array" : typeof prompt}${hint}`,
    );
  }

  function textPrompts(prompts, name) {
    if (!isArray(prompts))
      throw new MakeTypeError(`${name}_batched needs an array of strings, not ${typeof prompts}`);
    return prompts.map((prompt) => textPrompt(prompt, name));
  }

  const ON_REPLIES = { max_tokens: "maxTokens", schema: "schema", images: "images", effort: "effort" };
  const ON_CHILDREN = {
    budget: "grant",
    max_turns: "maxTurns",
    tools: "tools",
    prompt: "prompt",
    effort: "effort",
  };

  /** Whether calls take terms; known when the episode begins. */
  let delegates = false;

  /** The terms in the options of a call; null if there are none. The host checks their values. */
  function termsOf(given, name, known) {
    if (!delegates || typeof given !== "object" || given === null) return null;
    const terms = {};
    for (const key of keys(given)) {
      if (key === "model" || (key === "context" && known === ON_CHILDREN)) continue;
      if (!hasOwn(known, key)) {
        const names = ["model", ...keys(known)].join(", ");
        throw new MakeTypeError(`${name} takes no option ${stringify(key)}; it takes ${names}`);
      }
      if (given[key] === undefined || given[key] === null) continue;
      terms[known[key]] =
        key === "budget" && typeof given[key] === "number" ? { tokens: given[key] } : given[key];
    }
    return keys(terms).length === 0 ? null : terms;
  }

  function asked(kind, batched, prompts, contexts, model, terms) {
    if (prompts.length === 0) return [];
    const request = { kind, batched, prompts, model, ...(contexts && { contexts }), ...(terms && { terms }) };
    const { replies } = answered("J", request);
    if (!terms || terms.schema === undefined) return replies;
    return replies.map((reply) => (reply.startsWith("Error: ") ? reply : parse(reply)));
  }

  function llm_query(prompt, options, ...further) {
    takesNoMore("llm_query", ["prompt", "options"], further);
    const model = modelOf(options);
    const terms = termsOf(options, "llm_query", ON_REPLIES);
    return asked("llm_query", false, [textPrompt(prompt, "llm_query")], null, model, terms)[0];
  }
  function llm_query_batched(prompts, options, ...further) {
    takesNoMore("llm_query_batched", ["prompts", "options"], further);
    const model = modelOf(options);
    const terms = termsOf(options, "llm_query_batched", ON_REPLIES);
    return asked("llm_query", true, textPrompts(prompts, "llm_query"), null, model, terms);
  }
  /** Whether the second argument of rlm_query is its options: an object may also be the context. */
  function areOptions(given) {
    if (typeof given !== "object" || given === null || isArray(given)) return false;
    if (hasOwn(given, "context")) return true;
    const isBound = delegates && (hasOwn(given, "budget") || hasOwn(given, "max_turns"));
    return isBound && keys(given).every((key) => key === "model" || hasOwn(ON_CHILDREN, key));
  }
  function rlm_query(prompt, given, last, ...further) {
    takesNoMore("rlm_query", ["prompt", "context", "options"], further);
    const isOptions = areOptions(given);
    const part = isOptions ? given.context : given;
    const options = last ?? (isOptions ? given : undefined);
    const model = modelOf(isOptions ? (given.model ?? last) : last);
    const contexts = part === undefined || part === null ? null : [part];
    const terms = termsOf(options, "rlm_query", ON_CHILDREN);
    return asked("rlm_query", false, [textPrompt(prompt, "rlm_query")], contexts, model, terms)[0];
  }
  function rlm_query_batched(prompts, contexts, options, ...further) {
    takesNoMore("rlm_query_batched", ["prompts", "contexts", "options"], further);
    const texts = textPrompts(prompts, "rlm_query");
    const isGiven = contexts !== undefined && contexts !== null;
    if (isGiven && !isArray(contexts))
      throw new MakeTypeError(
        `rlm_query_batched needs an array of contexts, one for each prompt, not ${typeof contexts}`,
      );
    if (isGiven && contexts.length !== texts.length)
      throw new RangeError(`${texts.length} prompts came with ${contexts.length} contexts`);
    const model = modelOf(options);
    const terms = termsOf(options, "rlm_query_batched", ON_CHILDREN);
    return asked("rlm_query", true, texts, contexts ?? null, model, terms);
  }

  // ---- answers ----

  const final = { source: null, content: null };

  function textOf(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "object") {
      if (value instanceof MakeSet) value = [...value];
      if (isArray(value) && value.every((one) => typeof one !== "object" || one === null))
        return value.map(textOf).join(", ").slice(0, MAX_ANSWER_CHARS);
      try {
        return stringify(value).slice(0, MAX_ANSWER_CHARS);
      } catch {
        return show(value).slice(0, MAX_ANSWER_CHARS);
      }
    }
    return MakeString(value).slice(0, MAX_ANSWER_CHARS);
  }

  function answerWith(value, source) {
    const content = textOf(value);
    global.answer = { content, ready: true };
    final.source = source;
    final.content = content;
  }
  /** Answers by call take exactly one value: none, or several, is a slip that would end the episode. */
  function expectOne(name, given) {
    if (given.length === 1) return;
    throw new MakeTypeError(`${name} takes one value, and got ${given.length} arguments`);
  }
  function FINAL(...given) {
    expectOne("FINAL", given);
    answerWith(given[0], "final");
  }
  function FINAL_VAR(...given) {
    expectOne("FINAL_VAR", given);
    const [name] = given;
    if (typeof name !== "string" || !/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name.trim()))
      return answerWith(name, "final_var");
    if (!hasOwn(global, name.trim()))
      throw new ReferenceError(
        `FINAL_VAR: there is no variable ${quoted(name)}; variables that exist: ${variables().join(", ") || "none"}`,
      );
    answerWith(global[name.trim()], "final_var");
  }

  const READY_WORDS = ["true", "yes", "y", "1", "ready", "done", "final"];
  function isReady(value) {
    if (typeof value === "string") return READY_WORDS.includes(value.trim().toLowerCase());
    return (typeof value === "boolean" || typeof value === "number") && value != 0;
  }

  /** The answer that stands, and the names that were overwritten. */
  function finish() {
    const restored = restore();
    const given = global.answer;
    if (given === null || given === undefined) {
      global.answer = { content: "", ready: false };
      return stringify({ answer: null, restored: [...restored, "answer"] });
    }
    const isObject = typeof given === "object" && !isArray(given);
    const content = textOf(isObject ? given.content : given);
    const ready = isObject && isReady(given.ready);
    if (!isObject) global.answer = { content, ready: false };
    if (!content && !ready && isObject) return stringify({ answer: null, restored });
    const byCall = final.source !== null && ready && content === final.content;
    const source = byCall ? final.source : "answer_dict";
    return stringify({ answer: { content, ready, source, ...(!isObject && { isNoDict: true }) }, restored });
  }

  // ---- names ----

  const reserved = new MakeMap(
    Object.entries({
      console,
      print: console.log,
      llm_query,
      llm_query_batched,
      llm_batch: llm_query_batched,
      rlm_query,
      rlm_query_batched,
      SHOW_VARS,
      FINAL,
      FINAL_VAR,
    }),
  );
  const floor = new MakeSet(["answer", "context"]);

  function variables() {
    return getOwnPropertyNames(global).filter((name) => !floor.has(name) && !reserved.has(name));
  }
  function SHOW_VARS() {
    const found = {};
    for (const name of variables()) {
      const value = global[name];
      found[name] = isArray(value) ? "array" : value === null ? "null" : typeof value;
    }
    return found;
  }
  function put(name, value) {
    defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });
  }
  function restore() {
    const restored = [];
    for (const [name, value] of reserved) {
      if (hasOwn(global, name) && global[name] === value) continue;
      put(name, value);
      restored.push(name);
    }
    return restored;
  }

  function bind(value) {
    reserved.set("context", value);
    put("context", value);
  }

  Math.random = random;
  global.answer = { content: "", ready: false };
  restore();
  for (const name of getOwnPropertyNames(global)) floor.add(name);

  return {
    begin(imported) {
      delegates = imported.split(" ").includes("+delegates");
    },
    show,
    finish,
    /** The text of whatever was thrown, and the names that exist if one was missing. */
    describe(thrown) {
      const text = thrown instanceof MakeError ? errorText(thrown) : `Uncaught ${show(thrown)}`;
      const isMissing = thrown instanceof ReferenceError && variables().length > 0;
      return isMissing ? `${text}\nNames that exist: ${variables().slice(0, 30).join(", ")}` : text;
    },
    bind,
    bindJson: (text) => bind(parse(text)),
    /** Defines the host's tools. */
    defineTools(text) {
      for (const { name, parameters } of parse(text)) {
        const tool = (...given) => {
          const args = {};
          takesNoMore(name, parameters, given.slice(parameters.length));
          // One object with the names of parameters, or the arguments in their order.
          const isNamed =
            given.length === 1 &&
            typeof given[0] === "object" &&
            given[0] !== null &&
            !isArray(given[0]) &&
            keys(given[0]).every((key) => parameters.includes(key));
          if (isNamed) for (const key of keys(given[0])) args[key] = given[0][key];
          else
            parameters.forEach(
              (key, at) => given[at] !== undefined && given[at] !== null && (args[key] = given[at]),
            );
          return answered("H", { name, args }).result;
        };
        defineProperty(tool, "name", { value: name });
        reserved.set(name, tool);
        put(name, tool);
      }
    },
  };
});
