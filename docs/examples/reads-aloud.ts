/**
 * A policy that prints all that it gets, as an untrained model tends to: what it sees grows with the context, unless options of the
 * harness keep it in shape. Try it with
 *   npx rlm-gym rollout s-niah --length 4k,64k,1M --episodes 4 --policy docs/examples/reads-aloud.ts --out runs/plain
 */
import { scriptedPolicy } from "rlm-gym";

/** A turn each: it looks, asks about all parts and prints the replies, prints those that found something, and answers. */
export const policy = scriptedPolicy("reads-aloud", function* ({ observation: { question } }) {
  yield { code: "print(len(context), context[:3_000])" };
  yield {
    code: `size = 24_000
parts = [context[i : i + size + 200] for i in range(0, len(context), size)]
question = ${JSON.stringify(question)}
replies = llm_query_batched([question + "\\nIf the text does not say, reply: none.\\n\\n" + part for part in parts])
print(replies)`,
  };
  yield {
    code: "found = [reply for reply in replies if 'none' not in reply.lower()]\nprint(len(found), found)",
  };
  yield { code: "import re\nFINAL(', '.join(sorted(set(re.findall(r'\\d{5,}', ' '.join(found))))))" };
});
