// @ts-check
/** Two words that a worker shares with its starter: a count of the messages sent to it, and a flag to interrupt Python. */

const SENT = 0;
const INTERRUPT = 1;
const SIGINT = 2;

export function createControl() {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Wakes a waiting worker after a message was posted. @param {Int32Array} control */
export function wake(control) {
  Atomics.add(control, SENT, 1);
  Atomics.notify(control, SENT);
}

/** Raises KeyboardInterrupt in Python at its next check for signals. @param {Int32Array} control */
export function interrupt(control) {
  Atomics.store(control, INTERRUPT, SIGINT);
}
