/** A kind of way out of the sandbox, with the probes that try it. */
export interface ProbeKind {
  /** The kind's name in docs/sandbox.md. */
  readonly kind: string;
  readonly probes: readonly (readonly [name: string, code: string])[];
}
