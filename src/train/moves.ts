/** The moves of the macro policy: what it can choose in a turn, as choices of several heads. */
import type { Observation } from "../types.ts";

export const KINDS = ["peek", "grep", "search", "read", "verify", "answer"] as const;
export type Kind = (typeof KINDS)[number];

/** Characters of a chunk; the whole context in one call is a choice of its own. */
export const CHUNK_CHARS = [5_000, 20_000, 80_000, null] as const;
export const WIDTHS = [4, 20] as const;
/** Pieces that a search sends to the sub-model. */
export const BEST = [5, 15] as const;
export const TIERS = 2;
/** Characters of a piece that a search ranks. */
export const PIECE_CHARS = 2000;
/** Pieces that a verification reads. */
export const VERIFIED_PIECES = 3;

/** One move. Fields that its kind has no use for are null. */
export interface MacroMove {
  readonly kind: Kind;
  readonly chunk: number | null;
  readonly width: number | null;
  readonly tier: number | null;
  readonly best: number | null;
}

/** The heads of the network in the order of its outputs: how many choices each has. */
export const HEADS = [
  { name: "kind", size: KINDS.length },
  { name: "chunk", size: CHUNK_CHARS.length },
  { name: "width", size: WIDTHS.length },
  { name: "tier", size: TIERS },
  { name: "best", size: BEST.length },
] as const;
export type HeadName = (typeof HEADS)[number]["name"];
export const LOGITS: number = HEADS.reduce((sum, { size }) => sum + size, 0);

const USED: Record<Kind, readonly HeadName[]> = {
  peek: [],
  grep: [],
  search: ["tier", "best"],
  read: ["chunk", "width", "tier"],
  verify: ["tier"],
  answer: [],
};

/** Whether a kind of move uses the choice of a head. */
export function uses(kind: Kind, head: HeadName): boolean {
  return head === "kind" || USED[kind].includes(head);
}

/** The move of chosen indices, one for each head, in their order. */
export function moveOf(choices: readonly number[]): MacroMove {
  const kind = KINDS[choices[0]!]!;
  const pick = (head: number) => (uses(kind, HEADS[head]!.name) ? choices[head]! : null);
  return { kind, chunk: pick(1), width: pick(2), tier: pick(3), best: pick(4) };
}

/** The indices of a move's choices, 0 if the kind has none. */
export function choicesOf({ kind, chunk, width, tier, best }: MacroMove): number[] {
  return [KINDS.indexOf(kind), chunk ?? 0, width ?? 0, tier ?? 0, best ?? 0];
}

/** What a policy remembers of the episode it plays. */
export interface Memory {
  readonly made: readonly Kind[];
  readonly canGrep: boolean;
}

/**
 * The kinds of moves that are legal: without those that can bring nothing new, which the policy then need not learn to avoid. In the
 * last turn only an answer is legal.
 */
export function legalKinds({ made, canGrep }: Memory, observation: Observation): boolean[] {
  if (observation.turnsLeft <= 1) return KINDS.map((kind) => kind === "answer");
  const hasResult = made.some((kind) => kind === "grep" || kind === "search" || kind === "read");
  return KINDS.map((kind) => {
    if (kind === "peek") return made.length === 0;
    if (kind === "grep") return canGrep && !made.includes("grep");
    if (kind === "verify") return hasResult && made.at(-1) !== "verify";
    return true;
  });
}
