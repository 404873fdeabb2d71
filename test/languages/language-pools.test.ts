/** One pool a language, for whatever plays or replays several of them. */
import { describe, expect, it } from "vitest";
import { javascriptIn } from "../../src/languages/javascript/language.ts";
import type { PoolSettings } from "../../src/languages/language.ts";
import { LanguagePools } from "../../src/languages/language-pools.ts";
import { pythonOf } from "../../src/languages/python/python.ts";
import { sqlIn } from "../../src/languages/sql/language.ts";
import type { ReplPool } from "../../src/repl/repl.ts";

/** Languages that say which pools they opened, and which were closed. */
function watched() {
  const opened: [language: string, settings: PoolSettings | undefined][] = [];
  const closed: string[] = [];
  const languages = [pythonOf(), sqlIn(), javascriptIn(), sqlIn("small")].map((language) => ({
    ...language,
    openPool: (settings?: PoolSettings): ReplPool => {
      opened.push([language.name, settings]);
      const close = async () => void closed.push(language.name);
      return { acquire: () => Promise.reject(new Error("not asked")), release: async () => {}, close };
    },
  }));
  return { opened, closed, languages };
}

describe("the pools of several languages", () => {
  it("opens each language's pool once, when it is first asked for, with the settings of all", async () => {
    const { opened, closed, languages } = watched();
    const [, sql, javascript, sqlAgain] = languages;
    const pools = new LanguagePools({ size: 3 });
    expect(opened).toEqual([]);
    const first = pools.of(sql!);
    expect(pools.of(sqlAgain!)).toBe(first);
    expect(pools.of(javascript!)).not.toBe(first);
    expect(opened).toEqual([
      ["sql", { size: 3 }],
      ["javascript", { size: 3 }],
    ]);
    await pools.close();
    expect(closed.toSorted()).toEqual(["javascript", "sql"]);
  });
});
