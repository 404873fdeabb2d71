/** Measures how far a search has come, for the per-step rewards of BrowseComp and its kin. */
import { evidenceSeenBy } from "../evidence-seen.ts";

/** By a document's name as a context shows it, in either layout. */
export const evidenceSeen = evidenceSeenBy(/^(?:docid|title): (.+)$/gm);
