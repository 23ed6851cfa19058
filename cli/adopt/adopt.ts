/** Takes over one application of a tenant: reads all, then the stack's file, then its state. */
import { existsSync, readFileSync } from 'node:fs'
import { readFleet } from '../../config/fleet.ts'
import { createGraph, type Graph, graphSettings } from '../../provider/graph/client.ts'
import { sameTenant } from '../../provider/graph/tenant.ts'
import { testUnsaved } from '../../provider/resources/provisioningJob/connection.ts'
import { jobPath } from '../../provider/resources/provisioningJob/job.ts'
import { BLANK } from '../../provider/resources/provisioningJob/read.ts'
import { readSecrets } from '../../provider/resources/provisioningJob/secrets.ts'
import { checkBackend } from '../doctor/checks/backend.ts'
import { checkEncryption } from '../doctor/checks/encryption.ts'
import type { Changes } from '../engine/changes.ts'
import { previewChanges } from '../engine/rehearse.ts'
import { writeWhole } from '../local/folder.ts'
import { STACK_NAME } from '../new/plan.ts'
import { encryptionOf, withEncryption } from '../stack/encryption.ts'
import { stackFile } from '../stack/files.ts'
import { type Env, inTenant, surroundingsOf, type Tenant } from '../stack/tenant.ts'
import type { Beyond } from './beyond.ts'
import { type Bundled, findBundled } from './bundled.ts'
import { type Candidate, type Candidates, choose, listCandidates } from './candidates.ts'
import { existingFile, fileText, hasSecret, settingsOf } from './file.ts'
import { type Found, readFound } from './found.ts'
import { settingsFor, type Wanted } from './settings.ts'
import { prepareEngine, setSecret, type TakenOver, takeOver } from './takeOver.ts'

export interface Wish {
  tenantId?: string
  application?: string
  force?: boolean
  secretsProvider?: string
  /** In place of this process's. */
  env?: Env
  ask: Asking
}

/** A person, or what stands in for one. */
export interface Asking {
  say(text: string): void
  /** Undefined: the list is all that was wanted. */
  application(candidates: Candidates): Promise<string | undefined>
  /** Undefined: it is to be set later. */
  secret(clientId: string): Promise<string | undefined>
  /** @throws when the answer is no */
  agreed(plan: Plan): Promise<void>
}

export interface Plan {
  stack: string
  file: string
  /** Null where the file is there and is kept. */
  text: string | null
  application: { displayName: string; servicePrincipalId: string; jobId: string }
  beyond: Beyond[]
  missing: Wanted['missing']
}

export interface Adoption extends Omit<Plan, 'text'> {
  /** Null where the file has to be completed first. */
  taken: TakenOver | null
  /** What the next update would do. */
  preview: Pick<Changes, 'changes' | 'unchanged' | 'errors'> | null
}

/** @throws before anything is written, with all that is wrong */
export async function adopt(stack: string, wish: Wish): Promise<Adoption | Candidates> {
  if (!STACK_NAME.test(stack)) throw new Error(`'${stack}' is no name of a stack: use letters, digits and . _ -`)
  const kept = wish.force ? undefined : existingFile(stack)
  const config = kept === undefined ? undefined : settingsOf(kept, stack)
  const { env: surroundings, served } = surroundingsOf(stack, wish.env ?? process.env)
  const env = inTenant(surroundings, wish.tenantId ?? config?.tenantId)
  if (wish.tenantId && config?.tenantId && !(await sameTenant(wish.tenantId, config.tenantId, env))) {
    throw new Error(`${stackFile(stack)} is about tenant ${config.tenantId}, not ${wish.tenantId}: ${ANEW}`)
  }
  const secretsProvider = wish.secretsProvider ?? env.PULUMI_SECRETS_PROVIDER
  const graph = createGraph({ settings: graphSettings(env) })
  wish.ask.say(`reading tenant ${graph.tenantId} …`)
  const candidates = await listCandidates(graph, stack)
  const name = config && (config.displayName ?? config.application)
  const wanted = wish.application ?? name ?? (await wish.ask.application(candidates))
  if (wanted === undefined) return candidates
  const candidate = choose(candidates, wanted)
  refuseOthers(candidate, stack, name, wish.force ?? false)
  if (!served) refuseWithoutEngine(env, secretsProvider ?? engineKeysOf(stack).secretsprovider)

  const found = await readFound(graph, candidate)
  const bundled = await findBundled(env, found.secrets, stack)
  const tenantId = wish.tenantId ?? config?.tenantId ?? graph.tenantId
  // What a stack's file says counts from now on; a new one says what there is.
  const { settings, beyond, missing } = settingsFor(found, { tenantId, bundled })
  const fleet = readFleet()
  const text = kept === undefined ? withEncryption(fileText(stack, settings, beyond, fleet), engineKeysOf(stack)) : null
  if (text !== null && missing.length === 0) settingsOf(text, stack, fleet)
  const secret = await newSecret(graph, found, kept, bundled, wish)
  const file = stackFile(stack)
  const application = {
    displayName: candidate.servicePrincipal.displayName,
    servicePrincipalId: candidate.servicePrincipal.id,
    jobId: found.job.id,
  }
  const plan: Plan = { stack, file, text, application, beyond, missing: text === null ? [] : missing }
  await wish.ask.agreed(plan)

  if (text !== null) writeWhole(file, text)
  const { text: _, ...told } = plan
  if (plan.missing.length > 0) return { ...told, taken: null, preview: null }
  const tenant: Tenant = { stack, config: settingsOf(text ?? kept!, stack, fleet), env, graph, served }
  return { ...told, ...(await intoState(tenant, found, { bundled, secret, wish })) }
}

const ANEW = 'take another name for the stack, or --force to write the file anew'

async function intoState(
  tenant: Tenant,
  found: Found,
  { bundled, secret, wish }: { bundled: Bundled | undefined; secret: string | undefined; wish: Wish },
): Promise<Pick<Adoption, 'taken' | 'preview' | 'missing'>> {
  const { stack } = tenant
  wish.ask.say(`taking it into the state of stack ${stack} …`)
  const engine = await prepareEngine(tenant, wish.secretsProvider)
  if (secret !== undefined) await setSecret(engine.site, secret)
  const clientSecret = secret ?? engine.clientSecret ?? ''
  const taken = await takeOver(tenant, engine.site, {
    servicePrincipalId: found.candidate.servicePrincipal.id,
    jobId: found.job.id,
    bundled: tenant.config.target.kind === 'local' ? bundled : undefined,
    clientSecret,
  })
  const { changes, unchanged, errors } = await previewChanges(tenant, { site: engine.site })
  const isOpen = tenant.config.target.kind === 'external' && clientSecret === ''
  const why = `npm run pulumi -- config set --path --secret entrada:target.clientSecret --stack ${stack}`
  return {
    taken,
    preview: { changes, unchanged, errors },
    missing: isOpen ? [{ setting: 'target.clientSecret', why }] : [],
  }
}

/** What would stop the engine once the file is written. */
function refuseWithoutEngine(env: Env, secretsProvider: string | undefined): void {
  const backend = checkBackend(env)
  const encryption = backend.value ? checkEncryption({ secretsProvider }, backend.value, env).said : []
  const problems = [...backend.said, ...encryption].filter(({ state }) => state === 'problem')
  if (problems.length > 0) throw new Error(problems.map(({ seen, fix }) => `${seen}: ${fix}`).join('\n'))
}

/** What `pulumi stack init` has put into the stack's file, if there is one. */
function engineKeysOf(stack: string): ReturnType<typeof encryptionOf> {
  const file = stackFile(stack)
  return existsSync(file) ? encryptionOf(readFileSync(file, 'utf8')) : {}
}

function refuseOthers(
  { servicePrincipal, managedBy }: Candidate,
  stack: string,
  name: string | undefined,
  force: boolean,
) {
  const { displayName } = servicePrincipal
  if (name !== undefined && displayName.toLowerCase() !== name.toLowerCase()) {
    throw new Error(`${stackFile(stack)} is about the application '${name}', not '${displayName}': ${ANEW}`)
  }
  if (managedBy === 'another stack' && !force) {
    throw new Error(
      `'${displayName}' is managed by another stack: two of them would undo each other's work. If that one is gone: --force`,
    )
  }
}

/** Asked for where the stack has none, and tried: a wrong one is found before anything is written. */
async function newSecret(
  graph: Graph,
  { candidate, job, secrets }: Found,
  kept: string | undefined,
  bundled: Bundled | undefined,
  { ask }: Wish,
): Promise<string | undefined> {
  if (bundled || (kept !== undefined && hasSecret(kept))) return undefined
  const { id } = candidate.servicePrincipal
  const { credentials } = readSecrets({ ...BLANK, servicePrincipalId: id }, secrets)
  const { clientId, tokenEndpoint } = credentials
  if (clientId === '' || tokenEndpoint === '') return undefined
  const clientSecret = await ask.secret(clientId)
  if (clientSecret === undefined) return undefined
  const failure = await testUnsaved(graph, jobPath(id, job.id), { ...credentials, clientSecret })
  if (failure) throw new Error(`the client secret cannot be used, and nothing was written. ${failure}`)
  return clientSecret
}
