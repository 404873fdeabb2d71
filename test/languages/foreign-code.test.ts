import { describe, expect, it } from "vitest";
import { LANGUAGE_NAMES, languageNamed } from "../../src/languages/registry.ts";
import type { BlockResult } from "../../src/types.ts";

const CODE: Readonly<Record<string, readonly string[]>> = {
  Python: ["import re\nprint(1)", "for line in lines:\n    print(line)", "hits = [x for x in context if x]"],
  JavaScript: ["const x = 1;", "console.log(context.length)"],
  SQL: ["SELECT * FROM lines", "with t as (select 1) select * from t"],
  bash: ["grep -c dog context.txt", "for f in *; do echo $f; done", "n=$(wc -l < context.txt)"],
  Clojure: ["(println 1)", "(def x 1)\n(count x)"],
};

describe.each(LANGUAGE_NAMES.filter((name) => name !== "python"))("a block that failed in %s", (name) => {
  const language = languageNamed(name);

  it("is told which other language it reads like, with a right block", () => {
    for (const [title, codes] of Object.entries(CODE).filter(([one]) => one !== language.title))
      for (const code of codes) {
        const remarks = language.remarksOn!(failed(code));
        expect(remarks, code).toEqual([{ kind: "foreign_code", title }]);
        const text = language.wording.remark(remarks[0]!, "repl");
        expect(text).toContain(`reads like ${title}, and only ${language.title} is run here`);
        expect(text).toContain(`\`\`\`${language.fences[0]}\n`);
      }
  });

  it("is told nothing of that where it is written in the language itself, or did not fail", () => {
    for (const code of CODE[language.title]!) expect(language.remarksOn!(failed(code)), code).toEqual([]);
    expect(language.remarksOn!({ ...failed("import re"), outcome: "ok", exception: null })).toEqual([]);
  });
});

it.each(["javascript", "sql"])("%s tells nothing of that under the rules of before", (name) => {
  expect(languageNamed(name, "0.5.0").remarksOn!(failed("import re\nprint(1)"))).toEqual([]);
});

function failed(code: string): BlockResult {
  return {
    code,
    outcome: "exception",
    stdout: "",
    stderr: "",
    value: null,
    exception: "it failed",
    outputChars: 9,
    omittedChars: 0,
    stateKept: true,
  };
}
