/** No output shows a secret in a URL that a flag was given, and no file does: every flag of every verb that takes a URL. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rlmGym, ROOT } from "./command.ts";

const SECRET = "SECRETKEY";
const HTTP_URLS = [
  `http://user:${SECRET}@127.0.0.1:1/v1`,
  `http://127.0.0.1:1/v1?api_key=${SECRET}`,
  `htps://user:${SECRET}@127.0.0.1:1`,
];
/** Nobody listens there. A password may stand in the URL, and no output shows it. */
const REDIS_URLS = [
  `redis://user:${SECRET}@127.0.0.1:1/0`,
  `redis://127.0.0.1:1/0?password=${SECRET}`,
  `redsi://:${SECRET}@127.0.0.1:1`,
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rlm-gym-secrets-"));
  await writeFile(join(folder, "book.txt"), "a book");
  await writeFile(join(folder, "predictions.jsonl"), '{"id":"a","prediction":"b"}\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** What each verb needs besides the flag. `{folder}` is a folder of the test's own, `{out}` a new one. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  ask: ["what?", "--context", "{folder}/book.txt"],
  compare: ["s-niah", "--length", "500", "--episodes", "1", "--policies", "grep", "--out", "{out}"],
  "data score": ["--env", "longbench-pro", "--predictions", "{folder}/predictions.jsonl"],
  gateway: ["--out", "{out}", "--port", "0"],
  "optimise prompt": [
    "s-niah",
    "--length",
    "500",
    "--policy",
    "simulated",
    "--budget",
    "60",
    "--out",
    "{out}",
  ],
  replay: ["{folder}", "--from-turn", "0", "--policy", "grep", "--out", "{out}"],
  rollout: ["s-niah", "--length", "500", "--episodes", "1", "--policy", "grep", "--out", "{out}"],
  serve: ["--env", "s-niah", "--length", "500", "--port", "0", "--out", "{out}"],
  worker: [],
};

/** The flags that take a URL, by verb, as the command's own help tells them. */
async function urlFlags(): Promise<[verb: string, flag: string][]> {
  const text = await readFile(join(ROOT, "docs/cli.md"), "utf8");
  return text.split(/^##+ /m).flatMap((section) => {
    const [verb = ""] = section.split("\n", 1);
    const [, options = ""] = section.split(/^Options:$|^[A-Z][a-z ]+:$/m).length > 1 ? [verb, section] : [];
    return [...options.matchAll(/^ {6}--([\w-]+)( .*(?:\n {20,}.*)*)/gm)].flatMap(
      ([, flag = "", about = ""]) =>
        /\bURL\b|redis:\/\/|model server as this machine/.test(about)
          ? [[verb, flag] as [string, string]]
          : [],
    );
  });
}

const found = await urlFlags();

it("the flags that take a URL are known here", () => {
  expect(found.length).toBeGreaterThan(15);
  expect([...new Set(found.map(([verb]) => verb))].toSorted()).toEqual(Object.keys(VERBS).toSorted());
});

let runs = 0;
describe.each(found)("%s --%s", (verb, flag) => {
  const urls = flag === "redis" ? REDIS_URLS : HTTP_URLS;
  it.each(urls)("keeps the secret of %s", async (url) => {
    const out = join(folder, `out-${(runs += 1)}`);
    const rest = VERBS[verb]!.map((arg) => arg.replace("{folder}", folder).replace("{out}", out));
    const { code, stdout, stderr } = await rlmGym([...verb.split(" "), ...rest, `--${flag}`, url]);
    expect(`${stdout}${stderr}`).not.toContain(SECRET);
    // It was looked at, and nothing else was wrong.
    expect(stderr).toMatch(/expected (?:a URL|no user|nothing)|^rlm-gym: Redis at |--redis/);
    expect(code).not.toBe(0);
    for (const file of existsSync(out) ? await readdir(out, { recursive: true, withFileTypes: true }) : [])
      if (file.isFile())
        expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain(SECRET);
  });
});
