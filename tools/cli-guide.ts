/**
 * Generates the text of docs/cli.md from the help of the verbs, so that the page always agrees with the command.
 * `npm run docs:cli` writes it; a test fails while the page is stale.
 */

/** What `rlm-gym … --help` prints, in English and 110 columns wide. */
export type Help = (args: readonly string[]) => Promise<string>;

const OPENING = `# The command line

This page holds the help of every verb, as \`rlm-gym VERB --help\` prints it. It is made by \`npm run docs:cli\`: change the help, not this page.

In a checkout and in a project that has the package installed, the command is \`npx rlm-gym\`.

- **Output.** Tables and results go to stdout, and progress goes to stderr. \`--json\` prints the closing table as one JSON object.
- **Every verb** takes \`--help\`, \`--version\`, and \`--debug\`, which shows where an error came from.
- **Exit codes.** 0; 1 for a failure; 2 for a wrong command line; 130 after Ctrl-C and 143 after SIGTERM, which keep every episode that had ended.
- **Lengths** are in tokens: \`8k\` is 8000, \`8Ki\` is 8192.
- **Options of an environment**, such as \`--length\`, are flags too. They stand [at the end](#options-of-the-environments), and \`rlm-gym rollout s-niah --help\` shows them with the others.
`;

const CLOSING = `## Where to read on

- [Play many episodes](tutorials/rollouts.md): the verbs at work.
- [Runs](runs.md), [rewards](rewards.md), [training](training.md), [serving](serving.md), [trainers](trainers.md): what stands behind the flags.
- [Library](library.md): the same from TypeScript.
`;

/**
 * The whole page. `environments` are the names whose options the last section shows. Throws if a verb's help is empty, or
 * lacks an expected section.
 */
export async function cliGuide(help: Help, environments: readonly string[]): Promise<string> {
  const verbs = commandsIn(await help([]));
  const sections: string[] = [];
  for (const verb of verbs) {
    const text = await help([verb]);
    sections.push(section("##", verb, text));
    for (const part of commandsIn(text, verb)) {
      const name = `${verb} ${part}`;
      sections.push(section("###", name, await help([verb, part])));
    }
  }
  const options: string[] = [];
  for (const name of environments)
    options.push(section("###", name, optionsOf(name, await help(["rollout", name]))));
  return [
    OPENING,
    `Verbs: ${verbs.map((verb) => `[${verb}](#${verb})`).join(", ")}.\n`,
    ...sections,
    "## Options of the environments\n",
    "`rollout`, `compare`, `probe`, `train` and `serve` take them beside their own.\n",
    ...options,
    CLOSING,
  ].join("\n");
}

/** The names under "Commands:" in a help text. */
function commandsIn(help: string, verb = ""): string[] {
  const start = `  rlm-gym ${verb === "" ? "" : `${verb} `}`;
  const [, commands = ""] = /^Commands:\n(.*?)(?:\n\n|$(?![^]))/ms.exec(help) ?? [];
  return commands
    .split("\n")
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length).split(" ")[0]!);
}

function section(level: string, title: string, text: string): string {
  if (text.trim() === "") throw new Error(`the help of ${title} is empty`);
  // Every verb has these flags; the opening of the page names them once.
  const own = text.replaceAll(/^ +--(?:debug|version|help) .*\n/gm, "");
  return `${level} ${title}\n\n\`\`\`text\n${own.trim()}\n\`\`\`\n`;
}

/** The lines of the option group that an environment adds. */
function optionsOf(name: string, help: string): string {
  const found = new RegExp(`^Options of ${name}:\\n(.*?)\\n\\n`, "ms").exec(help)?.[1];
  if (found === undefined) throw new Error(`the help of rollout ${name} has no options of ${name}`);
  return found.replaceAll(/^ {2}/gm, "");
}
