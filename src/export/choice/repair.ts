/** Finds mistakes in the form of a completion, and repairs those that can be repaired without guessing what was meant. */
import { PARSE_RULES, type ParseRules } from "../../languages/python/parse/parse.ts";
import { languageNamed } from "../../languages/registry.ts";
import type { Trajectory, Turn } from "../../trajectory.ts";

/** One change of a text: the rule's name, and the text before and after. */
export interface Change {
  readonly rule: "close-fence" | "final-beside-code" | "final-to-final-var";
  readonly before: string;
  readonly after: string;
}

export interface Repaired {
  readonly text: string;
  readonly changes: readonly Change[];
}

const FINAL_LINE = /^[ \t>*`-]*FINAL[ \t]*\(.*(?:\n|$)/m;

/**
 * Closes a code fence that the completion left open; removes a FINAL that was written beside code and had no effect;
 * and turns FINAL into FINAL_VAR if it names a variable that the episode's code had assigned. Null if the completion
 * still cannot be read. The tool dialect has no template, and is only read, as is a language other than Python.
 */
export function repairTurn(trajectory: Trajectory, turn: Turn): Repaired | null {
  const { dialect, severalBlocks = false } = trajectory;
  const rules = PARSE_RULES[trajectory.rules ?? "0.1.0"];
  if ((trajectory.language ?? "python") !== "python") return readInOther(trajectory, turn);
  const read = (text: string) => rules.parse({ ...turn.completion, text }, dialect, severalBlocks);
  const readable = (text: string) => {
    const { invalid, notes } = read(text);
    return invalid === null && notes.length === 0;
  };
  const changes: Change[] = [];
  let { text } = turn.completion;
  const change = (rule: Change["rule"], after: string) => {
    if (after === text) return;
    changes.push({ rule, before: text, after });
    text = after;
  };
  if (dialect === "repl") {
    change("close-fence", closeFence(rules, text, turn));
    if (read(text).notes.some(({ kind }) => kind === "final_beside_code"))
      change("final-beside-code", withoutFinal(rules, text));
    change("final-to-final-var", finalToVariable(rules, text, assignedBefore(trajectory, turn)));
  }
  return readable(text) ? { text, changes } : null;
}

/** The repairs know Python alone: a completion in another language is only read. */
function readInOther(trajectory: Trajectory, { completion }: Turn): Repaired | null {
  const { dialect, severalBlocks = false, language = "python", rules, promptStyle } = trajectory;
  const { invalid, notes } = languageNamed(language, rules, promptStyle).parse(
    completion,
    dialect,
    severalBlocks,
  );
  return invalid === null && notes.length === 0 ? { text: completion.text, changes: [] } : null;
}

function closeFence(rules: ParseRules, text: string, { completion }: Turn): string {
  const open = rules.findFences(text).some(({ closed }) => !closed);
  return open && completion.finishReason !== "length" ? `${text.trimEnd()}\n\`\`\`` : text;
}

/** Removes the line if it is in the prose, not in code. */
function withoutFinal(rules: ParseRules, text: string): string {
  let from = 0;
  for (const { start, end } of [...rules.findFences(text), { start: text.length, end: text.length }]) {
    const prose = text.slice(from, start);
    const without = prose.replace(FINAL_LINE, "");
    if (without !== prose) return (text.slice(0, from) + without + text.slice(start)).trimEnd();
    from = end;
  }
  return text;
}

function finalToVariable(rules: ParseRules, text: string, assigned: ReadonlySet<string>): string {
  const final = rules.findFinal(text);
  if (final === null || final.kind === "variable" || !assigned.has(final.text)) return text;
  return text.replace(/^([ \t>*`-]*)FINAL([ \t]*\()/m, "$1FINAL_VAR$2");
}

/** Names that code had assigned by the end of the turn; only plain assignments count, because those surely make variables. */
function assignedBefore({ turns }: Trajectory, { index }: Turn): Set<string> {
  const code = turns.slice(0, index + 1).flatMap(({ results }) => results.map((block) => block.code));
  const names = code.flatMap((block) => [...block.matchAll(/^([^\W\d]\w*)\s*(?::[^=\n]+)?=(?!=)/gmu)]);
  return new Set(names.map(([, name = ""]) => name));
}
