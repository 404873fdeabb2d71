/** Answers with their precision, recall and F1, as the functions of SkyRL's recipe compute them in CPython 3.11. */
import type { Gold } from "../../../datasets/evidence/scorer.ts";

/** Papers and evidence of all cases; one passage stands in no paper, and one paper is not there. */
export const SCORED: Gold = {
  papers: {
    p1: 'A cat sat on the mat. It\'s 40 % warm.\nThe "dog" slept\\snored. 4 cats. None left.',
    p2: "Ein 🐈 saß hier. The cat sat too. A cat sat on the mat.",
    p3: "Nothing (of) note [here], 'quoted' or 1.5 or True.",
  },
  evidence: [
    {
      paperId: "p1",
      selections: [
        { text: " A cat sat on the mat. " },
        { text: 'The "dog" slept\\snored.' },
        { text: "" },
        { text: "absent" },
      ],
    },
    { paperId: "p2", selections: [{ text: "🐈 saß hier." }, { text: "cat sat too" }] },
    { paperId: "p9", selections: [{ text: "A cat" }] },
  ],
};

/** The answer, precision, recall, F1. */
export const SCORER_CASES: readonly (readonly [string, number, number, number])[] = [
  ["['A cat sat on the mat.', '🐈 saß']", 1.0, 0.3939393939393939, 0.5652173913043478],
  ["A cat sat on the mat.", 1.0, 0.3181818181818182, 0.4827586206896552],
  ["'A cat'", 1.0, 0.07575757575757576, 0.14084507042253522],
  ["[]", 0.0, 0.0, 0.0],
  ["()", 0.0, 0.0, 0.0],
  ["", 0.0, 0.0, 0.0],
  ["[4, None, True, 1.5, 'cat']", 0.2, 0.045454545454545456, 0.07407407407407407],
  ["('cat sat', 'mat')", 1.0, 0.15151515151515152, 0.2631578947368421],
  ["'cat sat', 'mat'", 1.0, 0.15151515151515152, 0.2631578947368421],
  ["A cat\n\n It's 40 % \n\n🐈 saß hier.", 0.64, 0.24242424242424243, 0.3516483516483516],
  [
    '["It\'s 40", \'The "dog" slept\\\\snored.\']',
    0.7666666666666667,
    0.3484848484848485,
    0.47916666666666674,
  ],
  ["['A cat' ' sat']", 1.0, 0.13636363636363635, 0.24000000000000002],
  ["[r'slept\\snored']", 1.0, 0.18181818181818182, 0.3076923076923077],
  ["{'a': 1}", 0.0, 0.0, 0.0],
  ["['unclosed", 0.0, 0.0, 0.0],
  [
    '["A cat sat on the mat. It\'s 40 % warm.\\nThe"]',
    0.5853658536585366,
    0.36363636363636365,
    0.4485981308411215,
  ],
  ["  ['cat']", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["\n['cat']", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["['cat',]", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["[,'cat']", 0.0, 0.0, 0.0],
  ["[('cat', 'mat'), ['x']]", 0.0, 0.0, 0.0],
  ['"""A cat sat"""', 1.0, 0.13636363636363635, 0.24000000000000002],
  ["[b'cat']", 0.0, 0.0, 0.0],
  ["('cat')", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["('cat',)", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["7", 0.0, 0.0, 0.0],
  ["['cat'] # note", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["['saß hier. The', 'hier. The cat']", 0.7058823529411765, 0.18181818181818182, 0.28915662650602414],
  ["[-4, +4, 1_000, 007]", 0.0, 0.0, 0.0],
  ["['\\q cat', 'cat']", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["[\"[here], 'quoted'\"]", 0.0, 0.0, 0.0],
  ["f'cat'", 0.0, 0.0, 0.0],
  ["['cat' 4]", 0.0, 0.0, 0.0],
  ["['cat'\n, 'mat']", 1.0, 0.09090909090909091, 0.16666666666666669],
  ["u'cat'", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["[1e3, 'cat']", 1.0, 0.045454545454545456, 0.08695652173913045],
  ["[None]", 0.0, 0.0, 0.0],
  ["[(4,)]", 0.0, 0.0, 0.0],
  ["[[4, 'a']]", 0.0, 0.0, 0.0],
];
