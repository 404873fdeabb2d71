/** The interpreter SCI, as the package nbb ships it in modules of Node, as one script without modules. */
import { readFile } from "node:fs/promises";

/** What the modules ask of Node: nothing of it is here. */
const NO_MODULE = `const noModule = {
  argv: ["nbb"], env: {}, platform: "linux", delimiter: ":",
  cwd: () => "/", resolve: (...parts) => parts.at(-1), dirname: () => "/", isAbsolute: () => true,
  existsSync: () => false, readFileSync: () => { throw new Error("there are no files"); },
  pathToFileURL: (path) => ({ href: path, toString: () => path }),
  createRequire: () => () => { throw new Error("there are no modules"); },
};`;

/** The text of the script: it puts the function \`loadString\` into the global name \`nbb\`. @param files of the package, in order */
export async function nbbScript(files: readonly string[]): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const bodies = texts.map((text) => `(function () {${bodyOf(text)}\n}).call(globalThis);`);
  return `(function () {
${NO_MODULE}
const $APP = {};
const shadow$provide = {};
const shadow_esm_import = () => Promise.reject(new Error("there are no modules"));
${bodies.join("\n")}
globalThis.nbb = { loadString: $APP.exported_loadString };
})();
undefined;`;
}

/** A module of the package as the body of a function; its compiler writes imports and exports in these forms alone. */
function bodyOf(text: string): string {
  return text
    .replace(/^import \{ \$APP, shadow\$provide \} from "[^"]+";$/m, "")
    .replace(/^const shadow_esm_import = .*$/m, "")
    .replace(/^export const (?:\$APP|shadow\$provide) = \{\};$/gm, "")
    .replaceAll(/import\*as (esm_import\$\w+)\s*from"[^"]+";/g, "const $1 = noModule;")
    .replaceAll(/export const (\w+)=([^;]+);/g, "$APP.exported_$1=$2;");
}
