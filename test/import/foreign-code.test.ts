/** Foreign records have no field for the language of their code: fences, the REPL's function and metadata say it. */
import { describe, expect, it } from "vitest";
import { atifDocuments } from "../../src/import/formats/atif.ts";
import { inspectLogs } from "../../src/import/formats/inspect.ts";
import { verifiersTraces } from "../../src/import/formats/verifiers.ts";
import type { Importer } from "../../src/import/importer.ts";
import { LANGUAGE_NAMES, languageNamed } from "../../src/languages/registry.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { importedRows } from "./read.ts";

const CODE = "x = 1";

interface Call {
  readonly name: string;
  readonly args: object;
}

/** One turn of code and an answer, in each format. */
const FORMATS: Readonly<Record<string, readonly [Importer, (text: string, call?: Call) => unknown]>> = {
  atif: [
    atifDocuments,
    (text, call) => ({
      schema_version: "ATIF-v1.8",
      session_id: "s",
      agent: { name: "theirs", version: "2", model_name: "m" },
      steps: [
        { step_id: 1, source: "user", message: "How many?" },
        {
          step_id: 2,
          source: "agent",
          message: text,
          ...(call && {
            tool_calls: [{ tool_call_id: "c", function_name: call.name, arguments: call.args }],
          }),
          observation: { results: [{ content: "1" }] },
        },
        { step_id: 3, source: "agent", message: "One." },
      ],
    }),
  ],
  inspect: [
    inspectLogs,
    (text, call) => ({
      version: 2,
      status: "success",
      eval: { task: "counting", model: "m", created: "2026-01-01T00:00:00Z" },
      samples: [
        {
          id: "q",
          epoch: 1,
          input: "How many?",
          target: "1",
          messages: [
            { role: "user", content: "How many?" },
            {
              role: "assistant",
              content: text,
              ...(call && {
                tool_calls: [{ id: "c", function: call.name, arguments: call.args, type: "function" }],
              }),
            },
            { role: "user", content: "1" },
            { role: "assistant", content: "One." },
          ],
        },
      ],
    }),
  ],
  verifiers: [
    verifiersTraces,
    (text, call) => ({
      id: "e",
      env: { id: "counting" },
      task: { type: "Count", data: { id: "t" } },
      ok: true,
      errors: [],
      traces: [
        {
          version: 1,
          id: "a",
          task: { type: "Count", data: { id: "t" } },
          agent: { config: { model: "m" }, name: "agent" },
          nodes: [
            { parent: null, message: { role: "user", content: "How many?" }, sampled: false, timestamp: 1 },
            {
              parent: 0,
              message: {
                role: "assistant",
                content: text,
                ...(call && {
                  tool_calls: [{ id: "c", name: call.name, arguments: JSON.stringify(call.args) }],
                }),
              },
              sampled: true,
              timestamp: 2,
            },
            { parent: 1, message: { role: "user", content: "1" }, sampled: false, timestamp: 3 },
            { parent: 2, message: { role: "assistant", content: "One." }, sampled: true, timestamp: 4 },
          ],
          calls: [],
          rewards: {},
          is_completed: true,
          ok: true,
          stop_condition: null,
          errors: [],
        },
      ],
    }),
  ],
};

async function imported(format: string, text: string, call?: Call): Promise<Trajectory> {
  const [importer, written] = FORMATS[format]!;
  const [record] = await importedRows(importer, [written(text, call)]);
  return record!;
}

const codesIn = ({ turns }: Trajectory) => turns.flatMap(({ results }) => results.map(({ code }) => code));

describe.each(Object.keys(FORMATS))("a foreign record of %s", (format) => {
  it.each(LANGUAGE_NAMES)("is in the language that its fence names: %s", async (name) => {
    for (const fence of languageNamed(name).fences.filter((one) => one !== "repl")) {
      const record = await imported(format, `I look.\n\`\`\`${fence}\n${CODE}\n\`\`\``);
      expect(record.language ?? "python", fence).toBe(name);
      expect(codesIn(record), fence).toEqual([CODE]);
    }
  });

  it.each(LANGUAGE_NAMES)("is in the language whose function it calls: %s", async (name) => {
    const { nativeTool } = languageNamed(name);
    const record = await imported(format, "I look.", { name: nativeTool!.name, args: { code: CODE } });
    expect(record.language ?? "python").toBe(name);
    expect(codesIn(record)).toEqual([CODE]);
  });

  it("is in Python where nothing names one of our languages, and holds no code that it does not have", async () => {
    for (const text of ["```rust\nfn main() {}\n```", "I think so.", "```\n```"])
      expect(await imported(format, text)).not.toHaveProperty("language");
    const record = await imported(format, "```bash\nls\n```", { name: "shell", args: { command: "ls" } });
    expect(record).not.toHaveProperty("language");
    expect(codesIn(record)).toEqual([]);
  });
});

it("is in the language that its metadata name where its fences are those of every language", async () => {
  const text = "```repl\nx=1\n```";
  const [atif, document] = FORMATS["atif"]!;
  const named = { ...(document(text) as object), extra: { language: "bash" } };
  expect((await importedRows(atif, [named]))[0]).toMatchObject({ language: "bash" });
  const [verifiers, episode] = FORMATS["verifiers"]!;
  const { traces, ...rest } = episode(text) as { traces: object[] };
  const told = { ...rest, traces: traces.map((one) => ({ ...one, info: { language: "sql" } })) };
  expect((await importedRows(verifiers, [told]))[0]).toMatchObject({ language: "sql" });
  const english = { ...(document(text) as object), extra: { language: "English" } };
  expect((await importedRows(atif, [english]))[0]).not.toHaveProperty("language");
});
