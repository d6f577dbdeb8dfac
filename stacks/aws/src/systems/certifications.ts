import {
  AthenaWorkgroup,
  type DmsReplicationTask,
  type EmptySecret,
  type GlueDatabase,
  hudiPipeline,
  LakeReaders,
  LambdaInvocation,
  MachineSchedule,
  type MysqlDatabase,
  type NodeLambda,
  type PrivateNetwork,
  type SecureBucket,
  SecurityGroup,
  StateMachine,
} from '@lakewright/constructs';
import type { Construct } from 'constructs';
import { HudiLake } from '../hudi-lake';
import { type AwsSystemProps, AwsSystemStack } from '../system-stack';

/** The schema that is replicated; its database is called the same. */
const SCHEMA = 'certifications';
/** The state machine and its schedule. */
const PIPELINE = 'hudi_fl_cdc_pipeline';
const GOLD_TABLE = 'user_certification_count';
/** mysql2 and one SDK client. */
const MAX_ZIP_BYTES = 700_000;

/** An application's database and its copy in the lake: MySQL, the function that prepares it, DMS, and a bucket a layer. */
export default class AwsCertificationsStack extends AwsSystemStack {
  private readonly network: PrivateNetwork;
  private readonly database: MysqlDatabase;
  private readonly dmsSecret: EmptySecret;
  private readonly applicationSecret: EmptySecret;

  constructor(scope: Construct, props: AwsSystemProps) {
    super(scope, props);
    const bronze = this.addBucket('bronze');
    const silver = this.addBucket('silver');
    const gold = this.addBucket('gold');
    this.network = this.addNetwork();
    this.database = this.addMysqlDatabase(this.network);
    this.dmsSecret = this.addSecret('dms', 'The database user that DMS replicates with; initial_configuration fills it');
    this.applicationSecret = this.addSecret(
      'application',
      'The database user of the application; initial_configuration fills it',
    );
    const configuration = this.addConfiguration();
    const invocation = new LambdaInvocation(this, 'invocation', {
      invocationName: 'initial_configuration',
      function: configuration,
      payloadFile: `apps/${this.system}/initial_configuration.json`,
      after: this.database.ready,
    });
    const task = this.addReplication({
      network: this.network,
      database: this.database,
      secret: this.dmsSecret,
      bucket: bronze,
      mappings: {
        selections: [
          { schema: SCHEMA, table: '%' },
          // What initial_configuration notes for itself.
          { schema: SCHEMA, table: 'configuration_applied', action: 'exclude' },
        ],
        sequenceColumn: 'change_seq',
      },
      after: [invocation.invocation],
    });
    const lake = new HudiLake(this, 'lakehouse', {
      system: this.system,
      bronze,
      schema: SCHEMA,
      silver,
      gold,
      key: this.key,
      alarms: this.alarms,
    });
    const machine = this.addPipeline(lake, task);
    // After the machine, which runs the jobs that are there by then: this one is for people.
    lake.addHistoryJob();
    this.addReaders(lake, this.addAthena(lake, gold));
    this.addSystemDashboard();
    this.addOutputs({
      bronze_bucket: bronze.bucket.bucket,
      silver_bucket: silver.bucket.bucket,
      gold_bucket: gold.bucket.bucket,
      database_address: this.database.instance.address,
      database_port: String(this.database.port),
      master_secret_arn: this.database.masterSecretArn,
      application_secret_arn: this.applicationSecret.arn,
      configuration_function: configuration.function.functionName,
      replication_task_arn: task.arn,
      state_machine_arn: machine.arn,
    });
  }

  /** Makes schema, tables, first rows and users, puts their passwords into the secrets, and applies changes when asked to. */
  private addConfiguration(): NodeLambda {
    const { network, database, dmsSecret, applicationSecret } = this;
    const group = new SecurityGroup(this, 'configuration_group', {
      groupName: `${this.system}-initial-configuration`,
      description: 'Function initial_configuration',
      vpc: network.vpc,
    });
    database.group.allowFrom(group, database.port, 'initial_configuration makes schema, tables and users');
    network.endpoints.allowFrom(group, 443, 'initial_configuration reads and fills secrets');
    const configuration = this.addFunction('initial_configuration', {
      description: 'Prepares the database: schema, tables, first rows, users; then applies changes',
      environment: {
        DATABASE_HOST: database.instance.address,
        DATABASE_PORT: String(database.port),
        DATABASE_NAME: database.databaseName,
        MASTER_SECRET_ARN: database.masterSecretArn,
        DMS_SECRET_ARN: dmsSecret.arn,
        APPLICATION_SECRET_ARN: applicationSecret.arn,
      },
      timeoutSeconds: 120,
      maxZipBytes: MAX_ZIP_BYTES,
      network: { network, group },
      trustsRds: true,
    });
    database.grantMasterSecret(configuration);
    for (const secret of [dmsSecret, applicationSecret]) {
      secret.grantRead(configuration);
      secret.grantWrite(configuration);
    }
    return configuration;
  }

  /** Full load or changes of each table, then gold: by the clock in prod, by hand elsewhere. */
  private addPipeline(lake: HudiLake, task: DmsReplicationTask): StateMachine {
    const register = this.addFunction('register_hudi_table', {
      description: 'Registers a Hudi table in the catalog, with the columns of its latest commit',
      timeoutSeconds: 60,
    });
    for (const layer of [lake.silver, lake.gold]) {
      layer.grantRegister(register);
      layer.bucket.grantRead(register, layer.prefix);
    }
    const gold = lake.addGoldJob(GOLD_TABLE, 'How many certifications each user was awarded');
    const machine = new StateMachine(this, 'machine', {
      machineName: PIPELINE,
      logicalId: PIPELINE,
      definition: hudiPipeline({
        replicationTaskArn: task.arn,
        database: lake.silver.databaseName,
        tables: lake.tables,
        goldJobs: [{ job: gold.jobName, database: lake.gold.databaseName, table: GOLD_TABLE }],
        registerFunctionArn: register.arn,
      }),
      key: this.key,
      alarms: this.alarms,
    });
    for (const job of lake.jobs) job.grantRun(machine);
    task.grantStart(machine);
    register.grantInvoke(machine);
    lake.silver.grantLook(machine);
    new MachineSchedule(this, 'schedule', { scheduleName: PIPELINE, logicalId: PIPELINE, machine, key: this.key });
    return machine;
  }

  private addAthena(lake: HudiLake, results: SecureBucket): AthenaWorkgroup {
    const workgroup = new AthenaWorkgroup(this, 'athena', {
      workgroupName: this.system,
      description: `Questions to ${this.system}`,
      results,
      key: this.key,
    });
    workgroup.addNamedQuery(
      'certifications_awarded',
      lake.silver,
      'The latest certifications',
      `SELECT * FROM ${lake.silver.databaseName}.certifications_awarded ORDER BY awarded_on DESC LIMIT 100`,
    );
    workgroup.addNamedQuery(
      'user_certification_count',
      lake.gold,
      'Users by their certifications',
      `SELECT name, country, certifications FROM ${lake.gold.databaseName}.${GOLD_TABLE} ORDER BY certifications DESC, name`,
    );
    return workgroup;
  }

  /** Who counts reads gold; who mends reads silver too. Nobody reads bronze but the jobs. */
  private addReaders({ silver, gold }: HudiLake, workgroup: AthenaWorkgroup): void {
    const { analysts, data_engineers: engineers } = this.environment.principals;
    const readers = (layer: string, group: string, databases: readonly GlueDatabase[]) =>
      new LakeReaders(this, `${layer}_readers`, { roleName: `${this.system}_${layer}_readers`, group, workgroup, databases });
    readers('gold', analysts.name, [gold]);
    readers('silver', engineers.name, [silver, gold]);
  }
}
