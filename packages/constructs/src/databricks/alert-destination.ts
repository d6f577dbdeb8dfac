import { NotificationDestination } from '@cdktf/provider-databricks/lib/notification-destination';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';

export interface AlertDestinationProps {
  readonly destinationName: string;
  /** They need no account in the workspace. */
  readonly emails: readonly string[];
}

/** Where alerts of a workspace go: a list of addresses under one name. Only a workspace administrator can make one. */
export class AlertDestination extends Construct {
  readonly destination: NotificationDestination;

  constructor(scope: Construct, id: string, props: AlertDestinationProps) {
    super(scope, id);
    this.validateEmails(props.emails);
    this.destination = new NotificationDestination(this, 'destination', {
      displayName: props.destinationName,
      config: { email: { addresses: [...props.emails] } },
    });
  }

  private validateEmails(emails: readonly string[]): void {
    if (emails.length > 0) return;
    throw new LakewrightError('CONSTRUCT_ALERT_DESTINATION', 'emails: must be one or more (got none)', {
      hint: 'alarmEmails of the environment; where nobody is told, make none',
    });
  }
}
