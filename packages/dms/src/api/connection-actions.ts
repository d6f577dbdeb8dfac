import { z } from 'zod';
import { parse } from '../settings/parse';
import { type Action, filtered } from './action';
import { testEndpoint } from './connections';

const connectionInput = z.looseObject({ EndpointArn: z.string(), ReplicationInstanceArn: z.string() });

export const CONNECTION_ACTIONS: Readonly<Record<string, Action>> = {
  TestConnection: async (input, state) => {
    const { EndpointArn, ReplicationInstanceArn } = parse(connectionInput, input, 'TestConnection');
    const endpoint = state.resources.get('Endpoint', EndpointArn);
    const { ReplicationInstanceIdentifier } = state.resources.get('ReplicationInstance', ReplicationInstanceArn);
    const begun = {
      EndpointArn,
      ReplicationInstanceArn,
      EndpointIdentifier: endpoint['EndpointIdentifier'],
      ReplicationInstanceIdentifier,
    };
    state.connections.set(EndpointArn, { ...begun, Status: 'testing' });
    // The service answers at once too: the result is asked for by DescribeConnections.
    void testEndpoint(endpoint, state.host).then((failure) => {
      const result = failure === undefined ? { Status: 'successful' } : { Status: 'failed', LastFailureMessage: failure };
      state.connections.set(EndpointArn, { ...begun, ...result });
    });
    return { Connection: state.connections.get(EndpointArn) };
  },
  DescribeConnections: (input, { connections }) => ({ Connections: filtered([...connections.values()], input) }),
};
