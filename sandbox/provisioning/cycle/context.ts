import type { Environment } from '../../../sync/expression/functions/index.ts'
import type { ObjectRules, Rules } from '../../../sync/rules.ts'
import type { Dialect } from '../../../sync/scim/patch.ts'
import type { Job } from '../../tenant/model.ts'
import type { Clock, TenantStore } from '../../tenant/store.ts'
import type { Switches } from '../switches.ts'
import type { Endpoint, ScimClient } from '../target/client.ts'
import type { Settings } from '../target/settings.ts'
import type { Entitlement } from './entitlement.ts'
import type { Recorder } from './recorder.ts'

export type ObjectType = 'user' | 'group'

/** What became of one object in this cycle. */
export type Outcome = 'created' | 'updated' | 'disabled' | 'deleted' | 'skipped' | 'failed'

/** Everything that one cycle works with. */
export interface CycleContext {
  readonly cycleId: string
  readonly kind: 'initial' | 'incremental'
  readonly job: Job
  readonly rules: Rules
  readonly settings: Settings
  readonly dialect: Dialect
  readonly entitlement: Entitlement
  readonly environment: Environment
  readonly client: ScimClient
  readonly recorder: Recorder
  readonly store: TenantStore
  readonly clock: Clock
  readonly switches: Switches
  /** Objects whose deletion is held back. */
  readonly held: Set<string>
  /** Members to look at of groups whose others are settled: who joined or left, and who is tried again. */
  readonly changedMembers: ReadonlyMap<string, ReadonlySet<string>>
  /** Absent in a cycle. On demand, members of a group that are to be written; nobody is disabled for what the source says. */
  readonly onDemand?: { readonly members: ReadonlySet<string> }
  /** The cycle is to end at the next safe point. */
  stopped(): boolean
}

export const endpointOf = (rules: ObjectRules): Endpoint => (rules.objectType === 'user' ? 'Users' : 'Groups')

export const isoTime = (clock: Clock): string => new Date(clock.now()).toISOString()

/** What expressions evaluate with at this moment. */
export const environmentOf = (services: { clock: Clock; defaultDomain: string; switches: Switches }): Environment => ({
  now: services.clock.now(),
  defaultDomain: services.defaultDomain,
  iifOnNull: services.switches.iifOnNull,
  otherDiacritics: services.switches.otherDiacritics,
})
