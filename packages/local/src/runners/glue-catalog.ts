import {
  type Column,
  CreateDatabaseCommand,
  CreateTableCommand,
  type DatabaseInput,
  DeleteDatabaseCommand,
  DeleteTableCommand,
  GetDatabaseCommand,
  GetTableCommand,
  type StorageDescriptor,
  type TableInput,
  UpdateDatabaseCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { found } from '../aws/found';
import type { DeployedResource } from '../deployment/deployment';
import { mend } from './mend';
import type { ResourceRunner, Runner } from './runner';
import { type Block, block, blocks, optionalText, text, textMap } from './values';

/** Who may read is decided by IAM and Lake Formation in the cloud. */
const LIMITS = 'whoever is at this machine reads it: no policy and no Lake Formation grant has an effect';

const database: ResourceRunner = {
  limits: LIMITS,
  identity: (resource) => ({ name: text(resource, 'name') }),
  // What the catalog says can be said again; the files of its tables stay.
  allowsDataLoss: () => true,
  async reconcile(resource, { aws: { glue } }) {
    const Name = text(resource, 'name');
    const wanted: DatabaseInput = {
      Name,
      Description: optionalText(resource.values, 'description'),
      LocationUri: optionalText(resource.values, 'location_uri'),
      Parameters: textMap(resource.values, 'parameters'),
    };
    const actual = (await found(glue.send(new GetDatabaseCommand({ Name }))))?.Database;
    return mend(actual, wanted, () =>
      actual
        ? glue.send(new UpdateDatabaseCommand({ Name, DatabaseInput: wanted }))
        : glue.send(new CreateDatabaseCommand({ DatabaseInput: wanted })),
    );
  },
  async remove({ identity }, { aws: { glue } }) {
    await found(glue.send(new DeleteDatabaseCommand({ Name: identity.name! })));
  },
};

const table: ResourceRunner = {
  limits: LIMITS,
  identity: (resource) => ({ database: text(resource, 'database_name'), name: text(resource, 'name') }),
  allowsDataLoss: () => true,
  async reconcile(resource, { aws: { glue } }) {
    const DatabaseName = text(resource, 'database_name');
    const wanted = tableInput(resource);
    const actual = (await found(glue.send(new GetTableCommand({ DatabaseName, Name: wanted.Name! }))))?.Table;
    return mend(actual, wanted, () =>
      actual
        ? glue.send(new UpdateTableCommand({ DatabaseName, TableInput: wanted }))
        : glue.send(new CreateTableCommand({ DatabaseName, TableInput: wanted })),
    );
  },
  async remove({ identity }, { aws: { glue } }) {
    await found(glue.send(new DeleteTableCommand({ DatabaseName: identity.database!, Name: identity.name! })));
  },
};

function tableInput(resource: DeployedResource): TableInput {
  const { values } = resource;
  const storage = block(values, 'storage_descriptor');
  return {
    Name: text(resource, 'name'),
    Description: optionalText(values, 'description'),
    Owner: optionalText(values, 'owner'),
    TableType: optionalText(values, 'table_type'),
    Parameters: textMap(values, 'parameters'),
    PartitionKeys: blocks(values, 'partition_keys').map(column),
    ViewOriginalText: optionalText(values, 'view_original_text'),
    ViewExpandedText: optionalText(values, 'view_expanded_text'),
    StorageDescriptor: storage && descriptor(storage),
  };
}

function descriptor(storage: Block): StorageDescriptor {
  const serde = block(storage, 'ser_de_info');
  return {
    Columns: blocks(storage, 'columns').map(column),
    Location: optionalText(storage, 'location'),
    InputFormat: optionalText(storage, 'input_format'),
    OutputFormat: optionalText(storage, 'output_format'),
    Parameters: textMap(storage, 'parameters'),
    SerdeInfo: serde && {
      Name: optionalText(serde, 'name'),
      SerializationLibrary: optionalText(serde, 'serialization_library'),
      Parameters: textMap(serde, 'parameters'),
    },
  };
}

function column(values: Block): Column {
  return {
    Name: optionalText(values, 'name'),
    Type: optionalText(values, 'type'),
    Comment: optionalText(values, 'comment'),
    Parameters: textMap(values, 'parameters'),
  };
}

/** Databases and tables of the Glue catalog, which ministack keeps. */
export const glueCatalogRunner: Runner = {
  family: 'Glue catalog',
  resources: { aws_glue_catalog_database: database, aws_glue_catalog_table: table },
};
