/** Names of the exceptions of the DMS API ("AWS Database Migration Service API Reference", Errors of each action). */
export type FaultName =
  | 'AccessDeniedFault'
  | 'InvalidParameterValueException'
  | 'InvalidParameterCombinationException'
  | 'InvalidResourceStateFault'
  | 'ResourceAlreadyExistsFault'
  | 'ResourceNotFoundFault'
  | 'ValidationException';

/** An answer of the API that says what was wrong with the request. */
export class Fault extends Error {
  constructor(
    readonly fault: FaultName,
    message: string,
  ) {
    super(message);
    this.name = fault;
  }
}

export function invalid(message: string): Fault {
  return new Fault('InvalidParameterValueException', message);
}
