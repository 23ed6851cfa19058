/** `forecastStack`: what the next cycle of a stack's job would do, from what can be read; nothing is written anywhere. */
import { type Graph, missesPermission } from '../../provider/graph/client.ts'
import type { Job } from '../../provider/resources/provisioningJob/job.ts'
import { DEFAULT_EVALUATION } from '../../sync/expression/functions/index.ts'
import { compileSchema, type Rules } from '../../sync/rules.ts'
import { findApplication } from '../stack/application.ts'
import type { Tenant } from '../stack/tenant.ts'
import { Foresight, type World } from './decide/foresight.ts'
import { type Links, linksOf, NO_LINKS } from './decide/links.ts'
import { addReferences } from './decide/references.ts'
import { TargetView } from './decide/target.ts'
import { applyGuard, applyLicences, countsOf, reasonsOf } from './decide/totals.ts'
import { exceededLimits, type Limits } from './limits.ts'
import type { Entry, Forecast, Kind } from './model.ts'
import type { BundledReader } from './read/bundled.ts'
import { DirectoryCache } from './read/cache.ts'
import { readDirectory } from './read/directory.ts'
import { planJob } from './read/job.ts'
import { readLinks } from './read/log.ts'
import { type TargetReader, TargetUnreadable } from './read/scim.ts'
import { type OpenTarget, openTarget } from './read/target.ts'
import { differenceUnknowns, functionUnknowns, orderUnknowns } from './unknowns.ts'

export interface ForecastOptions extends Limits {
  /** As though the job were restarted: everybody is compared with the target anew. */
  restart?: boolean
  /** Folder that keeps what was read of the directory for the next time; nothing is kept where absent. */
  cacheFolder?: string
  /** Told of what takes long. */
  progress?(text: string): void
  /** In place of the target that the stack's file names. */
  openTarget?(): OpenTarget | Promise<OpenTarget>
}

/** Disables are guarded unless the file says otherwise (provisioningJob/inputs.ts). */
const DEFAULT_THRESHOLD = 500

/**
 * @throws GraphError where the directory or the job cannot be read; SchemaError, or an error about the file, for what no
 *   cycle would run with
 */
export async function forecastStack(tenant: Tenant, options: ForecastOptions = {}): Promise<Forecast> {
  const { graph, config, stack } = tenant
  const { progress = () => {} } = options
  const application = await findApplication(tenant)
  const plan = await planJob(graph, config, application ?? {}, options.restart ?? false)
  const { unknowns } = plan
  const rules = compileSchema(plan.schema)
  const [links, read, defaultDomain] = await Promise.all([
    knownLinks(graph, application?.job, plan.ran, unknowns),
    readTarget(
      rules,
      options.openTarget ?? (() => openTarget(tenant, application?.servicePrincipal.id)),
      unknowns,
      progress,
    ),
    domainOf(graph, rules, unknowns),
  ])
  const world: World = {
    rules,
    skipOutOfScopeDeletions: false,
    environment: { ...DEFAULT_EVALUATION, now: graph.now(), defaultDomain },
    target: read?.view ?? null,
    links,
    cycle: plan.cycle,
  }
  const entries = new Map<string, Entry>()
  const foresight = new Foresight(world)
  const cache = options.cacheFolder === undefined ? undefined : new DirectoryCache(options.cacheFolder)
  const references = await readDirectory(
    {
      graph,
      config,
      servicePrincipal: application?.servicePrincipal,
      rules,
      links,
      ran: plan.ran,
      cache,
      unknowns,
      progress,
    },
    (object) => {
      const entry = foresight.of(object)
      if (entry) entries.set(entry.id, entry)
    },
  )
  const late = addReferences(world, foresight.presence, entries, references)
  if (late > 0) {
    unknowns.push(
      `whether members and managers who were provisioned later than what refers to them (${late}) are written: if they joined since the last cycle, else only after a restart`,
    )
  }
  unknowns.push(...functionUnknowns(rules), ...orderUnknowns(entries.values()), ...differenceUnknowns(entries.values()))

  const { enabled = true, threshold = DEFAULT_THRESHOLD } = config.accidentalDeletions ?? {}
  const guard = applyGuard(entries.values(), enabled ? threshold : null)
  const licences = await licencesOf(tenant, read?.bundled, entries, unknowns)
  const counts = countsOf(entries.values())
  return {
    stack,
    tenantId: graph.tenantId,
    at: new Date(graph.now()).toISOString(),
    application: {
      displayName: application?.servicePrincipal.displayName ?? config.displayName ?? config.application,
      servicePrincipalId: application?.servicePrincipal.id ?? null,
    },
    job: { id: application?.job?.id ?? null, status: application?.job?.status?.code ?? null, cycle: plan.cycle },
    scope: config.scope,
    users: counts.user,
    groups: counts.group,
    leftOut: reasonsOf(entries.values()),
    guard,
    licences,
    targetOnly: read ? unclaimed(read.view, foresight) : null,
    jobChanges: plan.changes,
    exceeded: exceededLimits(counts, guard, options, links.complete || read !== null),
    unknowns,
    entries: [...entries.values()],
  }
}

/** What a job's status says of all its cycles (graph-api.md 3.3). */
interface JobHistory {
  synchronizedEntryCountByType?: { value: number | string }[]
  steadyStateFirstAchievedTime?: string
}

/** In the place of a time that has not come. */
const NEVER = '0001-01-01T00:00:00Z'

async function knownLinks(graph: Graph, job: Job | undefined, ran: boolean, unknowns: string[]): Promise<Links> {
  if (!job || !ran) return NO_LINKS
  const { synchronizedEntryCountByType: counted = [], steadyStateFirstAchievedTime: settled = NEVER } =
    (job.status as JobHistory | null) ?? {}
  const managed = counted.reduce((sum, { value }) => sum + Number(value), 0)
  try {
    const links = await readLinks(graph, job.id, { managed, settled: settled > NEVER ? settled : undefined })
    if (!links.complete) {
      unknowns.push(
        'the provisioning log, which reaches back 30 days, does not tell of everybody whom the job manages: for the others, an account at the target that matches counts as managed; those deleted for good, and groups that are assigned no more, are not found',
      )
    }
    return links
  } catch (error) {
    if (!missesPermission(error)) throw error
    unknowns.push(
      'whom the job manages already: the provisioning log could not be read (ProvisioningLog.Read.All, and a premium licence); an account at the target that matches counts as managed, and those deleted for good are not found',
    )
    return linksOf(new Map(), new Set(), false)
  }
}

interface ReadTarget {
  view: TargetView
  bundled: BundledReader | undefined
}

async function readTarget(
  rules: Rules,
  open: () => OpenTarget | Promise<OpenTarget>,
  unknowns: string[],
  progress: (text: string) => void,
): Promise<ReadTarget | null> {
  try {
    const { reader, bundled } = await open()
    return { view: await viewOf(rules, reader, progress), bundled }
  } catch (error) {
    if (!(error instanceof TargetUnreadable)) throw error
    unknowns.push(`who already exists at the target, and with which values: ${error.message}`)
    return null
  }
}

async function viewOf(rules: Rules, reader: TargetReader, progress: (text: string) => void): Promise<TargetView> {
  const pathsOf = async (kind: Kind) => {
    const of = rules[kind]
    const mappings = of?.mappings ?? []
    const keys = mappings.filter((one) => one.matchingPriority > 0 || one.uniqueRules)
    return {
      paths: [...mappings, ...(kind === 'user' ? (of?.references ?? []) : [])].map(({ target }) => target.path.text),
      keys: keys.map(({ target }) => target.path.text),
      unique: of ? await reader.unique(kind) : [],
    }
  }
  const view = new TargetView({ user: await pathsOf('user'), group: await pathsOf('group') })
  for (const kind of ['user', 'group'] as const) {
    const of = rules[kind]
    if (!of) continue
    for await (const resource of reader.read(kind, of.references.length > 0)) {
      view.add(kind, resource)
      if (view.size(kind) % 10_000 === 0) progress(`read ${view.size(kind)} ${kind}s of the target`)
    }
  }
  return view
}

async function domainOf(graph: Graph, rules: Rules, unknowns: string[]): Promise<string> {
  if (![rules.user, rules.group].some((one) => one?.functions.has('DefaultDomain'))) return ''
  try {
    const { value } = await graph.get<{ value: { verifiedDomains: { name: string; isDefault: boolean }[] }[] }>(
      '/organization?$select=verifiedDomains',
    )
    return value[0]?.verifiedDomains.find(({ isDefault }) => isDefault)?.name ?? ''
  } catch (error) {
    if (!missesPermission(error)) throw error
    unknowns.push('what DefaultDomain() gives: the organization could not be read (Organization.Read.All)')
    return ''
  }
}

async function licencesOf(
  { config: { target } }: Tenant,
  bundled: BundledReader | undefined,
  entries: ReadonlyMap<string, Entry>,
  unknowns: string[],
): Promise<Forecast['licences']> {
  if (target.kind === 'external') {
    unknowns.push('who gets a licence: only the bundled SCIM service tells how many are left')
    return null
  }
  const type = target.defaultLicence ?? 'named'
  if (!bundled) return null
  const pool = await bundled.pool(type)
  const seats = target.licences?.[type] ?? pool.seats
  const licences = applyLicences(entries.values(), { ...pool, seats })
  if (licences.waiting > 0) {
    unknowns.push(
      'who gets the last licences: the order in which users come, and what groups give beyond the usual type',
    )
  }
  return licences
}

function unclaimed(view: TargetView, { presence }: Foresight): number {
  let count = 0
  for (const id of view.ids('user')) if (!presence.isClaimed(id)) count += 1
  return count
}
