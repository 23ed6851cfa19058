import { getClientConfig } from '@pulumi/azuread/getClientConfig.js'
import { Group } from '@pulumi/azuread/group.js'
import * as pulumi from '@pulumi/pulumi'
import { Component } from './component.ts'
import { foldName, type Ids, idsOf, isObjectId } from './directoryNames.ts'

export interface ManagedGroup {
  name: string
  description?: string
  /** User principal names, object ids, names of groups, of these ones or of the directory; without it left to others. */
  members?: readonly string[]
  /** User principal names or object ids, beside the caller. */
  owners?: readonly string[]
  /** A rule for dynamic membership, in place of `members`. */
  rule?: string
}

export interface ManagedGroupsArgs {
  /** Names differ from each other, and no group contains itself, nor through others. */
  groups: readonly ManagedGroup[]
  /** Whoever runs this is not who runs the update, and owns none of them. */
  isReader?: boolean
}

/** What the directory knows. */
interface Directory {
  ids: Ids
  /** Object id of the caller. */
  caller: string
}

/** Security groups as code, by azuread. */
export class ManagedGroups extends Component {
  readonly #groups = new Map<string, Group>()

  /**
   * Looks up all members and owners first, so that nothing is made where one of them does not exist.
   *
   * @throws pulumi.RunError naming all that the directory does not have
   */
  static async create(
    name: string,
    args: ManagedGroupsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ): Promise<ManagedGroups> {
    const own = new Set(args.groups.map((group) => foldName(group.name)))
    const named = args.groups.flatMap(({ members = [], owners = [] }) => [...members, ...owners])
    const foreign = named.filter((one) => !own.has(foldName(one)))
    const [ids, { objectId: caller }] = await Promise.all([
      idsOf(foreign, 'entrada:managedGroups', opts),
      getClientConfig(opts),
    ])
    return new ManagedGroups(name, args, { ids, caller }, opts)
  }

  private constructor(
    name: string,
    { groups, isReader }: ManagedGroupsArgs,
    { ids, caller }: Directory,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('ManagedGroups', name, opts)
    if (isReader && groups.some(({ owners = [] }) => owners.length > 0))
      void pulumi.log.warn(
        'entrada:managedGroups: owners are not compared, since whoever runs the update is one, and this identity only reads',
        this,
      )
    const wanted = new Map(groups.map((group) => [foldName(group.name), group]))
    const idOf = (one: string): string => (isObjectId(one) ? one : ids.get(foldName(one))!)
    const memberId = (one: string): pulumi.Input<string> => {
      const ours = wanted.get(foldName(one))
      return ours ? made(ours).objectId : idOf(one)
    }
    /** A group that is a member of another must be there first. */
    const made = (group: ManagedGroup): Group => {
      const key = foldName(group.name)
      const { name: displayName, description, members, owners = [], rule } = group
      const one =
        this.#groups.get(key) ??
        new Group(
          displayName,
          {
            displayName,
            description,
            securityEnabled: true,
            // A second group of the same name could not be told apart from it.
            preventDuplicateNames: true,
            // As an owner the caller may change the group later with no more than Group.Create.
            owners: [...new Set([caller, ...owners.map(idOf)])],
            members: members && pulumi.all(members.map(memberId)).apply((all) => [...new Set(all)]),
            ...(rule !== undefined && { types: ['DynamicMembership'], dynamicMembership: { enabled: true, rule } }),
          },
          { parent: this, ignoreChanges: isReader ? ['owners'] : [] },
        )
      this.#groups.set(key, one)
      return one
    }
    this.registerOutputs({ groups: Object.fromEntries(groups.map((group) => [group.name, made(group).objectId])) })
  }

  /** Names and object ids, with the object ids of these groups in place of their names. */
  withIds(names: readonly string[]): pulumi.Input<string>[] {
    return names.map((name) => this.#groups.get(foldName(name))?.objectId ?? name)
  }
}
