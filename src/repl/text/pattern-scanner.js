// @ts-check
/** A cursor over the source of a pattern, and the parts of Python's syntax that are the same inside and outside a set. */
import { characterClass, quoted } from "./character-class.js";
import { TextFault } from "./fault.js";

/** @type {{ readonly [letter: string]: string }} */
const controls = { a: "\x07", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

export class Scanner {
  #source;
  #at = 0;

  /** @param {string} source */
  constructor(source) {
    this.#source = source;
  }

  get isAtEnd() {
    return this.#at >= this.#source.length;
  }

  /** Returns the next character, and moves past it. */
  take() {
    const character = this.#source.codePointAt(this.#at);
    if (character === undefined) throw this.fault("it ends too early");
    const text = String.fromCodePoint(character);
    this.#at += text.length;
    return text;
  }

  /**
   * Matches a sticky expression at the cursor, moves past the match and returns it.
   * @param {RegExp} expression
   */
  match(expression) {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#source);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  /** @param {string} reason */
  fault(reason) {
    return new TextFault("usage", `pattern ${JSON.stringify(this.#source)}: ${reason}`);
  }
}

/**
 * The character that an escape names. The cursor is after the backslash.
 * @param {Scanner} scanner
 */
export function escapedCharacter(scanner) {
  const octal = scanner.match(/0[0-7]{0,2}|[0-3][0-7]{2}/y);
  if (octal) return String.fromCodePoint(Number.parseInt(octal[0], 8));
  const hexadecimal = scanner.match(
    /x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U(00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})/y,
  );
  if (hexadecimal) return String.fromCodePoint(Number.parseInt(hexadecimal[0].slice(1), 16));
  const letter = scanner.take();
  if (/[1-9]/.test(letter)) throw scanner.fault("a backreference cannot be matched in linear time");
  const control = controls[letter];
  if (control === undefined && /[A-Za-z]/.test(letter)) throw scanner.fault(`bad escape \\${letter}`);
  return control ?? letter;
}

/**
 * The class that an escape such as `\w` names, as the inside of a bracket. The cursor is after the backslash.
 * @param {Scanner} scanner
 * @param {boolean} isAscii
 */
export function escapedClass(scanner, isAscii) {
  const letter = scanner.match(/[dDsSwW]/y);
  return letter && characterClass(letter[0], isAscii);
}

/**
 * A set such as `[^a-z\d]`, written for RE2. The cursor is after the opening bracket.
 * @param {Scanner} scanner
 * @param {boolean} isAscii
 */
export function readSet(scanner, isAscii) {
  let members = scanner.match(/\^/y) ? "^" : "";
  members += setMember(scanner, isAscii);
  while (!scanner.match(/\]/y)) members += setMember(scanner, isAscii);
  return `[${members}]`;
}

/**
 * @param {Scanner} scanner
 * @param {boolean} isAscii
 */
function setMember(scanner, isAscii) {
  const low = setAtom(scanner, isAscii);
  if (low.members !== undefined) return low.members;
  if (!scanner.match(/-(?!\])/y)) return quoted(low.character);
  const high = setAtom(scanner, isAscii);
  if (high.members !== undefined) throw scanner.fault("a range in a set cannot end in a class");
  return `${quoted(low.character)}-${quoted(high.character)}`;
}

/**
 * @param {Scanner} scanner
 * @param {boolean} isAscii
 * @returns {{ character: string, members?: undefined } | { members: string }}
 */
function setAtom(scanner, isAscii) {
  if (!scanner.match(/\\/y)) return { character: scanner.take() };
  if (scanner.match(/b/y)) return { character: "\b" };
  const members = escapedClass(scanner, isAscii);
  return members ? { members } : { character: escapedCharacter(scanner) };
}
