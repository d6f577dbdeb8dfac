/** An error as the Glue API names it (docs: "AWS Glue API", exceptions). */
export class GlueFault extends Error {
  constructor(
    readonly type:
      | 'AlreadyExistsException'
      | 'ConcurrentRunsExceededException'
      | 'EntityNotFoundException'
      | 'InternalServiceException'
      | 'InvalidInputException',
    message: string,
  ) {
    super(message);
    this.name = type;
  }
}
