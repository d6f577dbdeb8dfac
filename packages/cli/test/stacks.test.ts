import type { StackChanges } from '@lakewright/deploy';
import { render } from '../src/commands/stacks';

const changes: StackChanges[] = [
  {
    stack: 'aws-listings',
    changes: [
      { address: 'aws_s3_bucket.listings', type: 'aws_s3_bucket', action: 'create' },
      { address: 'aws_sqs_queue.events', type: 'aws_sqs_queue', action: 'replace' },
    ],
  },
  { stack: 'aws-foundation', changes: [] },
];

test('text counts the actions of each stack and names every resource', () => {
  expect(render(changes, 'text')).toBe(
    [
      'aws-listings: 1 to create, 0 to update, 1 to replace, 0 to delete',
      '  + aws_s3_bucket.listings',
      '  ± aws_sqs_queue.events',
      'aws-foundation: 0 to create, 0 to update, 0 to replace, 0 to delete',
    ].join('\n'),
  );
});

test('markdown is a table for a job summary, with the resources folded away', () => {
  const markdown = render(changes, 'markdown');
  expect(markdown).toContain('| aws-listings | 1 | 0 | 1 | 0 |');
  expect(markdown).toContain('- replace `aws_sqs_queue.events`');
});
