import { support } from '@lakewright/local';
import { pageHead, table } from './markdown';

const MODES = [
  ['runs locally', 'Made real on this machine, with the limits named.', 'limits'],
  ['state only', 'In the Terraform state and nowhere else. A type in none of these lists is state only as well.', 'why'],
  ['refused', '`lakewright up` stops before it touches anything: the state alone would look as if it worked.', 'why'],
] as const;

/** The page of what a Terraform type becomes on a laptop, from the runners. */
export function supportPage(): string {
  const rows = support();
  const parts = MODES.map(([mode, text, column]) => {
    const types = rows.filter((row) => row.mode === mode);
    const cells = types.map((row) => [`\`${row.type}\``, row.mode === 'runs locally' ? (row.limits ?? '') : row.reason]);
    return `## ${mode.charAt(0).toUpperCase()}${mode.slice(1)} (${types.length})\n\n${text}\n\n${table(['type', column], cells)}`;
  });
  return [
    pageHead('What runs on a laptop', 'packages/local/src/runners'),
    'How far each Terraform type is supported in the environment `local`; `*` stands for any ending. `lakewright status` shows the same',
    'for what is deployed.',
    '',
    parts.join('\n\n'),
    '',
  ].join('\n');
}
