/** Which checks there are, in what order they are said, and what each needs. */

import { stacksFolder } from '../../config/fleet.ts'
import type { StackConfig } from '../../config/schema.ts'
import { createGraph, type Graph, type GraphSettings } from '../../provider/graph/client.ts'
import type { Access } from '../../provider/graph/neededPermissions.ts'
import { engineEnvironment } from '../local/environment.ts'
import { localFolder, STACK } from '../local/folder.ts'
import { type Env, inTenant, surroundingsOf } from '../stack/tenant.ts'
import { checkApplication, checkOwnership, checkRole, type Found } from './checks/application.ts'
import { checkAzure } from './checks/azure/target.ts'
import { checkBackend } from './checks/backend.ts'
import { checkClock } from './checks/clock.ts'
import { checkEncryption } from './checks/encryption.ts'
import { checkJob } from './checks/job.ts'
import { checkLicence } from './checks/licence.ts'
import { checkEngine, checkNode } from './checks/machine.ts'
import { checkNames, checkTemplate } from './checks/names.ts'
import { checkPermissions } from './checks/permissions.ts'
import { checkRunner, checkService } from './checks/service.ts'
import { type Caller, checkCredentials, checkSignIn } from './checks/signIn.ts'
import { checkStackFile, readEncryption, subscriptionOf } from './checks/stackFile.ts'
import { checkLock, checkState } from './checks/state.ts'
import { type ContainerApp, checkManagement, checkReachable, checkSeenFromEntra } from './checks/target.ts'
import { type Finding, notChecked, ok, problem, type Result } from './finding.ts'
import { given, Sheet, type Step } from './sheet.ts'

export interface Given {
  env: Env
  /** Milliseconds that one check may take. */
  limitMs: number
  /** What the caller is to be able to do with the stack. */
  access: Access
  /** Where the stack files are. */
  folder?: string
}

export function examineMachine({ limitMs }: Pick<Given, 'limitMs'>): Promise<Finding[]> {
  const sheet = new Sheet(limitMs)
  sheet.check('engine', {}, checkEngine)
  sheet.check('Node', {}, checkNode)
  return sheet.findings()
}

/** Everything that one stack needs, without changing anything. */
export function examineStack(stack: string, of: Given): Promise<Finding[]> {
  const { env, limitMs, access, folder = stacksFolder } = of
  const sheet = new Sheet(limitMs)
  const config = sheet.check('stack file', {}, () => checkStackFile(stack, folder))
  const found = stack === STACK ? sheet.check('services', {}, () => served(env)) : given('environment', env)
  const surroundings: Step<Env> = {
    name: found.name,
    result: Promise.all([found.result, config.result]).then(([{ value }, file]) =>
      value === undefined ? { said: [] } : { said: [], value: inTenant(value, file.value?.tenantId) },
    ),
  }

  const backend = sheet.check('backend', { surroundings }, ({ surroundings: own }) =>
    checkBackend(forEngine(stack, own)),
  )
  sheet.check('secrets', { config, backend, surroundings }, ({ backend: kept, surroundings: own }) => {
    const engine = forEngine(stack, own)
    return checkEncryption(readEncryption(stack, folder), kept, engine)
  })
  const state = sheet.check('state', { backend }, ({ backend: kept }) => checkState(stack, kept))
  sheet.check('lock', { backend }, ({ backend: kept }) => checkLock(stack, kept))

  const settings = sheet.check('credentials', { surroundings }, ({ surroundings: own }) => checkCredentials(own))
  sheet.check('clock', { settings }, ({ settings: read }, signal) => checkClock(read, signal))
  const client = derived('credentials', settings, (read) => createGraph({ settings: read }))
  const caller = sheet.check('sign-in', { settings, client }, ({ settings: read, client: graph }) =>
    checkSignIn(graph, read),
  )
  const needs = { config, client, caller }
  sheet.check('permissions', needs, (has) => checkPermissions(has.caller, has.config, access))
  sheet.check('licence', needs, (has, signal) => checkLicence(has.client.during(signal), has.config))
  const template = sheet.check('gallery', needs, (has, signal) => checkTemplate(has.client.during(signal), has.config))
  sheet.check('names', needs, (has, signal) => checkNames(has.client.during(signal), has.config))
  // Without a state to look into the application can still be looked for.
  const kept = { name: state.name, result: state.result.then(({ value = '' }) => ({ said: [], value })) }
  const application = sheet.check('application', { ...needs, template, kept }, (has, signal) =>
    checkApplication(has.client.during(signal), { stack, config: has.config, template: has.template, state: has.kept }),
  )
  // Who only reads needs to own nothing.
  if (access === 'change')
    sheet.check('ownership', { ...needs, application }, (has, signal) =>
      checkOwnership(has.client.during(signal), has.caller, has.application),
    )
  sheet.check('role', { config, application }, (has) => checkRole(has.config, has.application))
  sheet.check('job', { ...needs, application }, (has, signal) =>
    checkJob(has.client.during(signal), has.config, has.application),
  )
  const steps = { stack, access, config, surroundings, settings, client, caller, application }
  addTarget(sheet, { ...steps, subscription: () => subscriptionOf(stack, folder) })
  return sheet.findings()
}

/** The engine has a backend and a passphrase of its own for the local stack. */
function forEngine(stack: string, own: Env): Env {
  return stack === STACK ? { ...own, ...engineEnvironment(localFolder(), 'pulumi') } : own
}

interface Steps {
  stack: string
  access: Access
  config: Step<StackConfig>
  surroundings: Step<Env>
  settings: Step<GraphSettings>
  client: Step<Graph>
  caller: Step<Caller>
  application: Step<Found>
  subscription(): string | undefined
}

function addTarget(sheet: Sheet, steps: Steps): void {
  const { config, settings, surroundings } = steps
  const target = derived('stack file', config, (read) => read.target)
  sheet.check('target', { target, surroundings }, async ({ target: to, surroundings: own }, signal) => {
    switch (to.kind) {
      case 'external': {
        const both = [
          checkReachable('tenantUrl', `${to.tenantUrl.replace(/\/+$/, '')}/ServiceProviderConfig`, signal),
          checkReachable('tokenEndpoint', to.tokenEndpoint, signal),
        ]
        return { said: (await Promise.all(both)).flatMap(({ said }) => said) }
      }
      case 'local':
        return checkManagement(to, own, signal)
      case 'containerApp':
        return inAzure(to, own, steps, signal)
    }
  })
  const service = sheet.check('service', { target }, ({ target: to }, signal) =>
    to.kind === 'containerApp' ? running(to, steps, signal) : { said: [] },
  )
  sheet.check(
    'from Entra',
    { target, settings, surroundings },
    async ({ target: to, settings: read, surroundings: own }) => {
      const apiUrl = to.kind === 'local' ? (to.apiUrl ?? own.ENTRADA_SCIM_API_URL) : (await service.result).value
      const urls = to.kind === 'external' ? [to.tenantUrl, to.tokenEndpoint] : apiUrl ? [apiUrl] : []
      return checkSeenFromEntra(urls, read)
    },
  )
}

/** Of the three kinds only this one needs that the caller can sign in. */
async function inAzure(target: ContainerApp, env: Env, steps: Steps, signal: AbortSignal): Promise<Result> {
  const [{ value: settings }, { value: client }] = await Promise.all([steps.settings.result, steps.client.result])
  if (!settings || !client) return notChecked('needs: credentials')
  if (!('name' in settings.cloud) || settings.cloud.name !== 'public')
    return problem("a containerApp target is made in Azure's public cloud only", 'take another kind of target')
  const subscriptionId = steps.subscription() ?? env.ARM_SUBSCRIPTION_ID ?? ''
  const { stack, access } = steps
  const caller = { subscriptionId, token: client.token, fetch }
  return checkAzure({ stack, access, target, tenantId: settings.tenantId, caller }, signal)
}

/** The service itself, and whether this caller may ask it. */
async function running(target: ContainerApp, steps: Steps, signal: AbortSignal): Promise<Result<string>> {
  const { stack, access } = steps
  const [config, env, client, caller, application] = await Promise.all([
    steps.config.result,
    steps.surroundings.result,
    steps.client.result,
    steps.caller.result,
    steps.application.result,
  ])
  if (!config.value || !env.value || !client.value || !caller.value || application.value === undefined)
    return notChecked('needs: application')
  const tenant = { stack, config: config.value, env: env.value, graph: client.value.during(signal) }
  const found = await checkService(tenant, application.value, access, signal)
  return { ...found, said: [...checkRunner(target, caller.value, access).said, ...found.said] }
}

/** What follows from a step and is no finding of its own. */
function derived<T, U>(name: string, step: Step<T>, make: (value: T) => U): Step<U> {
  const result = step.result.then(({ value }) =>
    value === undefined ? { said: [] } : { said: [], value: make(value) },
  )
  return { name, result }
}

function served(env: Env) {
  try {
    const { env: own } = surroundingsOf(STACK, env)
    return ok(env.ARM_METADATA_HOSTNAME ? 'the environment names a tenant' : 'npm start serves tenant and target', own)
  } catch (error) {
    const [seen, fix] = (error as Error).message.split(/: (.*)/s) as [string, string]
    return problem<Env>(seen, fix)
  }
}
