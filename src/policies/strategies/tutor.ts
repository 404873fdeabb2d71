/**
 * The strategy tutor: demonstrations for small models to learn from. Its programs are short, one idea a turn, in words and in an
 * order that vary from episode to episode, so that a model learns to program and not to recite. Some make a mistake that such
 * models make, see it in the output, and mend it.
 */
import type { Random } from "../../random.ts";
import type { Observation } from "../../types.ts";
import type { Policy } from "../policy.ts";
import { scriptedPolicy } from "./scripted.ts";

/** Plays one task: yields the Python of one turn at a time, and gets what that turn printed. It ends where it has no more to show. */
export type Lesson = (observation: Observation, words: Words) => Generator<string, void, Observation>;

/** The share of demonstrations that begin with a look at the text, and of those that make a mistake and mend it. */
const LOOKS_FIRST = 0.6;
const ERRS = 0.15;

/** Makes the strategy from the lesson of an environment. */
export function tutor(lesson: Lesson): Policy {
  return scriptedPolicy("tutor", function* ({ observation }, random) {
    const words = new Words(random);
    if (words.chance(LOOKS_FIRST)) yield { code: words.look(observation.context.type) };
    const program = lesson(observation, words);
    let step = program.next();
    if (!step.done && words.chance(ERRS)) yield { code: slip(step.value, words) };
    while (!step.done) step = program.next(yield { code: step.value });
  });
}

/** The words of one demonstration, drawn from those that say the same. */
export class Words {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** One of the alternatives. */
  any<T>(...alternatives: readonly [T, ...T[]]): T {
    return this.#random.choice(alternatives);
  }

  /** True with this probability. */
  chance(share: number): boolean {
    return this.#random.random() < share;
  }

  /** A comment above the code, or none. */
  remark(...alternatives: readonly [string, ...string[]]): string {
    return this.chance(0.5) ? `# ${this.any(...alternatives)}\n` : "";
  }

  /** Code that shows how the context begins. */
  look(type: string): string {
    const chars = this.any(200, 300, 400, 500);
    const text = type === "str" ? "context" : "str(context)";
    const begin = this.remark(
      "Look at the text first.",
      "How does the text begin?",
      "See what the context is.",
    );
    const show = this.any(
      `print(${text}[:${chars}])`,
      `print(len(context))\nprint(${text}[:${chars}])`,
      `print(type(context), len(context), ${text}[:${chars}])`,
    );
    return begin + show;
  }
}

/** The code with a slip that Python reports before anything was paid for; the right code follows. */
function slip(code: string, words: Words): string {
  const paid = code.search(/\bllm_query/);
  const slips: ((right: string) => string)[] = [
    (right) => right.replace(/\bcontext\b/, words.any("text", "ctx", "contexts")),
    (right) => right.replace(/\)$/, ""),
    (right) => (paid >= 0 ? right : right.replace(/\bre\.findall\(/, words.any("re.find_all(", "findall("))),
    (right) => (paid >= 0 ? right : right.replace(/\bprint\(/, words.any("show(", "prnt("))),
  ];
  const wrong = slips.map((spoil) => spoil(code)).filter((spoiled) => spoiled !== code);
  return wrong.length === 0 ? code : words.any(...(wrong as [string, ...string[]]));
}
