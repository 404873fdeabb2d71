// @ts-check
/** Translates a pattern from the syntax of Python's `re` to RE2's. It names and refuses features that RE2 lacks. */
import { quoted } from "./character-class.js";
import { Scanner, escapedCharacter, escapedClass, readSet } from "./pattern-scanner.js";

/**
 * `literal`: the text if the pattern is only text, or null. `required`: a text that is in every match, and `lead`, the most
 * characters of a match before it. `width`: the most characters of a match. `lead` and `width` may be Infinity.
 * @typedef {{
 *   expression: string,
 *   flags: ReadonlySet<string>,
 *   literal: string | null,
 *   required: { text: string, lead: number } | null,
 *   width: number,
 * }} Translated
 */

/**
 * @param {string} source
 * @returns {Translated}
 */
export function translatePattern(source) {
  return new Translation(source).run();
}

/** Features that cannot be matched in linear time, by the characters after their opening parenthesis. */
const refusedGroups = {
  "?=": "look-ahead",
  "?!": "look-ahead",
  "?<=": "look-behind",
  "?<!": "look-behind",
  "?P=": "a backreference",
  "?>": "an atomic group",
  "?(": "a conditional group",
};

class Translation {
  #scanner;
  #expression = "";
  /** @type {Set<string>} */
  #flags = new Set();
  #isLiteral = true;

  // The most characters of the last atom and of each open group so far. The innermost group is the last.
  #atom = 0;
  #groups = [{ widest: 0, width: 0 }];

  // Runs of plain characters outside of groups. Every match has all of them, unless the pattern has alternatives.
  #runs = [{ text: "", lead: 0 }];
  #isAlternation = false;

  /** @param {string} source */
  constructor(source) {
    this.#scanner = new Scanner(source);
  }

  /** @returns {Translated} */
  run() {
    this.#globalFlags();
    while (!this.#scanner.isAtEnd) this.#piece();
    if (this.#groups.length > 1) throw this.#scanner.fault("a group is not closed");
    const isSearchable = !this.#isAlternation && !this.#flags.has("i");
    const required = isSearchable ? longest(this.#runs) : null;
    return {
      expression: this.#expression,
      flags: this.#flags,
      literal: this.#isLiteral ? (required?.text ?? null) : null,
      required,
      width: widthOf(this.#group()),
    };
  }

  #piece() {
    const character = this.#scanner.take();
    if (character === "\\") this.#escape();
    else if (character === "[") this.#special(readSet(this.#scanner, this.#flags.has("a")), 1);
    else if (character === "(") this.#openGroup();
    else if (character === ")") this.#closeGroup();
    else if (character === "|") this.#alternative();
    else if (character === ".") this.#special(".", 1);
    else if (character === "^" || character === "$") this.#special(character, 0);
    else if (!this.#quantifier(character)) this.#plain(character);
  }

  /** @param {string} character */
  #plain(character) {
    if (this.#groups.length === 1) {
      const run = this.#run();
      if (run.text === "") run.lead = this.#group().width;
      run.text += character;
    }
    this.#append(quoted(character), 1);
  }

  /**
   * @param {string} expression
   * @param {number} width
   */
  #special(expression, width) {
    this.#isLiteral = false;
    this.#runs.push({ text: "", lead: 0 });
    this.#append(expression, width);
  }

  /**
   * @param {string} expression
   * @param {number} width
   */
  #append(expression, width) {
    this.#expression += expression;
    this.#atom = width;
    this.#group().width += width;
  }

  #escape() {
    const members = escapedClass(this.#scanner, this.#flags.has("a"));
    if (members) return this.#special(`[${members}]`, 1);
    const assertion = this.#scanner.match(/[AbBzZ]/y);
    if (assertion) return this.#special(assertion[0] === "Z" ? "\\z" : `\\${assertion[0]}`, 0);
    this.#plain(escapedCharacter(this.#scanner));
  }

  /** @param {string} character */
  #quantifier(character) {
    const bounds = character === "{" ? this.#scanner.match(/(\d+)\}|(\d*),(\d*)\}/y) : null;
    if (bounds === null && !"*+?".includes(character)) return false;
    const [, exact, least = exact ?? "0", most = exact ?? ""] = bounds ?? [];
    const isLazy = this.#scanner.match(/\?/y) !== null;
    if (this.#scanner.match(/\+/y)) throw this.#scanner.fault("a possessive quantifier is not supported");
    if (this.#groups.length === 1) this.#run().text = this.#run().text.replace(/.$/su, "");
    const atom = this.#atom;
    this.#special((bounds ? `{${least || 0},${most}}` : character) + (isLazy ? "?" : ""), 0);
    const times = bounds ? (most === "" ? Infinity : Number(most)) : character === "?" ? 1 : Infinity;
    if (atom > 0) this.#group().width += times === 0 ? 0 : atom * (times - 1);
    return true;
  }

  #globalFlags() {
    for (let found; (found = this.#scanner.match(/\(\?([aiLmsux]+)\)/y));)
      for (const flag of found[1] ?? "") this.#flags.add(this.#supported(flag));
  }

  /** @param {string} flag */
  #supported(flag) {
    if (flag === "x") throw this.#scanner.fault("the verbose flag x is not supported");
    if (flag === "L") throw this.#scanner.fault("the locale flag L is for bytes only");
    return flag;
  }

  #openGroup() {
    if (this.#scanner.match(/\?#[^)]*\)/y)) return;
    this.#special(`(${this.#groupKind()}`, 0);
    this.#groups.push({ widest: 0, width: 0 });
  }

  /** The characters after the opening parenthesis that say which kind of group it is; empty for a plain group. */
  #groupKind() {
    const refused = this.#scanner.match(/\?(?:[=!>(]|<[=!]|P=)/y)?.[0];
    if (refused !== undefined)
      throw this.#scanner.fault(
        `${refusedGroups[/** @type {keyof typeof refusedGroups} */ (refused)]} cannot be matched in linear time`,
      );
    const known = this.#scanner.match(/\?(?:P<[^>]*>|[ims]*(?:-[ims]+)?:)/y);
    if (known === null && this.#scanner.match(/\?/y))
      throw this.#scanner.fault("unknown group; flags for the whole pattern stand at its start");
    return known?.[0] ?? "";
  }

  #closeGroup() {
    const group = this.#groups.pop();
    if (group === undefined || this.#groups.length === 0) throw this.#scanner.fault("unbalanced parenthesis");
    this.#special(")", widthOf(group));
  }

  #alternative() {
    const group = this.#group();
    group.widest = widthOf(group);
    group.width = 0;
    this.#isAlternation ||= this.#groups.length === 1;
    this.#special("|", 0);
  }

  #group() {
    return /** @type {{ widest: number, width: number }} */ (this.#groups.at(-1));
  }

  #run() {
    return /** @type {{ text: string, lead: number }} */ (this.#runs.at(-1));
  }
}

/** @param {{ widest: number, width: number }} group */
function widthOf(group) {
  return Math.max(group.widest, group.width);
}

/** @param {readonly { text: string, lead: number }[]} runs */
function longest(runs) {
  const best = runs.reduce((a, b) => (b.text.length > a.text.length ? b : a));
  return best.text === "" ? null : best;
}
