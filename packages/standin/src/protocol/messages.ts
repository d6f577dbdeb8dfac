import protobuf from 'protobufjs/light';

type Fields = Record<string, [type: string, id: number]>;

/**
 * The messages of Terraform's plugin protocol 6 that the stand-ins read or write, with the field numbers of the public definition
 * (hashicorp/terraform, docs/plugin-protocol/tfplugin6.proto). Fields that are never used here are left out: protobuf skips them.
 */
const MESSAGES: Record<string, Fields> = {
  DynamicValue: { msgpack: ['bytes', 1], json: ['bytes', 2] },
  Step: { attributeName: ['string', 1], elementKeyString: ['string', 2], elementKeyInt: ['int64', 3] },
  AttributePath: { steps: ['Step[]', 1] },
  Diagnostic: { severity: ['int32', 1], summary: ['string', 2], detail: ['string', 3], attribute: ['AttributePath', 4] },
  RawState: { json: ['bytes', 1] },

  ObjectType: { attributes: ['Attribute[]', 1], nesting: ['int32', 3] },
  Attribute: {
    name: ['string', 1],
    type: ['bytes', 2],
    required: ['bool', 4],
    optional: ['bool', 5],
    computed: ['bool', 6],
    sensitive: ['bool', 7],
    nestedType: ['ObjectType', 10],
    writeOnly: ['bool', 11],
  },
  NestedBlock: {
    typeName: ['string', 1],
    block: ['Block', 2],
    nesting: ['int32', 3],
    minItems: ['int64', 4],
    maxItems: ['int64', 5],
  },
  Block: { version: ['int64', 1], attributes: ['Attribute[]', 2], blockTypes: ['NestedBlock[]', 3] },
  Schema: { version: ['int64', 1], block: ['Block', 2] },
  ServerCapabilities: { planDestroy: ['bool', 1], getProviderSchemaOptional: ['bool', 2] },

  SchemaResponse: {
    provider: ['Schema', 1],
    resourceSchemas: ['Schema{}', 2],
    dataSourceSchemas: ['Schema{}', 3],
    diagnostics: ['Diagnostic[]', 4],
    serverCapabilities: ['ServerCapabilities', 6],
  },
  Named: { typeName: ['string', 1] },
  MetadataResponse: {
    serverCapabilities: ['ServerCapabilities', 1],
    diagnostics: ['Diagnostic[]', 2],
    dataSources: ['Named[]', 3],
    resources: ['Named[]', 4],
  },
  ProviderConfigRequest: { config: ['DynamicValue', 1] },
  ProviderConfigResponse: { diagnostics: ['Diagnostic[]', 2] },
  ConfigureRequest: { terraformVersion: ['string', 1], config: ['DynamicValue', 2] },
  ConfigRequest: { typeName: ['string', 1], config: ['DynamicValue', 2] },
  DiagnosticsResponse: { diagnostics: ['Diagnostic[]', 1] },
  UpgradeRequest: { typeName: ['string', 1], version: ['int64', 2], rawState: ['RawState', 3] },
  UpgradeResponse: { upgradedState: ['DynamicValue', 1], diagnostics: ['Diagnostic[]', 2] },
  ReadRequest: { typeName: ['string', 1], currentState: ['DynamicValue', 2], private: ['bytes', 3] },
  ReadResponse: { newState: ['DynamicValue', 1], diagnostics: ['Diagnostic[]', 2], private: ['bytes', 3] },
  PlanRequest: {
    typeName: ['string', 1],
    priorState: ['DynamicValue', 2],
    proposedNewState: ['DynamicValue', 3],
    config: ['DynamicValue', 4],
    priorPrivate: ['bytes', 5],
  },
  PlanResponse: {
    plannedState: ['DynamicValue', 1],
    requiresReplace: ['AttributePath[]', 2],
    plannedPrivate: ['bytes', 3],
    diagnostics: ['Diagnostic[]', 4],
  },
  ApplyRequest: {
    typeName: ['string', 1],
    priorState: ['DynamicValue', 2],
    plannedState: ['DynamicValue', 3],
    config: ['DynamicValue', 4],
    plannedPrivate: ['bytes', 5],
  },
  ApplyResponse: { newState: ['DynamicValue', 1], private: ['bytes', 2], diagnostics: ['Diagnostic[]', 3] },
  ImportRequest: { typeName: ['string', 1], id: ['string', 2] },
  ImportResponse: { diagnostics: ['Diagnostic[]', 2] },
  ReadDataResponse: { state: ['DynamicValue', 1], diagnostics: ['Diagnostic[]', 2] },
  Empty: {},
};

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(MESSAGES).map(([name, fields]) => [name, { fields: descriptor(fields) }])),
});

// biome-ignore lint/suspicious/noExplicitAny: protobufjs' descriptors of plain and map fields share no exported type
function descriptor(fields: Fields): Record<string, any> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, [type, id]]) => {
      if (type.endsWith('[]')) return [name, { rule: 'repeated', type: type.slice(0, -2), id }];
      if (type.endsWith('{}')) return [name, { keyType: 'string', type: type.slice(0, -2), id }];
      return [name, { type, id }];
    }),
  );
}

/** Bytes of a message. Fields that are undefined or false are left out, as proto3 does. */
export function encodeMessage(name: string, value: object): Buffer {
  return Buffer.from(root.lookupType(name).encode(value).finish());
}

/** A message as a plain object: absent texts are '', absent bytes empty, absent messages undefined. */
export function decodeMessage<T>(name: string, bytes: Uint8Array): T {
  return root.lookupType(name).decode(bytes) as unknown as T;
}
