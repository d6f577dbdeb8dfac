import { escapeHtml, Html } from './html';

/**
 * The Markdown that dashboards use in text widgets: headings, paragraphs, lists, bold, emphasis, code and links (http, https
 * and relative ones). Everything else stays text; HTML in it is shown, not run. The first heading level is h3: the page's own
 * headings stand above.
 */
export function markdown(source: string): Html {
  const blocks = source.replaceAll('\r\n', '\n').split(/\n{2,}/);
  return new Html(blocks.map(block).join('\n'));
}

function block(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const heading = /^(#{1,4})\s+(.*)$/.exec(lines[0] ?? '');
  if (heading) {
    const level = Math.min(6, (heading[1] as string).length + 2);
    const rest = lines.slice(1).join('\n');
    return `<h${level}>${inline(heading[2] as string)}</h${level}>${rest ? block(rest) : ''}`;
  }
  if (lines.length > 0 && lines.every((line) => /^\s*[-*]\s+/.test(line))) {
    return `<ul>${lines.map((line) => `<li>${inline(line.replace(/^\s*[-*]\s+/, ''))}</li>`).join('')}</ul>`;
  }
  return lines.length === 0 ? '' : `<p>${inline(lines.join(' '))}</p>`;
}

/** Escaped first, so that nothing in the text can be a tag; what is added afterwards is ours. */
function inline(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/\*([^*]+)\*/g, '<em>$1</em>')
    .replaceAll(/\[([^\]]+)\]\(((?:https?:\/\/|\/(?!\/))[^\s)]+)\)/g, '<a href="$2" rel="noreferrer">$1</a>');
}
