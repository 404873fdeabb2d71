/** RULER's wording of its tasks other than needles (NVIDIA/RULER, Apache-2.0: `synthetic/constants.py`). */

/** The words around a context, in RULER's order. */
export interface TaskWording {
  /** What stands before the context. */
  readonly before: string;
  /** What stands after it: the question. */
  readonly after: string;
  /** The beginning of the answer, which RULER stores separately. */
  readonly answerPrefix: string;
}

/** Variable tracking: all names that get a value, directly or through other names. */
export function trackingWording(value: string, names: number): TaskWording {
  return {
    before: `${TRACKING_BEGINS}\n\n`,
    after: `\nQuestion: Find all variables that are assigned the value ${value} in the text above.`,
    answerPrefix: ` Answer: According to the chain(s) of variable assignment in the text above, ${names} variables are assigned the value ${value}, they are: `,
  };
}

/** What begins a prompt of variable tracking. */
export const TRACKING_BEGINS =
  "Memorize and track the chain(s) of variable assignment hidden in the following text.";

/** Common words: the ten words of a numbered list that occur most often. */
export const COMMON_WORDING: TaskWording = {
  before:
    "Below is a numbered list of words. In these words, some appear more often than others. Memorize the ones that appear most often.\n",
  after: "\nQuestion: What are the 10 most common words in the above list?",
  answerPrefix: " Answer: The top 10 words that appear most often in the list are:",
};

/** Frequent words: the three coded words that occur most often in a text. */
export const CODED_WORDING: TaskWording = {
  before:
    "Read the following coded text and track the frequency of each coded word. Find the three most frequently appeared coded words. ",
  after:
    "\nQuestion: Do not provide any explanation. Please ignore the dots '....'. What are the three most frequently appeared words in the above coded text?",
  answerPrefix: " Answer: According to the coded text above, the three most frequently appeared words are:",
};

const ONLY_THE_ANSWER =
  "Answer the question based on the given documents. Only give me the answer and do not output any other words.";

/** Questions over documents of SQuAD or HotpotQA. */
export function documentsWording(question: string): TaskWording {
  return {
    before: `${ONLY_THE_ANSWER}\n\nThe following are given documents.\n\n`,
    after: `\n\n${ONLY_THE_ANSWER}\n\nQuestion: ${question}`,
    answerPrefix: " Answer:",
  };
}

/** RULER's input: the words around a context, and it, without the answer's beginning. */
export function inputOf({ before, after }: TaskWording, context: string): string {
  return before + context + after;
}
