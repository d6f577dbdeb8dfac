const WIDTH = 64;

/** A text in lines that a cell of a table can hold; what is left of it after the last of them is cut off. */
export function wrapped(text: string, lines = Number.POSITIVE_INFINITY): string {
  const rows: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows.length > lines ? `${rows.slice(0, lines).join('\n')} …` : rows.join('\n');
}
