// @ts-nocheck
/**
 * A reader of Clojure's usual forms, inside QuickJS. The interpreter's own reader reads all of Clojure, and takes longer over a
 * small block than its evaluation does; this one reads what most code consists of, into the same data, and leaves the rest
 * (syntax quotes, metadata, tags, whatever is malformed) to that one.
 */
// oxlint-disable-next-line no-unused-expressions -- its value is the function
(function () {
  "use strict";
  const MAX_DEPTH = 60;
  const BLANK = /(?:[\s,]+|;[^\n]*)*/y;
  const TOKEN = /[^\s,()[\]{}"@^`~;\\]+/y;
  const STRING = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/y;
  const SYMBOL =
    /^(?:\/|[A-Za-z*+!_?<>=$&%.|-][\w*+!?<>=$&%.|'#-]*(?:\/[A-Za-z*+!_?<>=$&%.|-][\w*+!?<>=$&%.|'#-]*)?)$/;
  const KEYWORD = /^:[A-Za-z*+!_?<>=$&.|-][\w*+!?<>=$&.|#-]*(?:\/[A-Za-z*+!_?<>=$&.|-][\w*+!?<>=$&.|#-]*)?$/;
  const NUMBER = /^[-+]?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
  const SIGNED_DIGIT = /^[-+]?\d/;
  const PARAMETER = /^%(?:[1-9]|&)?$/;
  const ESCAPED = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "\\": "\\", '"': '"' };
  const CLOSERS = { "(": ")", "[": "]", "{": "}" };
  /** The reader met what it leaves to the interpreter's own. */
  const OTHER = { name: "another reader's form" };
  const END = { name: "the end of the text" };
  const SKIPPED = { name: "a form that counts for nothing" };

  /**
   * The interpreter's data, made as its own compiled code makes them: a call of `list` or `array-map` from outside costs several
   * times as much.
   */
  class Maker {
    constructor(data) {
      Object.assign(this, data);
      this.List = data.list(1).constructor;
      this.ArrayMap = data.arrayMap(1, 2).constructor;
      this.nothing = data.list();
    }
    listOf(forms, place) {
      if (forms.length === 0) return this.withMeta(this.nothing, place);
      let made = null;
      for (let at = forms.length - 1; at >= 0; at--)
        made = new this.List(at === 0 ? place : null, forms[at], made, forms.length - at, null);
      return made;
    }
    /** What a definition at the place of a form says of its var. */
    metaOfVar(form, space, name) {
      const { line, column, ns, name: nameKey, file, get, meta } = this;
      const place = meta(form);
      const entries = [
        line,
        get(place, line),
        column,
        get(place, column),
        ns,
        space,
        nameKey,
        name,
        file,
        null,
      ];
      return new this.ArrayMap(null, 5, entries, null);
    }
    place(line, column) {
      return new this.ArrayMap(null, 2, [this.line, line, this.column, column], null);
    }
  }

  /** Reads forms one after the other. */
  class Reader {
    /** @param {string} text @param {Maker} data */
    constructor(text, data) {
      this.text = text;
      this.data = data;
      this.at = 0;
      this.line = 1;
      this.lineStart = 0;
      this.depth = 0;
      /** The parameters of the function literal that is being read. */
      this.parameters = null;
    }

    /** The next form, `END`, or `OTHER`; after the latter, `rest` is the text from the form on. */
    next() {
      for (;;) {
        this.skipBlank();
        const [start, line, lineStart] = [this.at, this.line, this.lineStart];
        if (start === this.text.length) return END;
        try {
          const form = this.form();
          if (form === SKIPPED) continue;
          // As the interpreter's own reader does.
          return this.data.isSymbol(form)
            ? this.data.withMeta(form, this.data.place(line, start - lineStart + 1))
            : form;
        } catch (error) {
          if (error !== OTHER) throw error;
          [this.at, this.line, this.lineStart] = [start, line, lineStart];
          return OTHER;
        }
      }
    }

    /** What has not been read, at its own line and column. */
    get rest() {
      const before = "\n".repeat(this.line - 1) + " ".repeat(this.at - this.lineStart);
      return before + this.text.slice(this.at);
    }

    skipBlank() {
      BLANK.lastIndex = this.at;
      BLANK.test(this.text);
      this.moveTo(BLANK.lastIndex);
    }

    /** Moves on, and counts the lines in between. */
    moveTo(end) {
      for (
        let at = this.text.indexOf("\n", this.at);
        at !== -1 && at < end;
        at = this.text.indexOf("\n", at + 1)
      ) {
        this.line++;
        this.lineStart = at + 1;
      }
      this.at = end;
    }

    /** A form whose first character is the next one. */
    form() {
      const { data, text } = this;
      const [first, line, column] = [text.charAt(this.at), this.line, this.at - this.lineStart + 1];
      switch (first) {
        case "(":
          return data.listOf(this.sequence(), data.place(line, column));
        case "[":
          return data.vec(this.sequence());
        case "{":
          return this.map(this.sequence());
        case '"':
          return this.string();
        case "'":
          return this.prefixed("quote", 1, line, column);
        case "@":
          return this.prefixed("clojure.core/deref", 1, line, column);
        case "#":
          return this.dispatch(text.charAt(this.at + 1), line, column);
        default:
          return this.token();
      }
    }

    dispatch(second, line, column) {
      switch (second) {
        case "(":
          return this.functionLiteral(line, column);
        case '"': {
          this.at++;
          const source = this.stringSource();
          return this.data.pattern(source);
        }
        case "'":
          return this.prefixed("var", 2, line, column);
        case "_":
          this.at += 2;
          this.inner();
          return SKIPPED;
        default:
          throw OTHER;
      }
    }

    /** The next form within another one. */
    inner() {
      for (;;) {
        this.skipBlank();
        if (this.at === this.text.length) throw OTHER;
        const form = this.form();
        if (form !== SKIPPED) return form;
      }
    }

    prefixed(name, length, line, column) {
      this.at += length;
      return this.data.listOf([this.data.symbol(name), this.inner()], this.data.place(line, column));
    }

    /** The forms up to the bracket that closes the one here. */
    sequence() {
      const closer = CLOSERS[this.text[this.at]];
      if (++this.depth > MAX_DEPTH) throw OTHER;
      this.at++;
      const forms = [];
      for (;;) {
        this.skipBlank();
        const next = this.text[this.at];
        if (next === closer) break;
        if (next === undefined || next === ")" || next === "]" || next === "}") throw OTHER;
        const form = this.form();
        if (form !== SKIPPED) forms.push(form);
      }
      this.at++;
      this.depth--;
      return forms;
    }

    map(forms) {
      if (forms.length % 2 === 1 || forms.length > 16) throw OTHER;
      const made = this.data.arrayMap(...forms);
      if (this.data.count(made) !== forms.length / 2) throw OTHER;
      return made;
    }

    /** `#(f %)` as `(fn* [%1#] (f %1#))`. */
    functionLiteral(line, column) {
      if (this.parameters !== null) throw OTHER;
      this.parameters = { most: 0, hasRest: false };
      this.at++;
      const { data } = this;
      try {
        const body = this.form();
        const names = [];
        for (let at = 1; at <= this.parameters.most; at++) names.push(data.symbol(`%${at}#`));
        if (this.parameters.hasRest) names.push(data.symbol("&"), data.symbol("%&#"));
        return data.listOf([data.symbol("fn*"), data.vec(names), body], data.place(line, column));
      } finally {
        this.parameters = null;
      }
    }

    stringSource() {
      STRING.lastIndex = this.at;
      const found = STRING.exec(this.text);
      if (found === null) throw OTHER;
      this.moveTo(STRING.lastIndex);
      return found[1];
    }

    string() {
      const source = this.stringSource();
      if (!source.includes("\\")) return source;
      return source.replace(/\\([\s\S])/g, (_, letter) => {
        if (!Object.hasOwn(ESCAPED, letter)) throw OTHER;
        return ESCAPED[letter];
      });
    }

    token() {
      TOKEN.lastIndex = this.at;
      const word = TOKEN.exec(this.text)?.[0];
      if (word === undefined) throw OTHER;
      this.at += word.length;
      if (word === "nil") return null;
      if (word === "true") return true;
      if (word === "false") return false;
      if (SIGNED_DIGIT.test(word)) {
        if (!NUMBER.test(word)) throw OTHER;
        return Number(word);
      }
      if (word[0] === ":") {
        if (!KEYWORD.test(word)) throw OTHER;
        return this.data.keyword(word.slice(1));
      }
      if (!SYMBOL.test(word)) throw OTHER;
      return this.data.symbol(this.parameters !== null && PARAMETER.test(word) ? this.parameter(word) : word);
    }

    parameter(word) {
      if (word === "%&") {
        this.parameters.hasRest = true;
        return "%&#";
      }
      const number = word === "%" ? 1 : Number(word.slice(1));
      this.parameters.most = Math.max(this.parameters.most, number);
      return `%${number}#`;
    }
  }

  globalThis.replReader = { Maker, Reader, END, OTHER };
});
