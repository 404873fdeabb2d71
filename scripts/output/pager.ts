/** Prints lines: in colour on a terminal, and through a pager if they do not fit on its screen. */
import { spawn } from "node:child_process";
import type { Kind, Line } from "../../src/view/lines.ts";
import { printable, unguarded } from "./guard-terminal.ts";

const COLOURS: Readonly<Record<Kind, readonly [on: string, off: string] | null>> = {
  plain: null,
  head: ["\u001B[1m", "\u001B[22m"],
  name: ["\u001B[36m", "\u001B[39m"],
  dim: ["\u001B[2m", "\u001B[22m"],
  code: ["\u001B[33m", "\u001B[39m"],
  good: ["\u001B[32m", "\u001B[39m"],
  bad: ["\u001B[31m", "\u001B[39m"],
};

/** @param paging false prints straight to stdout */
export async function page(lines: readonly Line[], paging: boolean): Promise<void> {
  const { isTTY, rows } = process.stdout;
  const coloured = isColoured(process.stdout);
  const text = `${lines.map((line) => asText(line, coloured)).join("\n")}\n`;
  if (isTTY && paging && lines.length >= rows && (await throughPager(text))) return;
  const stream = coloured ? unguarded(process.stdout) : process.stdout;
  stream.write(text);
}

/** Prints lines on stderr, coloured where it is a terminal. */
export function printToStderr(lines: readonly Line[]): void {
  const coloured = isColoured(process.stderr);
  const text = lines.map((line) => `${asText(line, coloured)}\n`).join("");
  (coloured ? unguarded(process.stderr) : process.stderr).write(text);
}

function isColoured({ isTTY }: NodeJS.WriteStream): boolean {
  return isTTY && !process.env.NO_COLOR;
}

/** What a model or a file wrote must not speak to the terminal, so each part is made printable before it is coloured. */
function asText(line: Line, coloured: boolean): string {
  return line
    .map(({ text, kind }) => {
      const colour = coloured ? COLOURS[kind] : null;
      const safe = printable(text);
      return colour ? colour[0] + safe + colour[1] : safe;
    })
    .join("");
}

/** False if there is no pager. */
function throughPager(text: string): Promise<boolean> {
  const pager = process.env.PAGER || "less";
  const env = { ...process.env, LESS: process.env.LESS ?? "FRX" };
  return new Promise((resolve) => {
    const child = spawn(pager, { shell: true, stdio: ["pipe", "inherit", "inherit"], env });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
    // Whoever leaves the pager early closes the pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });
}
