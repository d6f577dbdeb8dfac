/**
 * The patterns of `read_files` paths: `?`, `*`, `[abc]`, `[a-z]`, `[^a]`, `{ab,cd}`. A star stays inside one folder name ("strict
 * globber", "read_files table-valued function", docs.databricks.com).
 */

/** The folder in front of the first pattern, and the rest: `a/b/*.json` is `a/b` and `*.json`. No pattern: everything and ''. */
export function splitGlob(path: string): { readonly base: string; readonly pattern: string } {
  const segments = path.split('/');
  const first = segments.findIndex((segment) => /[*?[{]/.test(segment));
  if (first < 0) return { base: path.replace(/(?<=.)\/+$/, ''), pattern: '' };
  return {
    base: segments.slice(0, first).join('/') || (path.startsWith('/') ? '/' : ''),
    pattern: segments.slice(first).join('/'),
  };
}

/** Whether a path below the base is meant: the pattern itself, or anything below a folder that it names. */
export function globMatcher(pattern: string): (path: string) => boolean {
  if (pattern === '') return () => true;
  const expression = new RegExp(`^${translate(pattern.replace(/\/+$/, ''))}(?:/.*)?$`, 'su');
  return (path) => expression.test(path);
}

/** Whether the name of a file matches a pattern. */
export function nameMatcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const expression = new RegExp(`^${translate(pattern)}$`, 'su');
  return (name) => expression.test(name);
}

/** Engines and Auto Loader leave out what begins with `_` or `.`, in any folder below the base. */
export function isHidden(path: string): boolean {
  return path.split('/').some((segment) => /^[._]/.test(segment));
}

function translate(pattern: string): string {
  let result = '';
  let braces = 0;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    const close = character === '[' ? pattern.indexOf(']', index + 2) : -1;
    if (character === '*') result += '[^/]*';
    else if (character === '?') result += '[^/]';
    else if (close > 0) {
      result += characterClass(pattern.slice(index + 1, close));
      index = close;
    } else if (character === '{') {
      braces += 1;
      result += '(?:';
    } else if (character === '}' && braces > 0) {
      braces -= 1;
      result += ')';
    } else if (character === ',' && braces > 0) result += '|';
    else if (character === '\\' && index + 1 < pattern.length) {
      index += 1;
      result += literal(pattern.charAt(index));
    } else result += literal(character);
  }
  return result + ')'.repeat(braces);
}

function characterClass(content: string): string {
  const negated = content.startsWith('^');
  const members = (negated ? content.slice(1) : content).replace(/[\\\]^[]/g, '\\$&');
  return `[${negated ? '^' : ''}${members}]`;
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
