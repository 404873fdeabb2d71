// @ts-check
/**
 * The lint rule for the rooms: imports point downwards, type imports too. A room imports from lower floors and
 * from itself; rooms of one floor do not import each other. `docs/extending.md` shows the rooms.
 */
import path from "node:path";

/** From the ground up: folders, and files that form their own room. */
const FLOORS = [
  ["src/errors.ts"],
  ["src/text-file.ts"],
  ["src/types.ts"],
  ["src/mersenne-twister.ts", "src/on-abort.ts"],
  ["src/call.ts", "src/episode-figures.ts"],
  ["src/random.ts", "src/numpy-random.ts", "src/statistics.ts", "src/until-aborted.ts", "src/version.ts"],
  ["src/trajectory.ts", "src/known-options.ts", "src/optional-packages.ts"],
  ["src/data", "src/files", "src/http", "src/parse", "src/repl"],
  ["src/cost", "src/rewards", "src/telemetry"],
  ["src/metrics", "src/models"],
  ["src/languages"],
  ["src/policies", "src/record"],
  ["src/episode"],
  ["src/export"],
  ["src/runs"],
  ["src/env", "src/gateway", "src/import", "src/report"],
  ["src/replay", "src/server", "src/view"],
  ["src/queue"],
  ["src/completion.ts", "src/rollout"],
  ["src/stream-completion.ts", "src/session.ts", "src/train", "src/optimise"],
  ["src/index.ts"],
  ["datasets"],
  ["envs"],
  ["index.ts", "entries"],
  ["scripts", "viewer"],
];

/** Rooms that may use less than the floors below them: rewards and exporters are pure functions of saved records. */
const STANDS_ON = new Map([
  [
    "src/rewards",
    ["src/types.ts", "src/errors.ts", "src/random.ts", "src/statistics.ts", "src/trajectory.ts"],
  ],
  [
    "src/export",
    [
      "src/types.ts",
      "src/errors.ts",
      "src/random.ts",
      "src/statistics.ts",
      "src/trajectory.ts",
      "src/data",
      "src/files",
      "src/record/trajectory-row.ts",
      "src/record/language-of-record.ts",
      "src/languages/registry.ts",
      "src/languages/python/parse/parse.ts",
      "src/parse",
      "src/episode/prompt.ts",
    ],
  ],
]);

/** @type {ReadonlyMap<string, number>} */
const FLOOR_OF = new Map(
  FLOORS.flatMap((rooms, floor) => rooms.map((room) => /** @type {const} */ ([room, floor]))),
);

/** The room of a file of the repository, or null for a file outside the rooms. @param {string} file */
function roomOf(file) {
  const parts = file.split("/");
  return [parts.slice(0, 2).join("/"), parts[0] ?? ""].find((name) => FLOOR_OF.has(name)) ?? null;
}

/**
 * Why a file may not import another one, or null if it may. Paths are relative to the repository.
 * @param {string} file @param {string} target
 */
function problemOf(file, target) {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === null || from === to) return null;
  if (to === null)
    return target.startsWith("src/") ? `${target} is in no room that tools/rooms-lint.js names` : null;
  if (Number(FLOOR_OF.get(to)) >= Number(FLOOR_OF.get(from)))
    return `${from} imports ${to}, which does not stand below it: imports point downwards, types included`;
  const allowed = STANDS_ON.get(from);
  if (allowed && !allowed.some((name) => target === name || target.startsWith(`${name}/`)))
    return `${from} may import ${allowed.join(", ")} alone, not ${target}`;
  return null;
}

const downwardImports = {
  /** @param {any} context */
  create(context) {
    const file = path
      .relative(context.cwd ?? process.cwd(), context.filename)
      .split(path.sep)
      .join("/");
    /** @param {any} node */
    const check = (node) => {
      const name = node.source?.value;
      if (typeof name !== "string" || !name.startsWith(".")) return;
      const message = problemOf(file, path.posix.join(path.posix.dirname(file), name));
      if (message !== null) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      /** @param {any} node */
      TSImportType: (node) => check({ ...node, source: node.source ?? node.argument }),
    };
  },
};

export default { meta: { name: "rooms" }, rules: { "downward-imports": downwardImports } };
