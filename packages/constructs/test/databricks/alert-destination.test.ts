import { AlertDestination } from '../../src';
import { refused, synthesized } from '../synthesized';

test('addresses under one name', () => {
  const emails = ['a@example.com', 'b@example.com'];
  const stack = synthesized((scope) => new AlertDestination(scope, 'alarms', { destinationName: 'alarms', emails }));
  expect(stack.one('databricks_notification_destination')).toMatchObject({
    display_name: 'alarms',
    config: { email: { addresses: emails } },
  });
});

test('nobody to tell', () => {
  const error = refused((scope) => new AlertDestination(scope, 'alarms', { destinationName: 'alarms', emails: [] }));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_ALERT_DESTINATION', expect.stringContaining('(got none)')]);
});
