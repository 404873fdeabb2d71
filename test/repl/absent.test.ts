import { afterAll, beforeAll, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { LIMITS, withEpisode } from "./repl-contract.ts";

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool();
});
afterAll(() => pool.close());

test.each([
  ["import numpy as np", "numpy", "use lists, math, statistics"],
  ["from pandas import DataFrame", "pandas", "use csv"],
  ["import requests", "requests", "there is no network, and the text to read is in `context`"],
  ["import sklearn.feature_extraction.text", "sklearn", "use re, collections and difflib"],
  ["import regex", "regex", "use re"],
  ["import openai", "openai", "use llm_query"],
])("%s says what there is instead", async (code, name, advice) => {
  await withEpisode(pool, async ({ run }) => {
    const { block } = await run(code);
    expect(block.exception).toContain(`ModuleNotFoundError: No module named '${name}': ${advice}`);
    expect(block.exception).toMatch(
      /standard library \(re, json, .* of 3\.\d+\.\d+\), and nothing can be installed$/,
    );
  });
});

test("the suggested replacements can be imported", async () => {
  const modules =
    "re json csv math statistics fractions collections itertools difflib datetime textwrap dataclasses html.parser xml.etree.ElementTree";
  await withEpisode(pool, async ({ run }) => {
    const code = `import ${modules.replaceAll(" ", ", ")}\nfrom itertools import groupby\n'all'`;
    expect((await run(code, LIMITS)).block.value).toBe("'all'");
  });
});

test("code that handles an absent package gets a plain ModuleNotFoundError", async () => {
  await withEpisode(pool, async ({ run }) => {
    const code = "try:\n  import numpy\nexcept ImportError as e:\n  name = e.name\nname";
    expect((await run(code)).block.value).toBe("'numpy'");
    expect((await run("import no_such_module")).block.exception).toMatch(
      /ModuleNotFoundError: No module named 'no_such_module'$/,
    );
  });
});

test("code that starts threads is pointed to batches", async () => {
  await withEpisode(pool, async ({ run }) => {
    const code =
      "from concurrent.futures import ThreadPoolExecutor\nlist(ThreadPoolExecutor(4).map(llm_query, ['a', 'b']))";
    expect((await run(code)).block.exception).toContain("llm_query_batched asks many prompts at once");
  });
});
