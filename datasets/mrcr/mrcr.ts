/** MRCR made here: a conversation of requests and pieces of writing, some for the same request, in the form of openai/mrcr. */
import { countTokens } from "../../src/cost/tokens.ts";
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import { questionText, type Request, requestText, requestWords } from "./wording.ts";
import { drawLikeRequest, drawRequest, drawWriting } from "./writing.ts";

/** What conversations to make. */
export interface MrcrOptions {
  /** The most tokens of a conversation. */
  readonly length: number;
  /** How many replies answer the same request: the needles. */
  readonly needles: number;
  readonly seed: number;
}

/** A request of the user, and the reply to it. */
export interface Exchange {
  readonly request: string;
  readonly reply: string;
}

/** A drawn conversation, its last question and the answer. */
export interface DrawnTalk {
  readonly exchanges: readonly Exchange[];
  readonly question: string;
  readonly prefix: string;
  readonly answer: string;
}

const PREFIX_CHARS = 10;
const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
/** Of the other requests, the share that has the form or the topic of the needles. */
const LIKE_SHARE = 0.3;

/** An endless dataset; the task at an index depends on the options and the index only. Throws `UsageError` for a length that the needles do not fit. */
export function mrcr(options: MrcrOptions): Dataset {
  return generated("mrcr", (index) => problem(options, index));
}

/** An exchange as a document of a context, so that no cut parts a reply from its request. */
export function exchangeText({ request, reply }: Exchange): string {
  return `User: ${request}\n\nAssistant: ${reply}`;
}

/** The conversation at an index. Throws `UsageError` for a length that the needles do not fit. */
export function talkAt({ length, needles, seed }: MrcrOptions, index: number): DrawnTalk {
  const random = Random.of(seed, length, needles, index);
  const wanted = drawRequest(random);
  let tokens = 0;
  const draw = (request: Request): Exchange => {
    const exchange = { request: requestText(request), reply: drawWriting(request, random) };
    tokens += countTokens(exchangeText(exchange));
    return exchange;
  };
  const wantedExchanges = Array.from({ length: needles }, () => draw(wanted));
  if (tokens > length)
    throw new UsageError(
      `mrcr: ${needles} needles do not fit into a length of ${length}; expected ${needles * 250} or more`,
    );
  const others: Exchange[] = [];
  for (;;) {
    const isLike = random.random() < LIKE_SHARE;
    const other = draw(isLike ? drawLikeRequest(wanted, random) : drawRequest(random));
    if (tokens > length) break;
    if (requestWords(other.request) !== requestWords(requestText(wanted))) others.push(other);
  }
  const exchanges = placed(wantedExchanges, others, random);
  const ordinal = random.randint(1, needles);
  const prefix = Array.from({ length: PREFIX_CHARS }, () => random.choice(LETTERS)).join("");
  const { reply } = wantedExchanges[ordinal - 1]!;
  return { exchanges, question: questionText(wanted, ordinal, prefix), prefix, answer: prefix + reply };
}

/** The others in their order, with the wanted ones at random places among them, also in their order. */
function placed(wanted: readonly Exchange[], others: readonly Exchange[], random: Random): Exchange[] {
  const places = new Set(random.sampleIndices(wanted.length + others.length, wanted.length));
  const [nextWanted, nextOther] = [wanted.values(), others.values()];
  return Array.from({ length: wanted.length + others.length }, (_, at) =>
    places.has(at) ? nextWanted.next().value! : nextOther.next().value!,
  );
}

function problem(options: MrcrOptions, index: number): Problem {
  const { exchanges, question, prefix, answer } = talkAt(options, index);
  const { length, needles, seed } = options;
  const id = `mrcr-${needles}-${length}-${seed}-${index}`;
  const context = exchanges.map(exchangeText);
  return {
    task: {
      id,
      dataset: "mrcr",
      question,
      context,
      contextTokens: context.reduce((sum, exchange) => sum + countTokens(exchange), 0),
      metadata: { needles, version: 1 },
    },
    reference: { taskId: id, answers: [answer], metadata: { prefix, version: 1 } },
  };
}
