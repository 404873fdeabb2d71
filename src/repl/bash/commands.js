// @ts-nocheck
/**
 * The commands that the REPL adds to bash, inside QuickJS: sub-models, answers and the host's tools. It is a function of the
 * host's functions; its result goes to the shell by a global name, which the shell removes.
 */
// oxlint-disable-next-line no-unused-expressions -- its value is the function
(function (print, ask, random, encode, decode) {
  "use strict";
  const { defineCommand } = globalThis.justBash;
  const { stringify, parse } = JSON;
  const MAX_ANSWER_CHARS = 1_000_000;
  const USAGE = 2;
  const REFUSED = 3;
  /** What the commands share with the shell: the answer, what the host last refused, the block's state, and whether calls take terms. */
  const shared = { answer: null, refusal: null, state: null, delegates: false };

  /** What the user of a command did wrong. */
  class UsageError extends Error {}

  const done = (stdout, exitCode = 0) => ({ stdout, stderr: "", exitCode, stdoutKind: "text" });
  const failed = (message, exitCode) => ({ stdout: "", stderr: `${message}\n`, exitCode });

  /** The text of what a command reads, which comes as one character a byte. */
  function textOf(bytes) {
    if (!/[\x80-\xff]/.test(bytes)) return bytes;
    return decode(
      Uint8Array.from(bytes, (char) => char.charCodeAt(0)),
      "false",
    );
  }

  /** What was piped into the command; not the rest of what a loop around it reads. */
  function inputOf(ctx) {
    const bytes = String(ctx.stdin ?? "");
    const around = shared.state?.groupStdin;
    return around !== undefined && String(around) === bytes ? "" : textOf(bytes);
  }

  function command(name, work) {
    return defineCommand(
      name,
      async (args, ctx) => {
        try {
          return await work(args, ctx, name);
        } catch (error) {
          if (error instanceof UsageError) return failed(`${name}: ${error.message}`, USAGE);
          throw error;
        }
      },
      { trusted: true },
    );
  }

  function answered(kind, request) {
    const reply = parse(ask(kind, stringify(request)));
    if (reply.error !== undefined) {
      const { kind: named = "" } = reply;
      shared.refusal = `${named.endsWith("Error") ? named : "SubcallError"}: ${reply.error}`;
    }
    return reply;
  }

  function numberIn(word, option) {
    if (word.trim() !== "" && Number.isFinite(Number(word))) return Number(word);
    throw new UsageError(`${option} needs a number, not ${stringify(word)}`);
  }

  function jsonIn(word, option) {
    try {
      return parse(word);
    } catch {
      throw new UsageError(`${option} needs JSON, not ${stringify(word.slice(0, 100))}`);
    }
  }

  /** By option: the term of a call, and how to read its value. The host checks the values. */
  const TERMS = {
    llm_query: {
      "--max-tokens": ["maxTokens", numberIn],
      "--schema": ["schema", jsonIn],
      "--effort": ["effort", (word) => word],
    },
    rlm_query: {
      "--budget": [
        "grant",
        (word, option) => (word.includes("{") ? jsonIn(word, option) : { tokens: numberIn(word, option) }),
      ],
      "--max-turns": ["maxTurns", numberIn],
      "--tools": ["tools", (word) => word.split(",").filter((name) => name !== "")],
      "--prompt": ["prompt", (word) => word],
      "--effort": ["effort", (word) => word],
    },
  };

  /** Options, then words: `-m MODEL`, the terms of the call, `-0`, and `-f FILE…`, which takes the rest. */
  function readArguments(args, { isBatch, kind }) {
    const read = { model: null, byNul: false, files: null, words: [], terms: null };
    const known = shared.delegates ? TERMS[kind] : {};
    for (let at = 0; at < args.length; at++) {
      const arg = args[at];
      const [, option, inline] = /^(--[a-z-]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
      if (read.words.length === 0 && option !== undefined && Object.hasOwn(known, option)) {
        const word = inline ?? args[++at];
        if (word === undefined) throw new UsageError(`${option} needs a value`);
        const [term, valueIn] = known[option];
        read.terms = { ...read.terms, [term]: valueIn(word, option) };
        continue;
      }
      if (arg === "-m" || arg === "--model") {
        if (at + 1 === args.length) throw new UsageError(`${arg} needs the name of a model`);
        read.model = args[++at];
      } else if (isBatch && arg === "-0") read.byNul = true;
      else if (isBatch && arg === "-f") {
        read.files = args.slice(at + 1);
        if (read.files.length === 0) throw new UsageError("-f needs files");
        break;
      } else if (arg === "--") {
        read.words.push(...args.slice(at + 1));
        break;
      } else if (
        read.words.length === 0 &&
        (/^--?[a-z]+$/.test(arg) || (shared.delegates && option !== undefined))
      )
        throw new UsageError(`unknown option ${arg}; ${optionsKnown(isBatch, known)} known`);
      else read.words.push(arg);
    }
    return { ...read, words: read.words.join(" ") };
  }

  function optionsKnown(isBatch, known) {
    const names = ["-m MODEL", ...Object.keys(known), ...(isBatch ? ["-0", "-f FILE..."] : [])];
    return names.length === 1 ? `${names[0]} is` : `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are`;
  }

  const joined = (words, text) => (words === "" || text === "" ? words + text : `${words}\n\n${text}`);
  const withNewline = (text) => (text.endsWith("\n") ? text : `${text}\n`);

  async function contentOf(file, ctx) {
    try {
      return await ctx.fs.readFile(ctx.fs.resolvePath(ctx.cwd, file));
    } catch {
      throw new UsageError(`${file}: there is no such file`);
    }
  }

  function askOne(kind) {
    return (args, ctx, name) => {
      const { model, words, terms } = readArguments(args, { isBatch: false, kind });
      const input = words === "" ? textOf(String(ctx.stdin ?? "")) : inputOf(ctx);
      const isChild = kind === "rlm_query";
      const prompt = isChild && words !== "" ? words : joined(words, input);
      if (prompt === "") throw new UsageError("it needs a prompt, as arguments or on its standard input");
      const contexts = isChild && words !== "" && input !== "" ? [input] : null;
      const further = { ...(contexts && { contexts }), ...(terms && { terms }) };
      const request = { kind, batched: false, prompts: [prompt], model, ...further };
      const { error, replies } = answered("J", request);
      return error === undefined ? done(withNewline(replies[0])) : failed(`${name}: ${error}`, REFUSED);
    };
  }

  function askMany(kind) {
    return async (args, ctx, name) => {
      const { model, words, files, byNul, terms } = readArguments(args, { isBatch: true, kind });
      const input = files === null ? textOf(String(ctx.stdin ?? "")) : "";
      const parts =
        files === null
          ? input.split(byNul ? "\0" : "\n").filter((part) => part.trim() !== "")
          : await Promise.all(files.map((file) => contentOf(file, ctx)));
      if (parts.length === 0)
        return { ...done(""), stderr: `${name}: there is nothing on its standard input\n` };
      const hasContexts = kind === "rlm_query" && files !== null;
      if (hasContexts && words === "") throw new UsageError("it needs a prompt before -f");
      const prompts = parts.map((part) => (hasContexts ? words : joined(words, part)));
      const further = { ...(hasContexts && { contexts: parts }), ...(terms && { terms }) };
      const request = { kind, batched: true, prompts, model, ...further };
      const { error, replies } = answered("J", request);
      if (error !== undefined) return failed(`${name}: ${error}`, REFUSED);
      if (byNul) return done(replies.map((reply) => `${reply}\0`).join(""));
      return done(replies.map((reply) => `${reply.trim().replace(/\s*\n\s*/g, " ")}\n`).join(""));
    };
  }

  function giveAnswer(source) {
    return (args, ctx) => {
      const isDraft = args[0] === "-d";
      const words = (isDraft ? args.slice(1) : args).join(" ");
      const text = words === "" ? textOf(String(ctx.stdin ?? "")).replace(/\n+$/, "") : words;
      shared.answer = { content: text.slice(0, MAX_ANSWER_CHARS), ready: !isDraft, source };
      return done("");
    };
  }

  /** The values of a variable, whether it is an array or not; null if there is none. */
  function valuesOf(name) {
    const array = shared.state?.arrays?.get(name);
    const items = array?.elements ?? array?.values ?? array;
    if (items instanceof Map) return [...items.values()].map(String);
    const value = shared.state?.env.get(name);
    return value === undefined ? null : [value];
  }

  function answerWithVariable([given = "", ...further]) {
    if (further.length > 0)
      throw new UsageError(`it takes the name of one variable; FINAL TEXT answers with a text`);
    const name = given.replace(/^\$?\{?|\}$/g, "");
    const values = valuesOf(name);
    if (values === null)
      throw new UsageError(`there is no variable ${stringify(name)}; FINAL TEXT answers with a text`);
    const content = values.join(", ").slice(0, MAX_ANSWER_CHARS);
    shared.answer = { content, ready: true, source: "final_var" };
    return done("");
  }

  /** A word as the value of a parameter; words are all that a shell has. */
  function valueOf(word, type, name) {
    if (type === "string") return word;
    if (type === "integer" || type === "number") {
      if (word.trim() === "" || !Number.isFinite(Number(word)))
        throw new UsageError(`${name} needs a number, not ${stringify(word)}`);
      return Number(word);
    }
    if (type === "boolean") {
      if (!/^(true|false)$/i.test(word))
        throw new UsageError(`${name} needs true or false, not ${stringify(word)}`);
      return /^true$/i.test(word);
    }
    try {
      return parse(word);
    } catch {
      return word;
    }
  }

  /** Arguments in their order, or `--name value` and `--name=value`; what is piped in is the first one that is missing. */
  function argumentsOf(args, parameters, ctx) {
    const found = {};
    const open = [...parameters];
    const take = (parameter, word) => {
      found[parameter.name] = valueOf(word, parameter.type, parameter.name);
      open.splice(open.indexOf(parameter), 1);
    };
    for (let at = 0; at < args.length; at++) {
      const [, name, inline] = /^--([A-Za-z]\w*)(?:=([\s\S]*))?$/.exec(args[at]) ?? [];
      const named = open.find((one) => one.name === name);
      if (named) take(named, inline ?? args[++at] ?? "");
      else if (open.length > 0) take(open[0], args[at]);
      else throw new UsageError(`it takes at most ${parameters.length} arguments`);
    }
    const input = open.length > 0 ? inputOf(ctx).replace(/\n$/, "") : "";
    if (input !== "") take(open[0], input);
    return found;
  }

  function toolCommand({ name, parameters }) {
    return command(name, (args, ctx) => {
      const { error, result } = answered("H", { name, args: argumentsOf(args, parameters, ctx) });
      if (error !== undefined) return failed(`${name}: ${error}`, REFUSED);
      return done(withNewline(typeof result === "string" ? result : stringify(result)));
    });
  }

  const commands = [
    command("llm", askOne("llm_query")),
    command("llm_query", askOne("llm_query")),
    command("llm_batch", askMany("llm_query")),
    command("llm_query_batched", askMany("llm_query")),
    command("rlm", askOne("rlm_query")),
    command("rlm_query", askOne("rlm_query")),
    command("rlm_batch", askMany("rlm_query")),
    command("rlm_query_batched", askMany("rlm_query")),
    command("answer", giveAnswer("answer_dict")),
    command("FINAL", giveAnswer("final")),
    command("FINAL_VAR", answerWithVariable),
  ];
  globalThis.replCommands = { commands, toolCommand, shared };
});
