// @ts-check
/** A failure with a message for the caller, which is sent from the search thread. */

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
 * The message of a caught error.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
