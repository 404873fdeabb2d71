/** Questions about who wrote what (OOLONG, MIT: the user group). */
import { countingTemplates } from "./counting.ts";
import {
  ALL,
  countLabel,
  type Question,
  ranking,
  type TaskType,
  type Template,
  uniqueAt,
} from "./question.ts";
import type { Window } from "./window.ts";

const FORM = "Give your final answer in the form 'User: [X]', where [X] is the user ID.";

/** The most users that a question about some users names. */
const MAX_NAMED_USERS = 5;

const mostRepresented: Template = ({ lines }) =>
  userQuestion(
    "TASK_TYPE.MOST_FREQ",
    `${ALL} which user is represented most often? ${FORM}`,
    uniqueAt(ranking(lines.map(({ user }) => user)), 0),
  );

const secondMostRepresented: Template = ({ lines }) =>
  userQuestion(
    "TASK_TYPE.SECOND_MOST_FREQ",
    `${ALL} which user is represented the second most often? ${FORM}`,
    uniqueAt(ranking(lines.map(({ user }) => user)), 1),
  );

const mostOfLabel: Template = ({ lines, labels }, random) => {
  const label = random.choice(labels);
  const users = lines.filter((line) => line.label === label).map(({ user }) => user);
  return userQuestion(
    "TASK_TYPE.MOST_FREQ",
    `${ALL} which user has the most instances with the label '${label}'? ${FORM}`,
    uniqueAt(ranking(users), 0),
  );
};

const moreOfLabel: Template = (window, random) => {
  const users = frequentUsers(window);
  if (users.length < 2) return null;
  const [a, b] = random.sample(users, 2) as [string, string];
  const label = random.choice(window.labels);
  const count = (user: string) =>
    countLabel(
      window.lines.filter((line) => line.user === user),
      label,
    );
  const difference = count(a) - count(b);
  return userQuestion(
    "TASK_TYPE.RELATIVE_FREQ",
    `${ALL} which user has more instances with the label '${label}': User ${a} or User ${b}? ${FORM}`,
    difference === 0 ? null : difference > 0 ? a : b,
  );
};

/** The user group: four kinds of its own, and the counting questions over the lines of some users. */
export const USERS: readonly Template[] = [
  mostRepresented,
  secondMostRepresented,
  mostOfLabel,
  moreOfLabel,
  ...countingTemplates((window, random) => {
    const users = frequentUsers(window);
    if (users.length === 0) return null;
    const named = new Set(random.sample(users, random.randint(1, Math.min(MAX_NAMED_USERS, users.length))));
    return {
      group: "user",
      prefix: `For the following question, only consider the subset of instances that are associated with user IDs ${[...named].join(", ")}. Among instances associated with these users,`,
      lines: window.lines.filter(({ user }) => named.has(user)),
    };
  }),
];

/** The users that questions may name: those with more than one line. */
function frequentUsers({ lines }: Window): string[] {
  return ranking(lines.map(({ user }) => user))
    .filter(({ count }) => count > 1)
    .map(({ value }) => value);
}

function userQuestion(task: TaskType, text: string, answer: string | null): Question | null {
  return answer === null
    ? null
    : { group: "user", task, answerType: "ANSWER_TYPE.USER", text, answers: [answer] };
}
