/** How bash calls functions of the host: as commands. */
import type { HostCallSyntax, HostFunction } from "../language.ts";

const KEYWORDS =
  "if then elif else fi case esac for select while until do done in function time coproc alias bg bind break builtin caller cd command compgen complete continue declare dirs disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait";
const COMMANDS =
  "llm llm_query llm_batch llm_query_batched rlm rlm_query rlm_batch rlm_query_batched answer FINAL FINAL_VAR awk base64 basename bash cat chmod clear column comm cp cut date diff dirname du egrep env expand expr fgrep file find fold grep head hostname join jq ln ls md5sum mkdir mv nl od paste printenv readlink rev rg rm rmdir sed seq sh sleep sort split stat strings tac tail tee timeout touch tr tree unexpand uniq wc which whoami xargs";
const RESERVED = new Set(`${KEYWORDS} ${COMMANDS}`.split(" "));

/** The source is JSON: each function's name, and its parameters with their types in their order. */
export const BASH_HOST_CALLS: HostCallSyntax = {
  isReserved: (name, of = "tool") =>
    (of === "tool" && RESERVED.has(name)) || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name),
  source: (functions) => JSON.stringify(functions.map(formOf)),
  defines: (source, name) =>
    (JSON.parse(source) as readonly { readonly name: string }[]).some((one) => one.name === name),
  signature: ({ parameters }) =>
    parameters
      .map(({ name, isRequired }) => (isRequired ? ` ${name.toUpperCase()}` : ` [--${name} VALUE]`))
      .join(""),
};

function formOf({ name, parameters }: HostFunction) {
  return { name, parameters: parameters.map((one) => ({ name: one.name, type: one.type })) };
}
