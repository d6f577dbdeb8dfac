import { Directory } from '@cdktf/provider-databricks/lib/directory';
import { Permissions } from '@cdktf/provider-databricks/lib/permissions';
import { LakewrightError, type Principal } from '@lakewright/config';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { accessSubject, principalName } from './access';
import { workspacePath } from './workspace-path';

/** Where files and dashboards may be put. */
export interface WorkspaceFolder {
  /** As the workspace reports it: `/lakewright/prod/listings/pipelines`. */
  readonly path: string;
  /** What must exist before anything is put there: the folder, and who may see it. */
  readonly ready: readonly ITerraformDependable[];
  /** Lets a principal see what lies there, and change nothing. */
  grantRead(principal: Principal): void;
}

export interface ProtectedFolderProps {
  /** From `workspaceFolder()` of @lakewright/config. */
  readonly path: string;
  /** Who may see what lies there; who runs it is added by what is put there. */
  readonly readers: readonly [Principal, ...Principal[]];
}

/**
 * A folder of the workspace that nobody can change but its administrators and who deploys: what lies there runs with the rights
 * of a service principal, so writing a file would be having these rights. It lies below the root, where only administrators can
 * make anything; files and folders in it inherit its permissions.
 *
 * Source: docs.databricks.com, "Access control lists" (folder ACLs) and "Default workspace permissions".
 */
export class ProtectedFolder extends Construct implements WorkspaceFolder {
  readonly path: string;
  readonly directory: Directory;
  readonly ready: readonly ITerraformDependable[];
  private readonly permissions: Permissions;
  private readonly readers = new Map<string, Principal>();

  constructor(scope: Construct, id: string, props: ProtectedFolderProps) {
    super(scope, id);
    this.path = workspacePath(props.path);
    this.validatePlace();
    this.directory = new Directory(this, 'directory', { path: this.path });
    this.permissions = new Permissions(this, 'permissions', { directoryPath: this.directory.path, accessControl: [] });
    this.ready = [this.directory, this.permissions];
    for (const reader of props.readers) this.grantRead(reader);
  }

  /** A folder in it: same permissions, and Terraform removes it, so that the folder itself can be removed. */
  addFolder(name: string): WorkspaceFolder {
    this.validateName(name);
    const directory = new Directory(this, name, { path: `${this.path}/${name}`, dependsOn: [...this.ready] });
    return {
      path: `${this.path}/${name}`,
      ready: [...this.ready, directory],
      grantRead: (principal) => this.grantRead(principal),
    };
  }

  grantRead(principal: Principal): void {
    this.readers.set(principalName(principal), principal);
    const readers = [...this.readers].sort(([a], [b]) => (a < b ? -1 : 1));
    this.permissions.putAccessControl(readers.map(([, reader]) => ({ ...accessSubject(reader), permissionLevel: 'CAN_READ' })));
  }

  private validatePlace(): void {
    const open = ['/Shared', '/Users', '/Repos'].find((folder) => this.path === folder || this.path.startsWith(`${folder}/`));
    if (open === undefined) return;
    throw new LakewrightError(
      'CONSTRUCT_FOLDER_OPEN',
      `path: must not lie in ${open}, where users have rights that a folder cannot take away (got "${this.path}")`,
      { hint: "workspaceFolder(environment, 'system') makes one" },
    );
  }

  private validateName(name: string): void {
    if (/^[a-z][a-z0-9_]*$/.test(name) && !['directory', 'permissions'].includes(name)) return;
    throw new LakewrightError(
      'CONSTRUCT_FOLDER_NAME',
      `name: must be lower-case letters, digits and "_", and not "directory" or "permissions" (got "${name}")`,
      { hint: 'pipelines' },
    );
  }
}
