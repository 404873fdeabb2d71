// @ts-nocheck
/**
 * The shell of an episode, inside QuickJS: its files, the context among them, and a state that lasts from block to block. It is a
 * function of the host's functions, and returns what the worker calls.
 */
// oxlint-disable-next-line no-unused-expressions -- its value is the function
(function (print, ask, random, encode, decode, decodeBytes, sleep) {
  "use strict";
  const { Bash, InMemoryFs, getCommandNames } = globalThis.justBash;
  const { commands, toolCommand, shared } = globalThis.replCommands;
  delete globalThis.justBash;
  delete globalThis.replCommands;
  const { stringify, parse } = JSON;
  const HOME = "/home/user";
  /** Other interpreters, the network, and what needs code of the host. */
  const ABSENT =
    /^(python3?|sqlite3|js-exec|node|curl|wget|gzip|gunzip|zcat|tar|sha1sum|sha256sum|html-to-markdown)$/;
  /**
   * Time and memory bound a block; these are only so large that they do not come first. They stay below 2 ** 32, at which the
   * limits of JavaScript's own functions, such as that of `split`, begin again at zero.
   */
  const BOUNDLESS = 2 ** 31;
  const MANY_BYTES = 2 ** 30;
  /** What a script leaves behind; everything else of its state begins anew. */
  const KEPT =
    "env arrays cwd previousDir functions options shoptOptions directoryStack hashTable lastExitCode lastArg lastBackgroundPid nextVirtualPid completionSpecs".split(
      " ",
    );

  class Files extends InMemoryFs {
    async readFile(path, options) {
      const encoding = typeof options === "string" ? options : (options?.encoding ?? "utf8");
      const bytes = await this.readFileBuffer(path);
      if (/^utf-?8$/i.test(encoding)) return decode(bytes, "false");
      return /^(binary|latin1)$/.test(encoding) ? decodeBytes(bytes) : super.readFile(path, options);
    }
    async readFileBytes(path) {
      return decodeBytes(await this.readFileBuffer(path));
    }
  }

  /** A failure of the block as a whole. */
  class Failure extends Error {}

  const shell = new Bash({
    fs: new Files({}),
    cwd: HOME,
    env: { HOME, LANG: "C.UTF-8" },
    commands: getCommandNames().filter((name) => !ABSENT.test(name)),
    customCommands: commands,
    defenseInDepth: false,
    sleep: async (milliseconds) => sleep(String(milliseconds)),
    executionLimits: {
      maxSourceBytes: MANY_BYTES,
      maxCallDepth: 50,
      maxExecDepth: 20,
      maxSubstitutionDepth: 20,
      maxSourceDepth: 20,
      maxCommandCount: BOUNDLESS,
      maxLoopIterations: BOUNDLESS,
      maxAwkIterations: BOUNDLESS,
      maxSedIterations: BOUNDLESS,
      maxJqIterations: BOUNDLESS,
      maxQueryElements: BOUNDLESS,
      maxWorkUnits: BOUNDLESS,
      maxTraversalEntries: BOUNDLESS,
      maxTraversalWork: BOUNDLESS,
      maxGlobOperations: BOUNDLESS,
      maxArrayElements: BOUNDLESS,
      maxBraceExpansionResults: 1_000_000,
      maxStringLength: MANY_BYTES,
      maxInputBytes: BOUNDLESS,
      maxOutputSize: MANY_BYTES,
      maxLiveBytes: MANY_BYTES,
      maxFileSystemBytes: MANY_BYTES,
    },
  });
  shell.fs.mkdirSync(HOME, { recursive: true });
  const fresh = { ...shell.state };
  const own = new Map(commands.map(({ name }) => [name, shell.commands.get(name)]));
  /** The files of the context with their bytes. */
  const context = new Map();

  /** Called where the interpreter runs a script: the first one of a block is the block itself. */
  shell.entered = (state) => {
    shared.state ??= state;
    return state;
  };

  /** The outputs of scripts and loops that have not ended, from the outermost on. */
  const outputs = new Set();
  globalThis.replOutput = (output) => {
    const isOutermost = outputs.size === 0;
    outputs.add(output);
    const { build, appendResult } = output;
    // When a command of the script has ended, so have the loops in it that `return` or `exit` left.
    if (isOutermost)
      output.appendResult = (...given) => {
        outputs.clear();
        outputs.add(output);
        return appendResult.apply(output, given);
      };
    output.build = (...given) => {
      outputs.delete(output);
      return build.apply(output, given);
    };
    return output;
  };

  /** Prints what the block had printed before its end came from outside. */
  function printHeld() {
    for (const output of outputs) {
      print("0", output.stdoutChunks.join(""));
      print("1", output.stderrChunks.join(""));
    }
    outputs.clear();
  }

  /** Keeps what the last block left behind, even if it was stopped. */
  function keepState() {
    const { state } = shared;
    if (state === null) return;
    shared.state = null;
    const kept = {};
    // The attributes of variables have names such as readonlyVars.
    const names = Object.keys(state).filter(
      (name) => KEPT.includes(name) || /(?:Vars|[nN]amerefs)$/.test(name),
    );
    for (const name of names) if (state[name] !== undefined) kept[name] = state[name];
    shell.state = { ...fresh, startTime: shell.state.startTime, ...kept };
  }

  function putFile(name, text) {
    const path = `${HOME}/${name}`;
    const bytes = typeof text === "string" ? encode(text) : text;
    shell.fs.writeFileSync(path, bytes);
    context.set(path, shell.fs.data.get(path));
  }

  function bind(value) {
    if (typeof value === "string") putFile("context.txt", value);
    else if (value instanceof Uint8Array) putFile("context.bin", value);
    else {
      const digits = String(value.length).length;
      shell.fs.mkdirSync(`${HOME}/context`, { recursive: true });
      value.forEach((text, at) => putFile(`context/${String(at + 1).padStart(digits, "0")}.txt`, text));
    }
  }

  function bindJson(text) {
    const value = parse(text);
    if (Array.isArray(value)) putFile("context.jsonl", value.map((one) => `${stringify(one)}\n`).join(""));
    else putFile("context.json", `${stringify(value, null, 1)}\n`);
  }

  /** Puts back what the block overwrote of the context and of the REPL's commands. */
  function restore() {
    const restored = [];
    for (const [path, entry] of context) {
      if (shell.fs.data.get(path) === entry) continue;
      const folder = path.slice(0, path.lastIndexOf("/"));
      shell.fs.mkdirSync(folder, { recursive: true });
      shell.fs.data.set(path, entry);
      restored.push(path.slice(HOME.length + 1));
    }
    for (const [name, command] of own) {
      const isFunction = shell.state.functions.delete(name);
      const isAlias = shell.state.env.delete(`BASH_ALIAS_${name}`);
      if (shell.commands.get(name) !== command) shell.commands.set(name, command);
      if (isFunction || isAlias) restored.push(name);
    }
    return restored.slice(0, 100);
  }

  /** The last line of the errors, if the shell itself wrote it, and the others. */
  function lastError(stderr) {
    const lines = stderr.replace(/\n$/, "").split("\n");
    const last = lines.at(-1);
    return last.startsWith("bash: ") ? [last, lines.slice(0, -1).join("\n")] : ["", stderr];
  }

  async function run(code) {
    shared.refusal = null;
    outputs.clear();
    const { stdout, stderr, exitCode } = await shell.exec(code, { rawScript: true });
    outputs.clear();
    keepState();
    const [last, others] = lastError(stderr);
    const isFailure = exitCode > 1 || (exitCode === 1 && (last !== "" || shared.refusal !== null));
    print("0", stdout);
    if (!isFailure) return print("1", stderr);
    print("1", others);
    if (/out of memory/.test(last)) throw new RangeError("out of memory");
    const why = shared.refusal !== null && exitCode === 3 ? shared.refusal : last;
    throw new Failure(
      [why.replace(", increase executionLimits.maxCallDepth", ""), `exit status ${exitCode}`]
        .filter(Boolean)
        .join("\n"),
    );
  }

  return {
    run,
    begin(imported) {
      shared.delegates = imported.split(" ").includes("+delegates");
      shell.state.startTime = Date.now();
    },
    bind,
    bindJson,
    finish() {
      printHeld();
      keepState();
      const restored = restore();
      return stringify({ answer: shared.answer, restored });
    },
    describe(thrown) {
      if (thrown instanceof Failure) return thrown.message;
      return `bash: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    },
    defineTools(text) {
      for (const tool of parse(text)) {
        const command = toolCommand(tool);
        shell.registerCommand(command);
        own.set(tool.name, shell.commands.get(tool.name));
      }
    },
  };
});
