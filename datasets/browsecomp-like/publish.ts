/** Writes generated questions in the layout of BrowseComp-Plus' decrypted rows, so that its readers can read them. */
import type { JsonObject } from "../../src/types.ts";
import { browseCompLikeDraws, type BrowseCompLikeOptions } from "./browsecomp-like.ts";

/** The first `count` rows. A document's id is its name, so that it does not tell the document's position in the context. */
export function* browseCompLikeRows(options: BrowseCompLikeOptions, count: number): Generator<JsonObject> {
  const draw = browseCompLikeDraws(options);
  for (let index = 0; index < count; index += 1) {
    const { id, question, answer, documents } = draw(index);
    const rows = documents.map(({ title, text, isEvidence }) => ({
      isEvidence,
      document: { docid: title, text, url: `made:${encodeURIComponent(title)}` },
    }));
    const evidence = rows.flatMap(({ isEvidence, document }) => (isEvidence ? [document] : []));
    yield {
      query_id: id,
      query: question,
      answer,
      gold_docs: evidence.filter(({ docid }) => docid === answer),
      evidence_docs: evidence,
      negative_docs: rows.flatMap(({ isEvidence, document }) => (isEvidence ? [] : [document])),
    };
  }
}
