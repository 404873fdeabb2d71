/** Recognises code of another language in a block that failed, so that the policy hears what was wrong with it. */

/** How code of each language looks: constructs that the others do not have. */
const SIGNS: readonly (readonly [title: string, sign: RegExp])[] = [
  [
    "Python",
    /^[ \t]*(?:import [\w.]+(?:[ \t]*$| as \w)|from [\w.]+ import \w|def \w+\(.*\):|(?:for \w+ in|if|while|with|elif) .+:[ \t]*$|print\(.*\)[ \t]*$|\w+ = \[?[\w.(]+.* for \w+ in )/m,
  ],
  [
    "JavaScript",
    /^[ \t]*(?:(?:const|let) [\w{[].* = |console\.log\(|function \w+\(.*\) \{|import .+ from ["'])/m,
  ],
  ["SQL", /^[ \t]*(?:SELECT\b|CREATE (?:TEMP )?TABLE\b|INSERT INTO\b|WITH (?:RECURSIVE )?\w+.* AS \()/im],
  [
    "bash",
    /^[ \t]*(?:#!|for \w+ in .*; *do\b|while (?:read|\[|true;)|(?:grep|cat|wc|head|tail|sed|awk|sort|cut|jq|ls) (?:-\w|["']|context|\/)|echo ["$]|\w+=\$\()/m,
  ],
  ["Clojure", /^[ \t]*\((?:def|defn|let|println|require|ns|count|reduce|map|filter|str|->>?|do)[ \t\n]/m],
];

/** The title of the language that code seems to be written in; null if it is this one, or none is known. */
export function foreignLanguage(code: string, own: string): string | null {
  const titles = SIGNS.filter(([, sign]) => sign.test(code)).map(([title]) => title);
  return titles.includes(own) ? null : (titles[0] ?? null);
}
