/** The moves in bash. */
import { bashLiteral } from "../../languages/bash/language.ts";
import { filesOf } from "../../policies/strategies/languages/bash.ts";
import type { MoveCode } from "./move-code.ts";

const LOWER = "tr '[:upper:]\\n' '[:lower:] '";

/** The code in bash. */
export const BASH_MOVES: MoveCode = {
  comment: "#",
  forgetFound: "",
  forgetResult: "",
  peek: (context) => `cat ${filesOf(context)} | wc -c
cat ${filesOf(context)} | head -c 200`,
  keepHits: `awk '{ printf "%s%s", sep, $0; sep = ", " }' hits > result`,
  keepReply: "cp reply result",
  keepText: (text) => `printf %s ${bashLiteral(text)} > result`,
  // What was shown before may end without a newline.
  show: `printf '\\nresult: %s\\n' "$(tr '\\n' ' ' < result | head -c 200)"`,
  print: (line) => `echo ${bashLiteral(line)}`,
  compare: `core=$(${LOWER} < result | sed -e 's/.*: //' -e 's/[. ]*$//')
if [ -n "$core" ] && ${LOWER} < reply | grep -qF -e "$core"; then echo verification agrees; else echo verification differs; fi`,
};
