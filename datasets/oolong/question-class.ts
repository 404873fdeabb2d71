/**
 * Finds the coarse class of a question from its own words, so that the simulated model can read published windows whose
 * lines it has never seen. It guesses by rules, as a reader might, and makes a reader's mistakes; it looks only at the question.
 */

/** The first rule that fits decides; a question that fits none is taken to ask for an entity. */
const RULES: readonly (readonly [label: string, words: RegExp])[] = [
  ["abbreviation", /\b(?:stands? for|abbreviat\w*|acronym|initials|full form|short for)\b/],
  ["human being", /^(?:and )?(?:who|whose|whom)\b|\bwhat is the name of the (?:man|woman|person)\b/],
  ["location", /^(?:and )?where\b/],
  [
    "numeric value",
    /^(?:when|how (?:many|much|long|far|old|tall|big|large|fast|often|deep|high|hot|wide|close)\b)/,
  ],
  ["description and abstract concept", /^(?:why|how|define|describe)\b|\bhow (?:do|does|did|can|is|are)\b/],
  [
    "numeric value",
    /^(?:in |on |at |during )?(?:what|which)(?:'s| is| was| are| were)?(?: the)?(?: \w+){0,2} (?:year|date|day|month|decade|century|age|number|population|percent\w*|length|height|depth|width|distance|speed|temperature|cost|price|salary|area|weight|size|zip code|odds)\b/,
  ],
  [
    "location",
    /^(?:in |on |from |near )?(?:what|which|name)(?:'s| is| was| are| were)?(?: the| a| an)?(?: [\w.-]+){0,3} (?:city|cities|country|countries|state|states|capital|river|lake|mountain|mountains|peak|island|islands|continent|county|town|province|ocean|sea|street|planet|place|nation|desert|hemisphere|birthplace)\b/,
  ],
  [
    "human being",
    /^(?:what|which|name)(?:'s| is| was| are| were)?(?: the| a| an)?(?: [\w.'-]+){0,3} (?:president|actor|actress|author|king|queen|man|woman|person|people|company|team|player|singer|composer|leader|inventor|director|doctor|character|comedian|artist|poet|writer|family|nickname|explorer|astronaut|general|senator|university)\b/,
  ],
  [
    "description and abstract concept",
    /\b(?:mean|meaning|means|origin|difference|definition|purpose|cause|causes|caused|effects?|reason|symptoms|history|function|happens?|happened)\b|^what (?:is|are|was|were|'s) (?:(?:a|an|the) )?[\w.'-]+(?: [\w.'-]+){0,2} ?\?$/,
  ],
];

/** The class, named as trec_coarse names its labels; null for a text that is not a question. */
export function questionClass(text: string): string | null {
  const words = text.trim().toLowerCase();
  if (!words.endsWith("?") && !/^(?:name|define|describe)\b/.test(words)) return null;
  return RULES.find(([, rule]) => rule.test(words))?.[0] ?? "entity";
}
