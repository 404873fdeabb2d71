// @ts-nocheck
/** Patterns of Clojure with Java's character classes, as JavaScript reads them. Runs inside QuickJS, before the engine. */
globalThis.replUnicodePattern = (() => {
  "use strict";
  /** Names of Java's character classes that JavaScript's patterns call otherwise. */
  const CLASSES = {
    Alpha: "Alphabetic",
    IsAlphabetic: "Alphabetic",
    Digit: "Nd",
    IsDigit: "Nd",
    Upper: "Lu",
    IsUppercase: "Lu",
    Lower: "Ll",
    IsLowercase: "Ll",
    Punct: "P",
    IsPunctuation: "P",
    Space: "White_Space",
    IsWhite_Space: "White_Space",
    IsLetter: "L",
    ASCII: "ASCII",
  };

  /** A pattern with classes such as \p{L}, which JavaScript reads as the letter p without its flag u; null without them. */
  return function unicodePattern(text) {
    const [, flags = "", source] = /^(?:\(\?([a-z]+)\))?([^]*)$/.exec(text);
    if (!/\\[pP]\{/.test(source)) return null;
    const known = source
      .replace(/\\([pP])\{Is([A-Z][a-z]+)\}/g, (whole, p, name) =>
        Object.hasOwn(CLASSES, `Is${name}`) ? whole : `\\${p}{Script=${name}}`,
      )
      .replace(
        /\\([pP])\{(\w+)\}/g,
        (_, p, name) => `\\${p}{${Object.hasOwn(CLASSES, name) ? CLASSES[name] : name}}`,
      )
      .replace(/\\(["'#%&,:;<=>@_`~!])/g, "$1");
    return new RegExp(known, `${flags.replace(/[uU]/g, "")}u`);
  };
})();
