import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { LakewrightError, projectRoot } from '@lakewright/config';
import { AssetType, Fn, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { SecureBucket } from './secure-bucket';

export interface JobScriptsProps {
  /** Folder of the Python files, relative to the project: `apps/<system>/glue`. */
  readonly folder: string;
  /** Where Glue reads them from. */
  readonly bucket: SecureBucket;
  /** Folder in the bucket. */
  readonly prefix: string;
}

/** The Python files of a system's Glue jobs, in S3 as they are in the project. */
export class JobScripts extends Construct {
  readonly bucket: SecureBucket;
  readonly prefix: string;
  /** What a job must wait for. */
  readonly ready: readonly ITerraformDependable[];
  private readonly folder: string;
  private readonly files: readonly string[];

  constructor(scope: Construct, id: string, { folder, bucket, prefix }: JobScriptsProps) {
    super(scope, id);
    this.bucket = bucket;
    this.prefix = prefix;
    this.folder = folder;
    this.files = this.pythonFiles();
    this.ready = this.files.map((file) => this.upload(file));
  }

  /**
   * Where one of the files lies in S3.
   *
   * @throws LakewrightError CONSTRUCT_JOB_SCRIPT for a file that the folder does not have
   */
  location(file: string): string {
    if (this.files.includes(file)) return `s3://${this.bucket.bucketName}/${this.prefix}${file}`;
    throw new LakewrightError('CONSTRUCT_JOB_SCRIPT', `script: must be a file of ${this.folder} (got "${file}")`, {
      hint: `it has ${this.files.join(', ')}`,
    });
  }

  private pythonFiles(): string[] {
    const folder = join(projectRoot(), this.folder);
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.py')) : [];
    if (files.length > 0) return files.sort();
    throw new LakewrightError('CONSTRUCT_JOB_SCRIPT', `folder: must hold Python files (got "${this.folder}")`, {
      hint: 'apps/<system>/glue',
    });
  }

  private upload(file: string): S3Object {
    const id = file.replaceAll(/\W/g, '_');
    const asset = new TerraformAsset(this, `${id}_source`, {
      path: join(projectRoot(), this.folder, file),
      type: AssetType.FILE,
    });
    return new S3Object(this, id, {
      bucket: this.bucket.bucket.bucket,
      key: `${this.prefix}${file}`,
      source: asset.path,
      sourceHash: Fn.filesha256(asset.path),
      contentType: 'text/x-python',
    });
  }
}
