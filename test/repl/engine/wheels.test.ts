import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../../../src/errors.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { loadRuntime, withWheels } from "../../../src/repl/engine/runtime.ts";
import { readWheels } from "../../../src/repl/engine/wheels.ts";
import type { WorkerRepl } from "../../../src/repl/pool/worker-repl.ts";
import { echo, withEpisode } from "../repl-contract.ts";
import { wheelFiles, writeWheel, zipOf } from "../wheel-fixture.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-wheels-"));
});
afterEach(() => rm(folder, { recursive: true }));

const MODULES = {
  "greeting/__init__.py": "from greeting.words import WORD\ndef greet(name): return f'{WORD}, {name}'\n",
  "greeting/words.py": "WORD = 'hello'\n",
  "greeting/later.py": "LATER = 1\n",
  "single.py": "def double(x): return 2 * x\n",
};
/** Looks for modules that lead to JavaScript at its import. */
const SEEKER =
  "found = []\nfor name in ('js', 'pyodide', 'ctypes'):\n  try: found.append(__import__(name))\n  except ImportError: pass\n";

/** Replaces functions of Python that Pyodide calls while it starts and JavaScript is still within reach. */
const HOOKER = `import gc, sys
def hook(*_):
  import builtins
  try:
    import js
    builtins.REACHED = type(js).__name__
  except BaseException as error: builtins.REFUSED = repr(error)
for held in gc.get_objects():
  if type(held) is dict and held.get('__name__') in ('_pyodide', '_pyodide._base', '_pyodide._importhook', '_rlm.lock_down'):
    for name in ('set_excepthook', 'lock_down', 'find_spec', 'begin'):
      if name in held: held[name] = hook
sys.meta_path.insert(0, type('Finder', (), {'find_spec': staticmethod(lambda *_, **__: hook())}))
`;

/** A snapshot takes seconds to make, so the tests of one folder of wheels share it. */
describe("wheels", () => {
  let cacheFolder: string;
  let wheelFolder: string;
  beforeAll(async () => {
    cacheFolder = await mkdtemp(path.join(tmpdir(), "rlm-gym-cache-"));
    wheelFolder = await mkdtemp(path.join(tmpdir(), "rlm-gym-wheels-"));
    await writeWheel(wheelFolder, "greeting", MODULES);
    await writeWheel(wheelFolder, "seeker", { "seeker.py": SEEKER });
    await writeWheel(wheelFolder, "hooker", { "hooker.py": HOOKER });
    await writeWheel(wheelFolder, "moved", {
      "moved-1.0.data/purelib/moved/__init__.py": "from moved.inner import WHERE\nimport beside\n",
      "moved-1.0.data/purelib/moved/inner.py": "WHERE = 'purelib'\n",
      "moved-1.0.data/platlib/beside.py": "WHERE = 'platlib'\n",
      "moved-1.0.data/scripts/run.py": "raise SystemExit\n",
    });
  });
  afterAll(() => Promise.all([cacheFolder, wheelFolder].map((made) => rm(made, { recursive: true }))));

  test.each(["thread", "process"] as const)(
    "are found imported in every episode of a %s, whatever the one before did to them",
    async (isolation) => {
      const pool = new PyodideReplPool({ wheelFolder, isolation, cacheFolder });
      await withEpisode(pool, async ({ run }) => {
        const { block } = await run(
          "import sys\n'greeting.words' in sys.modules, 'greeting.later' in sys.modules, __import__('greeting').greet('you')",
        );
        expect(block.value).toBe("(True, False, 'hello, you')");
        const code = `import greeting, single, greeting.later, os, importlib.metadata
greeting.greet = None
try: open('/lib/wheels/greeting-1.0-py3-none-any.whl', 'wb').write(b'spoilt')
except OSError as error: print('refused')
greeting.later.LATER, single.double(4), importlib.metadata.version('greeting')`;
        // Reading package metadata imports many modules that nothing else needs.
        expect((await run(code, { timeoutMs: 60_000 })).block).toMatchObject({
          value: "(1, 8, '1.0')",
          stdout: "refused\n",
        });
        expect((await run("import seeker\nseeker.found")).block.value).toBe("[]");
        expect((await run("import builtins\ngetattr(builtins, 'REACHED', None)")).block.value).toBeNull();
        const placed = "import moved, sys\nmoved.WHERE, moved.beside.WHERE, 'run' in sys.modules";
        expect((await run(placed)).block.value).toBe("('purelib', 'platlib', False)");
        await run("import os\nos.remove('/lib/wheels/greeting-1.0-py3-none-any.whl')");
      });
      await withEpisode(pool, async ({ run }) => {
        expect((await run("import greeting, greeting.later\ngreeting.greet('you')")).block.value).toBe(
          "'hello, you'",
        );
      });
      await pool.close();
    },
  );

  test("share the snapshot of the bare interpreter, and are absent in pools without wheels or with others", async () => {
    await writeWheel(folder, "greeting", { ...MODULES, "greeting/words.py": "WORD = 'goodbye'\n" });
    const pools = [{}, { wheelFolder }, { wheelFolder: folder }].map(
      (options) => new PyodideReplPool({ ...options, cacheFolder }),
    );
    const shown = await Promise.all(
      pools.map((pool) =>
        withEpisode(pool, async ({ run }) => {
          const { block } = await run("import greeting\ngreeting.greet('you')");
          return block.value ?? block.exception?.split("\n").at(-1);
        }),
      ),
    );
    expect(shown).toEqual([
      "ModuleNotFoundError: No module named 'greeting'",
      "'hello, you'",
      "'goodbye, you'",
    ]);
    await Promise.all(pools.map((pool) => pool.close()));
    expect((await readdir(cacheFolder)).filter((name) => name.endsWith(".bin"))).toHaveLength(1);
  });

  test("give every process the same floor, so that a state can be resumed in another", async () => {
    const pool = new PyodideReplPool({ wheelFolder, isolation: "process", cacheFolder, size: 2 });
    await withEpisode(pool, async ({ repl, run }) => {
      await run("import greeting\nkept = greeting.greet('you')\ndef g():\n  yield kept\nit = g()");
      const fork = await (repl as WorkerRepl).fork(echo);
      const [one, other] = await Promise.all([
        run("next(it)"),
        fork.exec("next(it)", { timeoutMs: 30_000, maxOutputChars: 100 }),
      ]);
      expect([one.block.value, other.block.value]).toEqual(["'hello, you'", "'hello, you'"]);
      await pool.release(fork);
    });
    await pool.close();
  });

  test("of different content make different builds", async () => {
    const bare = await loadRuntime({ maxHeapBytes: 512 << 20, cacheFolder });
    const withOne = withWheels(bare, await readWheels(wheelFolder));
    await writeWheel(folder, "parting", { "parting.py": "" });
    const withAnother = withWheels(bare, await readWheels(folder));
    expect(new Set([bare.key, withOne.key, withAnother.key]).size).toBe(3);
    expect(withWheels(bare, [])).toBe(bare);
    expect(withAnother.runtime.module).toBe(bare.runtime.module);
  });
});

describe("a folder of wheels is refused", () => {
  const write = (name: string, files: Record<string, string>) =>
    writeFile(path.join(folder, name), zipOf(files));

  test.each([
    [
      "that is not there",
      () => rm(folder, { recursive: true }).then(() => writeFile(folder, "")),
      "cannot be read",
    ],
    [
      "that holds none",
      () => writeFile(path.join(folder, "notes.txt"), ""),
      "holds no file that ends in .whl",
    ],
    [
      "with one built for a platform",
      () => write("fast-2.1-cp314-cp314-manylinux_2_17_x86_64.whl", {}),
      "fast-2.1-cp314-cp314-manylinux_2_17_x86_64.whl is built for manylinux_2_17_x86_64",
    ],
    [
      "with one for Python 2",
      () => write("old-1.0-py2-none-any.whl", {}),
      "old-1.0-py2-none-any.whl is for py2",
    ],
    ["with a file of another name", () => write("greeting.whl", {}), "greeting.whl is not named as a wheel"],
    [
      "with one that hides native code",
      () =>
        write("sly-1.0-py3-none-any.whl", wheelFiles("sly", { "sly/__init__.py": "", "sly/fast.so": "" })),
      "sly-1.0-py3-none-any.whl cannot be used: its file sly/fast.so is native code",
    ],
    [
      "with one that climbs",
      () => write("sly-1.0-py3-none-any.whl", wheelFiles("sly", { "../sly.py": "" })),
      "its file ../sly.py would lie outside of it",
    ],
    [
      "with one that is no archive",
      () =>
        writeFile(
          path.join(folder, "bad-1.0-py3-none-any.whl"),
          "no zip at all, though it is long enough to be one",
        ),
      "bad-1.0-py3-none-any.whl cannot be used: it is not a zip archive, or it was cut short",
    ],
    [
      "with one that describes itself nowhere",
      () => write("bare-1.0-py3-none-any.whl", { "bare.py": "" }),
      "has no .dist-info/WHEEL",
    ],
    [
      "with two of one project",
      async () => {
        await rename(
          await writeWheel(folder, "greeting", MODULES),
          path.join(folder, "Greeting-0.9-py3-none-any.whl"),
        );
        await writeWheel(folder, "greeting", MODULES);
      },
      "are wheels of the same project",
    ],
  ] as const)("%s", async (_, make, message) => {
    await make();
    await expect(readWheels(folder)).rejects.toThrow(message);
  });

  test("with one that was cut short or damaged at any byte", async () => {
    const file = await writeWheel(folder, "greeting", MODULES);
    const whole = await readFile(file);
    for (const length of [0, 10, whole.length >> 1, whole.length - 1]) {
      await writeFile(file, whole.subarray(0, length));
      await expect(readWheels(folder)).rejects.toThrow("greeting-1.0-py3-none-any.whl cannot be used");
    }
    const inAFile = whole.indexOf("greeting/__init__.py") + 30;
    const damaged = Buffer.from(whole);
    damaged[inAFile] = Number(damaged[inAFile]) ^ 0xff;
    await writeFile(file, damaged);
    await expect(readWheels(folder)).rejects.toThrow("its file greeting/__init__.py is damaged");
  });

  test.each([
    [
      "needs what is not there",
      { "needy.py": "import absent_package" },
      "`import needy` raised ModuleNotFoundError: No module named 'absent_package'",
    ],
    [
      "brings the interpreter down",
      { "needy.py": "import os\nos._exit(3)" },
      "its import brought the interpreter down",
    ],
    [
      "asks for the host",
      { "needy.py": "import os\nos.system('ls')" },
      "the sandbox does not allow _emscripten_system",
    ],
    ["uses up the memory", { "needy.py": "x = bytearray(1 << 30)" }, "`import needy` raised MemoryError"],
    ["has the name of another module", { "json.py": "" }, "there is a module json already"],
  ] as const)("with one whose import %s", async (_, modules, message) => {
    await writeWheel(folder, "needy", modules);
    const pool = new PyodideReplPool({ wheelFolder: folder });
    const failure = await pool.ready().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DataError);
    expect(String(failure)).toContain("the wheel needy-1.0-py3-none-any.whl cannot be used: ");
    expect(String(failure)).toContain(message);
    await pool.close();
  });
});
