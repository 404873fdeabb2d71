/** `rlm-gym completion`: the script by which a shell completes verbs and flags. */
import yargs, { type CommandModule } from "yargs";

export const completionVerb: CommandModule<object, object> = {
  builder: (argv) =>
    argv
      .example("$0 completion >> ~/.bashrc", "for bash, from its next start on")
      .example("$0 completion >> ~/.zshrc", "for zsh"),
  handler: () => {
    yargs([]).scriptName("rlm-gym").showCompletionScript();
  },
};
