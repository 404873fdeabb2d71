// @ts-check
/** SQL in SQLite, as the guest of a worker. */
import { Output, cutMiddle, share } from "../guest/output.js";
import { mayDo, messageOf } from "./authorizer.js";
import { expectCount, modelOf, promptOf, termsOf, textOf } from "./call-values.js";
import { contextOf } from "./context.js";
import { SqlError, openSqlite } from "./sqlite.js";
import { bindTables } from "./tables.js";

/** @typedef {import("../guest/guest.ts").Guest} Guest */
/** @typedef {import("./sqlite.js").SqlValue} SqlValue */

const MAX_ANSWER_CHARS = 1_000_000;
/** Replies can be the prompts of further batches; this bounds how often one statement is run for that. */
const MOST_ROUNDS = 16;
const ROUND_TRIP = /\bllm_(?:query_batched|batch)\b/i;
/** Says that the first run of a statement has collected prompts, whose replies come now. */
class Missing extends Error {}

/** @type {import("../guest/guest.ts").CreateGuest} */
export async function createGuest(runtime, host, strip) {
  strip();
  let isTrusted = true;
  const state = { output: new Output(0), finals: /** @type {string[]} */ ([]), batch: newBatch() };
  const sqlite = await openSqlite(runtime.module, {
    maxHeapBytes: runtime.maxHeapBytes,
    clockNs: () => host.clock.read(),
    milliseconds: () => host.clock.milliseconds(),
    isInterrupted: () => host.isInterrupted(),
    mayDo: (action, first, second) => isTrusted || mayDo(action, first, second),
    onCall: (what, values) => answerCall(what, values),
  });

  /** @param {string} what @param {SqlValue[]} values @returns {SqlValue} */
  function answerCall(what, values) {
    const { name, parameters, takesTerms } = JSON.parse(what);
    if (parameters) return callTool(name, parameters, values);
    if (name === "random")
      return new DataView(host.chance.fillBytes(new Uint8Array(8)).buffer).getBigInt64(0, true);
    if (name === "randomblob") {
      const length = Math.max(Number(values[0] ?? 1), 1);
      if (!(length <= 1e6)) throw new Error(`randomblob() makes at most 1000000 bytes, not ${length}`);
      return host.chance.fillBytes(new Uint8Array(length));
    }
    if (name === "regexp") return Number(patternOf(values[0]).test(textOf(values[1])));
    if (name === "regexp_substr")
      return patternOf(values[1]).exec(textOf(values[0]))?.[Number(values[2] ?? 0)] ?? null;
    if (/^llm_(?:query_batched|batch)$/.test(name) && takesTerms && values.length > 2)
      throw new Error(`${name} takes a prompt and a model, and no options; llm_query takes them`);
    expectCount(name, values.length);
    if (name === "final") {
      state.finals.push(textOf(values[0]));
      return textOf(values[0]);
    }
    const prompt = promptOf(name, values[0]);
    if (name === "llm_query_batched" || name === "llm_batch") return batched(prompt, modelOf(values[1]));
    const contexts =
      name === "rlm_query" && values[1] !== undefined && values[1] !== null ? [textOf(values[1])] : null;
    const model = modelOf(name === "rlm_query" ? values[2] : values[1]);
    const terms = takesTerms ? termsOf(name, values[name === "rlm_query" ? 3 : 2]) : null;
    const [reply = ""] = ask({
      kind: name,
      batched: false,
      prompts: [prompt],
      model,
      ...(contexts && { contexts }),
      ...(terms && { terms }),
    });
    return reply;
  }

  /** @param {object} request @returns {string[]} */
  function ask(request) {
    const { error, replies, kind } = host.ask("J", request);
    if (typeof error === "string")
      throw new Error(typeof kind === "string" && kind.endsWith("Error") ? `${kind}: ${error}` : error);
    return /** @type {string[]} */ (replies);
  }

  /** The reply, if an earlier run of the statement has asked for it; if not, it is asked for after this run. @param {string} prompt @param {string | null} model */
  function batched(prompt, model) {
    const key = `${model ?? ""}\0${prompt}`;
    const known = state.batch.known.get(key);
    if (known !== undefined) return known;
    state.batch.missing.set(key, { prompt, model });
    return "";
  }

  /** Asks for what the last run missed. Returns whether it missed anything. */
  function fetchMissing() {
    const { missing, known } = state.batch;
    if (missing.size === 0) return false;
    const models = new Set([...missing.values()].map(({ model }) => model));
    for (const model of models) {
      const wanted = [...missing].filter(([, one]) => one.model === model);
      const replies = ask({
        kind: "llm_query",
        batched: true,
        prompts: wanted.map(([, { prompt }]) => prompt),
        model,
      });
      wanted.forEach(([key], at) => known.set(key, replies[at] ?? ""));
    }
    missing.clear();
    return true;
  }

  /** @param {string} name @param {string[]} parameters @param {SqlValue[]} values */
  function callTool(name, parameters, values) {
    if (values.length > parameters.length)
      throw new Error(`${name}() takes at most ${parameters.length} arguments, and got ${values.length}`);
    const args = Object.fromEntries(
      values.flatMap((value, at) =>
        value === null ? [] : [[parameters[at], value instanceof Uint8Array ? textOf(value) : value]],
      ),
    );
    const reply = host.ask("H", { name, args });
    if (typeof reply["error"] === "string") throw new Error(reply["error"]);
    const { result } = reply;
    if (typeof result === "string" || typeof result === "number" || result === null) return result;
    return typeof result === "boolean" ? Number(result) : JSON.stringify(result);
  }

  for (const name of [
    "llm_query",
    "llm_query_batched",
    "llm_batch",
    "rlm_query",
    "final",
    "random",
    "randomblob",
    "regexp",
    "regexp_substr",
  ])
    sqlite.define(name, JSON.stringify({ name }));
  sqlite.rows("CREATE TABLE answer(content)");
  isTrusted = false;

  /** Runs one statement, as often as its batches need. @param {{ text: string, run: (onRow: (values: SqlValue[]) => void) => void, names: () => string[] }} statement */
  function play(statement) {
    if (!ROUND_TRIP.test(statement.text)) return print(statement);
    for (let round = 0; ; round++) {
      const [output, finals] = [state.output, [...state.finals]];
      state.output = new Output(output.limit);
      trusted(() => sqlite.rows("SAVEPOINT batch"));
      try {
        print(statement);
        if (state.batch.missing.size > 0) throw new Missing();
        trusted(() => sqlite.rows("RELEASE batch"));
        const made = state.output;
        state.output = output;
        output.write(made.kept);
        output.skip(made.written - made.kept.length);
        return;
      } catch (error) {
        state.output = output;
        trusted(() => sqlite.rows("ROLLBACK TO batch; RELEASE batch"));
        if (!(error instanceof Missing)) throw error;
        state.finals = finals;
        if (round >= MOST_ROUNDS)
          throw new Error("llm_query_batched: its prompts change each time the statement runs", {
            cause: error,
          });
        fetchMissing();
      }
    }
  }

  /** @param {() => unknown} work */
  function trusted(work) {
    isTrusted = true;
    try {
      work();
    } finally {
      isTrusted = false;
    }
  }

  /** Runs a statement, and prints its rows. @param {{ text: string, run: (onRow: (values: SqlValue[]) => void) => void, names: () => string[] }} statement */
  function print(statement) {
    const names = statement.names();
    let count = 0;
    statement.run((values) => {
      if (count++ === 0) state.output.write(`${names.join(" | ")}\n`);
      state.output.write(`${values.map(shown).join(" | ")}\n`);
    });
    if (count === 0 && names.length > 0) state.output.write("(no rows)\n");
    if (names.length === 0 && /^\s*(?:insert|update|delete|replace)\b/i.test(statement.text))
      state.output.write(`(${sqlite.changes()} rows changed)\n`);
  }

  /** The answer that stands, and what was restored. */
  function finish() {
    const { finals } = state;
    /** @type {string[]} */
    const restored = [];
    /** @type {SqlValue[][]} */
    let rows = [];
    trusted(() => {
      try {
        rows = sqlite.rows("SELECT content FROM answer");
      } catch {
        sqlite.rows("DROP TABLE IF EXISTS answer; CREATE TABLE answer(content)");
        restored.push("answer");
      }
    });
    const given =
      finals.length > 0
        ? finals
        : rows.flatMap(([value]) => (value === null || value === undefined ? [] : [textOf(value)]));
    if (given.length === 0) return { answer: null, restored };
    const content = given.join(", ").slice(0, MAX_ANSWER_CHARS);
    /** @type {"final" | "answer_dict"} */
    const source = finals.length > 0 ? "final" : "answer_dict";
    return { answer: { content, ready: true, source }, restored };
  }

  return {
    memory: sqlite.memory,
    stackPointer: sqlite.stackPointer,
    bind(layout) {
      trusted(() => bindTables(sqlite, contextOf(layout)));
    },
    begin({ tools, imported }) {
      // What a function takes stands in its definition, since only the interpreter's memory goes with an episode.
      if (imported.includes("+delegates"))
        for (const name of ["llm_query", "llm_query_batched", "llm_batch", "rlm_query"])
          sqlite.define(name, JSON.stringify({ name, takesTerms: true }));
      for (const tool of tools === null ? [] : JSON.parse(tools))
        sqlite.define(tool.name, JSON.stringify(tool));
    },
    run(code, maxOutputChars) {
      state.output = new Output(maxOutputChars);
      state.finals = [];
      state.batch = newBatch();
      /** @type {{ exception: string | null, kind: "ok" | "exception" | "memory" }} */
      const end = { exception: null, kind: "ok" };
      try {
        sqlite.eachStatement(code, play);
      } catch (error) {
        if (isTrap(error)) throw error;
        end.exception = messageOf(error);
        end.kind = error instanceof SqlError && error.isMemory ? "memory" : "exception";
      }
      const { answer, restored } = finish();
      const exception = end.exception === null ? null : cutMiddle(end.exception, 2 * maxOutputChars)[0];
      const shownParts = share({
        stdout: state.output,
        stderr: new Output(0),
        value: null,
        exception,
        limit: maxOutputChars,
      });
      return { kind: end.kind, ...shownParts, answer, restored };
    },
  };
}

function newBatch() {
  return {
    known: /** @type {Map<string, string>} */ (new Map()),
    missing: /** @type {Map<string, { prompt: string, model: string | null }>} */ (new Map()),
  };
}

/** @param {SqlValue} value */
function shown(value) {
  if (value === null) return "NULL";
  return value instanceof Uint8Array
    ? `x'${[...value.subarray(0, 1000)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}'`
    : String(value);
}

/** @param {SqlValue | undefined} value */
function patternOf(value) {
  const [, insensitive, source = ""] = /^(\(\?i\))?([^]*)$/.exec(textOf(value)) ?? [];
  return new RegExp(source, insensitive ? "iu" : "u");
}

/** @param {unknown} error */
function isTrap(error) {
  const { RuntimeError } = /** @type {{ RuntimeError: new () => Error }} */ (
    Reflect.get(globalThis, "WebAssembly")
  );
  return error instanceof RuntimeError || error instanceof RangeError;
}
