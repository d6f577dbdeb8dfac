import type { Cursor } from '../sql/cursor';
import type { Node } from './node';

/** The text of a node for the engine. */
export type Renderer = (node: Node) => string;

/**
 * @param instead gives other text for a node, `undefined` for its own
 */
export function renderer(cursor: Cursor, instead: (node: Node) => string | undefined = () => undefined): Renderer {
  const render = (node: Node): string => {
    const other = instead(node);
    if (other !== undefined) return other;
    if (node.parts) return node.parts.map((part) => (typeof part === 'string' ? part : render(part))).join('');
    const { text } = cursor.source;
    let at = cursor.at(node.start).start;
    let out = '';
    for (const child of node.children) {
      if (child.end === child.start) continue;
      out += text.slice(at, cursor.at(child.start).start) + render(child);
      at = Math.max(at, endOf(cursor, child));
    }
    return out + text.slice(at, endOf(cursor, node));
  };
  return render;
}

/** Where the last token of a node ends. */
export function endOf(cursor: Cursor, node: Node): number {
  return node.end > node.start ? cursor.at(node.end - 1).end : cursor.at(node.start).start;
}

/** The text between two tokens, half open, as written. */
export function written(cursor: Cursor, start: number, end: number): string {
  return cursor.fragment(start, end).text;
}
