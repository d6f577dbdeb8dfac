/**
 * Text files as records. Line breaks are `\n`, `\r\n` and `\r`, as Spark's readers take them; bytes that are no UTF-8 become U+FFFD;
 * a byte order mark at the beginning of a file is dropped.
 */

/** The lines of a text; what follows the last break is a line only when it is not empty. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The text of a file. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

/** The text of a file in pieces; no piece ends between the two characters of `\r\n`. */
export async function* textPieces(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8');
  let held = '';
  for await (const chunk of chunks) {
    const text = held + decoder.decode(chunk, { stream: true });
    held = text.endsWith('\r') ? '\r' : '';
    if (text.length > held.length) yield text.slice(0, text.length - held.length);
  }
  const rest = held + decoder.decode();
  if (rest !== '') yield rest;
}

/** The lines of a text that comes in pieces. */
export async function* lineStream(pieces: AsyncIterable<string>): AsyncIterable<string> {
  // In parts, so that a line of many pieces is not searched again with each of them.
  let begun: string[] = [];
  for await (const piece of pieces) {
    for (const [index, part] of piece.split(/\r\n|\n|\r/).entries()) {
      if (index > 0) {
        yield begun.join('');
        begun = [];
      }
      begun.push(part);
    }
  }
  const rest = begun.join('');
  if (rest !== '') yield rest;
}
