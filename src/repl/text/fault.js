// @ts-check
/** A failure with a message for the caller, as it leaves the search thread. */

export class TextFault extends Error {
  /**
   * @param {import("./protocol.ts").FaultKind} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/**
 * What a caught error says.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
