import { settingsProblems } from '../computed/settings';
import { validateConfig } from '../plan/validate';
import { decodeMessage, encodeMessage } from '../protocol/messages';
import { blockType, type Schema } from '../schema/schema';
import type { SchemaStore } from '../schema/schema-store';
import { fromMsgpack, toMsgpack } from '../values/msgpack';
import { fromStateJson } from '../values/state-json';
import { type ObjectValue, type Value } from '../values/value';
import { attributePath, type Diagnostic, diagnosticMessage } from './diagnostic';
import type { Session } from './session';

interface Dynamic {
  msgpack?: Uint8Array;
}

/** Answers a request of the provider service: bytes in, bytes out. */
export type Handler = (request: Buffer, session: Session) => Buffer;

/** The provider service of the plugin protocol, by method. Methods that are not here answer UNIMPLEMENTED, which Terraform expects of older providers. */
export function providerHandlers(store: SchemaStore): Record<string, Handler> {
  return {
    GetMetadata: () => store.metadataResponse(),
    GetProviderSchema: () => store.schemaResponse(),
    ValidateProviderConfig: () => encodeMessage('ProviderConfigResponse', {}),
    ConfigureProvider: (request, session) => configure(request, session),
    ValidateResourceConfig: (request) => validateResource(store, request),
    ValidateDataResourceConfig: (request) => refuseData('DiagnosticsResponse', request),
    ReadDataSource: (request) => refuseData('ReadDataResponse', request),
    UpgradeResourceState: (request, session) => upgrade(store, request, session),
    ReadResource: (request, session) => read(request, session),
    PlanResourceChange: (request, session) => plan(store, request, session),
    ApplyResourceChange: (request, session) => apply(store, request, session),
    ImportResourceState: (request) => refuseImport(request),
    StopProvider: () => encodeMessage('Empty', {}),
  };
}

function configure(request: Buffer, session: Session): Buffer {
  const { config } = decodeMessage<{ config?: Dynamic }>('ConfigureRequest', request);
  const value = fromMsgpack(config?.msgpack) as ObjectValue;
  session.configure(value);
  return encodeMessage('DiagnosticsResponse', { diagnostics: settingsProblems(session.provider, value).map(diagnosticMessage) });
}

function validateResource(store: SchemaStore, request: Buffer): Buffer {
  const { typeName, config } = decodeMessage<{ typeName: string; config?: Dynamic }>('ConfigRequest', request);
  const problems = validateConfig(typeName, schemaOf(store, typeName), fromMsgpack(config?.msgpack) as ObjectValue);
  return encodeMessage('DiagnosticsResponse', { diagnostics: problems.map(diagnosticMessage) });
}

function refuseData(response: string, request: Buffer): Buffer {
  const { typeName } = decodeMessage<{ typeName: string }>('ConfigRequest', request);
  return encodeMessage(response, {
    diagnostics: [
      error(
        'Data sources are not served locally',
        `data.${typeName}: a stand-in provider reaches no service, so it has nothing to read. Take account, region and zones from the environment's configuration, and build policies in TypeScript.`,
      ),
    ],
  });
}

function refuseImport(request: Buffer): Buffer {
  const { typeName, id } = decodeMessage<{ typeName: string; id: string }>('ImportRequest', request);
  return encodeMessage('ImportResponse', {
    diagnostics: [
      error(
        'Import is not served locally',
        `${typeName}: a stand-in provider reaches no service, so there is no "${id}" to import. Import with the real provider, in a cloud environment.`,
      ),
    ],
  });
}

function upgrade(store: SchemaStore, request: Buffer, session: Session): Buffer {
  const { typeName, rawState } = decodeMessage<{ typeName: string; rawState?: { json?: Uint8Array } }>('UpgradeRequest', request);
  const json: unknown = JSON.parse(Buffer.from(rawState?.json ?? []).toString('utf8') || 'null');
  const state = fromStateJson(json, blockType(schemaOf(store, typeName)));
  session.meet(typeName, state);
  return encodeMessage('UpgradeResponse', { upgradedState: dynamic(state) });
}

/** There is nothing behind a stand-in that could have drifted: the state is the truth. */
function read(request: Buffer, session: Session): Buffer {
  const {
    typeName,
    currentState,
    private: kept,
  } = decodeMessage<{ typeName: string; currentState: Dynamic; private: Uint8Array }>('ReadRequest', request);
  session.meet(typeName, fromMsgpack(currentState.msgpack));
  return encodeMessage('ReadResponse', { newState: currentState, private: kept });
}

function plan(store: SchemaStore, request: Buffer, session: Session): Buffer {
  const message = decodeMessage<{
    typeName: string;
    priorState?: Dynamic;
    proposedNewState?: Dynamic;
    config?: Dynamic;
    priorPrivate?: Uint8Array;
  }>('PlanRequest', request);
  const proposed = fromMsgpack(message.proposedNewState?.msgpack) as ObjectValue | null;
  if (proposed === null)
    return encodeMessage('PlanResponse', { plannedState: message.proposedNewState, plannedPrivate: message.priorPrivate });
  const { planned, replace } = session.plan(
    message.typeName,
    schemaOf(store, message.typeName),
    fromMsgpack(message.priorState?.msgpack) as ObjectValue | null,
    proposed,
    fromMsgpack(message.config?.msgpack) as ObjectValue,
  );
  return encodeMessage('PlanResponse', {
    plannedState: dynamic(planned),
    requiresReplace: replace.map(attributePath),
    plannedPrivate: message.priorPrivate,
  });
}

function apply(store: SchemaStore, request: Buffer, session: Session): Buffer {
  const message = decodeMessage<{ typeName: string; priorState?: Dynamic; plannedState?: Dynamic; plannedPrivate?: Uint8Array }>(
    'ApplyRequest',
    request,
  );
  const planned = fromMsgpack(message.plannedState?.msgpack) as ObjectValue | null;
  const prior = fromMsgpack(message.priorState?.msgpack) as ObjectValue | null;
  if (planned === null) {
    session.forget(message.typeName, prior);
    return encodeMessage('ApplyResponse', { newState: message.plannedState });
  }
  const state = session.apply(message.typeName, schemaOf(store, message.typeName), prior, planned);
  return encodeMessage('ApplyResponse', { newState: dynamic(state), private: message.plannedPrivate });
}

function schemaOf(store: SchemaStore, type: string): Schema {
  const schema = store.resource(type);
  if (!schema) throw new Error(`${store.address} has no resource type "${type}"`);
  return schema;
}

function dynamic(value: Value): Dynamic {
  return { msgpack: toMsgpack(value) };
}

function error(summary: string, detail: string): object {
  const diagnostic: Diagnostic = { severity: 'error', summary, detail };
  return diagnosticMessage(diagnostic);
}
