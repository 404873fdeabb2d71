/** The names of the choices. */
export const LETTERS = ["A", "B", "C", "D"] as const;
