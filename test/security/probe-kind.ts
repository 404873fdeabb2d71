/** A kind of ways out of the sandbox, with the probes that try it. */
export interface ProbeKind {
  /** As docs/sandbox.md has it. */
  readonly kind: string;
  readonly probes: readonly (readonly [name: string, code: string])[];
}
