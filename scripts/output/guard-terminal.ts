/**
 * Keeps control characters away from the terminal: text from a model, a file or a server must not move the cursor, set a
 * title, or hide what follows it. They are shown as JSON escapes, so that a line of JSON keeps its value.
 */
import { CONTROL_CHARS } from "../../src/files/control-chars.ts";

/** The text with each control character as `\uXXXX`. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL_CHARS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The original write functions of streams that are guarded. */
const own = new Map<NodeJS.WriteStream, NodeJS.WriteStream["write"]>();

/** Guards stdout and stderr until the function that it returns is called. */
export function guardTerminal(): () => void {
  const streams = [process.stdout, process.stderr];
  const writers = streams.map((stream) => {
    // oxlint-disable-next-line typescript/unbound-method
    const { write } = stream;
    own.set(stream, write);
    const guarded = (chunk: string | Uint8Array, ...rest: never[]) =>
      Reflect.apply(write, stream, [typeof chunk === "string" ? printable(chunk) : chunk, ...rest]);
    stream.write = guarded as typeof write;
    return write;
  });
  return () => {
    for (const [index, stream] of streams.entries()) {
      stream.write = writers[index]!;
      own.delete(stream);
    }
  };
}

/** The stream without the guard, for our own progress bar, which moves the cursor. */
export function unguarded(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = own.get(stream);
  if (!write) return stream;
  return Object.create(stream, { write: { value: write.bind(stream) } }) as NodeJS.WriteStream;
}
