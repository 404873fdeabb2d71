/** The moves in JavaScript. */
import type { MoveCode } from "./move-code.ts";

/** The code in JavaScript. */
export const JAVASCRIPT_MOVES: MoveCode = {
  comment: "//",
  forgetFound: "",
  forgetResult: "",
  peek: () => `const first = typeof context === "string" ? context : JSON.stringify(Object.values(context)[0]);
console.log(first.slice(0, 200));`,
  keepHits: 'const result = hits.join(", ");',
  keepReply: "const result = reply;",
  keepText: (text) => `const result = ${JSON.stringify(text)};`,
  show: 'console.log("result:", result.replaceAll("\\n", " ").slice(0, 200));',
  print: (line) => `console.log(${JSON.stringify(line)});`,
  compare: `const core = result.split(": ").at(-1).replace(/\\.+$/, "").trim().toLowerCase();
console.log("verification", core && reply.toLowerCase().includes(core) ? "agrees" : "differs");`,
};
