import { type Clock, systemClock } from '../../graph/clock.ts'
import type { Env } from '../../graph/settings.ts'
import { changesBetween } from '../common/changes.ts'
import { checkInputs } from '../common/check.ts'
import { nameOf } from '../common/ids.ts'
import { markerOf } from '../common/marker.ts'
import { isKnown } from '../common/unknown.ts'
import { type Context, Incomplete, type MaybeUnknown, type Resource, UNKNOWN } from '../resource.ts'
import { type Api, ApiError, type Configuration, createApi } from './api.ts'
import {
  type ScimConfigurationInputs as Inputs,
  type ScimConfigurationOutputs as Outputs,
  scimConfigurationSchema,
} from './inputs.ts'
import { hidesState, NOT_READ } from './outage.ts'
import { patiently } from './patience.ts'
import { isReplaced, isRetired, type Replaced, replaceSecret, retireSecret, secretOutputs } from './secrets.ts'

export interface ScimConfigurationDependencies {
  env: Env
  fetch?: typeof globalThis.fetch
  clock?: Clock
}

const ADMIN_TOKEN = 'ENTRADA_SCIM_ADMIN_TOKEN'

/** A provisioning configuration at the bundled SCIM service, as its administrator would make one. */
export function createScimConfiguration({
  env,
  fetch = globalThis.fetch,
  clock = systemClock,
}: ScimConfigurationDependencies): Resource<Inputs, Outputs> {
  const open = (
    { apiUrl, audience }: Pick<Inputs, 'apiUrl' | 'audience'>,
    context: Context,
    isStale = () => false,
  ): Api =>
    createApi({
      apiUrl,
      fetch,
      signal: context.signal,
      token: () => managementToken(env, audience, context, isStale()),
    })
  const moment = () => ({ env, now: clock.now() })

  return {
    token: 'entrasync:index:ScimConfiguration',
    secretOutputs: ['clientSecret'],
    check: (news) => checkInputs<Inputs>(scimConfigurationSchema, news),

    diff(olds, news) {
      const changes = changesBetween({ ...olds.inputs }, { ...(news as object) }, [])
      if (news === UNKNOWN) return { changes }
      if (isReplaced(olds, news.rotation, moment())) changes.secretId = 'update'
      else if (isRetired(olds.outputs, moment())) changes.previousSecretId = 'delete'
      return { changes }
    },

    async preview(news, olds, context) {
      if (!olds || news === UNKNOWN) return UNKNOWN_OUTPUTS
      const moved: Partial<typeof UNKNOWN_OUTPUTS> =
        news.apiUrl === olds.inputs.apiUrl ? {} : { tenantUrl: UNKNOWN, tokenEndpoint: UNKNOWN }
      const same = { ...pick(olds.outputs), ...moved }
      let { outputs } = olds
      if (typeof news.rotation === 'object' && !outputs.secretCreatedAt && isKnown<Inputs>(news)) {
        // State of a version that did not record it.
        const found = await unlessGone(() => open(news, context).get(outputs.configurationId))
        if (found) outputs = { ...outputs, ...secretOutputs(found, outputs.secretId, null, null) }
      }
      return isReplaced({ ...olds, outputs }, news.rotation, moment()) ? { ...same, ...UNKNOWN_SECRET } : same
    },

    async create(news, context) {
      let stale = false
      const api = open(news, context, () => stale)
      const { configuration, clientSecret, secretId, previousSecretId } = await patiently(
        () => make(api, news, context),
        {
          apiUrl: news.apiUrl,
          hasRoles: news.audience !== undefined,
          clock,
          context,
          renewToken: () => {
            stale = true
          },
        },
      )
      stale = false
      const id = resourceId(news.apiUrl, configuration.id)
      const outputs = outputsOf(configuration, clientSecret, secretId, { previousSecretId })
      try {
        if (news.licences) await api.setLicences(news.licences)
      } catch (error) {
        throw new Incomplete(id, outputs, [(error as Error).message])
      }
      return { id, outputs }
    },

    async read(state, context) {
      const { configurationId, ...place } = parseId(state.id)
      // The service may have moved since the id was made.
      const apiUrl = state.inputs?.apiUrl ?? place.apiUrl
      let found: Configuration | undefined
      try {
        found = await unlessGone(() => open({ ...state.inputs, apiUrl }, context).get(configurationId))
      } catch (error) {
        const { inputs, outputs } = state
        // An import knows nothing that could be kept.
        if (!inputs || !outputs || !hidesState(error, inputs.audience !== undefined)) throw error
        context.log('warning', `${NOT_READ}${(error as Error).message}`)
        return { id: state.id, inputs, outputs: pick(outputs) }
      }
      if (!found) return null
      const { clientSecret = '', secretId = '' } = state.outputs ?? {}
      const valid = found.secrets.some(({ id }) => id === secretId)
      return {
        id: state.id,
        inputs: {
          ...state.inputs,
          apiUrl,
          name: found.name,
          defaultLicence: found.defaultLicence,
        },
        // A secret that was taken away at the service is made anew by the next update.
        outputs: outputsOf(found, clientSecret, valid ? secretId : '', state.outputs),
      }
    },

    async update(olds, news, context) {
      const api = open(news, context)
      const { configurationId } = olds.outputs
      const { name, defaultLicence, licences, rotation } = news
      const configuration = await unlessGone(() => api.get(configurationId))
      if (!configuration) throw new Error(gone(configurationId, news, context.urn))
      if (name !== olds.inputs.name || defaultLicence !== olds.inputs.defaultLicence)
        await api.change(configurationId, { name, defaultLicence })
      if (licences) await api.setLicences(licences)
      const { clientSecret, secretId } = olds.outputs
      const found = outputsOf(configuration, clientSecret, secretId, olds.outputs)
      if (!found.secretCreatedAt || isReplaced({ ...olds, outputs: found }, rotation, moment())) {
        const made = await replaceSecret(api, configuration, secretId)
        return outputsOf(made.configuration, made.clientSecret, made.secretId, made)
      }
      if (!isRetired(found, moment())) return found
      const rest = await retireSecret(api, configuration, found, moment())
      if (rest.retireFrom) context.log('info', notTakenOver(rest.retireFrom))
      return outputsOf(configuration, clientSecret, secretId, rest)
    },

    async delete({ inputs, outputs }, context) {
      await unlessGone(() => open(inputs, context).remove(outputs.configurationId))
    },
  }
}

/** Never an input, which would be kept in state. */
async function managementToken(
  env: Env,
  audience: string | undefined,
  context: Context,
  fresh: boolean,
): Promise<string> {
  if (audience) return context.graph.token(`${audience.replace(/\/+$/, '')}/.default`, { fresh })
  const token = env[ADMIN_TOKEN]
  if (token) return token
  throw new Error(
    `${ADMIN_TOKEN} is not set: the management API of the SCIM service needs the admin token that the service was started with, or \`audience\` for a token from Entra`,
  )
}

/** A configuration that an interrupted run of this resource left is taken over with a new secret. */
async function make(api: Api, { apiUrl, name, defaultLicence }: Inputs, context: Context): Promise<Replaced> {
  const managedBy = markerOf(context.urn)
  try {
    const made = await api.create({ name, defaultLicence, managedBy })
    const { clientSecret, secrets } = made
    return { configuration: made, clientSecret, secretId: secrets.at(-1)?.id ?? '', previousSecretId: null }
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'name_taken' || !error.configurationId) throw error
    const configuration = await api.get(error.configurationId)
    if (configuration.managedBy !== managedBy) throw new Error(taken(configuration, apiUrl, context.urn))
    if (configuration.defaultLicence !== defaultLicence) await api.change(configuration.id, { name, defaultLicence })
    return replaceSecret(api, configuration, '')
  }
}

function taken({ id, name, managedBy }: Configuration, apiUrl: string, urn: string): string {
  const owner = managedBy ? 'another stack' : 'an administrator'
  return `The SCIM service already has a configuration '${name}' (${id}), made by ${owner}: choose another name, or import it: pulumi import entrasync:index:ScimConfiguration ${nameOf(urn)} ${resourceId(apiUrl, id)}`
}

function gone(id: string, { apiUrl }: Inputs, urn: string): string {
  return `The SCIM service at ${apiUrl} has no configuration ${id}: it was removed, or this is another service; make a new one by pulumi up --replace '${urn}'`
}

function notTakenOver(retireFrom: string): string {
  return `the client secret before the last rotation stays valid: no cycle has signed in with the new one yet. Updates from ${retireFrom} on look again`
}

const resourceId = (apiUrl: string, id: string) => `${apiUrl.replace(/\/+$/, '')}/configurations/${id}`

function parseId(id: string): { apiUrl: string; configurationId: string } {
  const [, apiUrl, configurationId] = /^(https?:\/\/.+)\/configurations\/([^/]+)$/.exec(id) ?? []
  if (!apiUrl || !configurationId)
    throw new Error(`'${id}' is not the id of a configuration: use {apiUrl}/configurations/{id}`)
  return { apiUrl, configurationId }
}

/** A 404 without the service's own words is of what stands before it. */
async function unlessGone<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ApiError && error.status === 404 && error.code) return undefined
    throw error
  }
}

const UNKNOWN_SECRET = {
  clientSecret: UNKNOWN,
  secretId: UNKNOWN,
  secretCreatedAt: UNKNOWN,
  secretExpiresAt: UNKNOWN,
  previousSecretId: UNKNOWN,
  retireFrom: UNKNOWN,
} as const

const UNKNOWN_OUTPUTS: MaybeUnknown<Outputs> & object = {
  configurationId: UNKNOWN,
  tenantUrl: UNKNOWN,
  tokenEndpoint: UNKNOWN,
  clientId: UNKNOWN,
  ...UNKNOWN_SECRET,
}

function outputsOf(
  configuration: Configuration,
  clientSecret: string,
  secretId: string,
  kept: Partial<Pick<Outputs, 'previousSecretId' | 'retireFrom'>> = {},
): Outputs {
  const { id, tenantUrl, tokenEndpoint, clientId } = configuration
  const secrets = secretOutputs(configuration, secretId, kept.previousSecretId, kept.retireFrom)
  return { configurationId: id, tenantUrl, tokenEndpoint, clientId, clientSecret, secretId, ...secrets }
}

/** State holds inputs and outputs together; only the latter are wanted. */
function pick(state: Outputs): Outputs {
  const names = Object.keys(UNKNOWN_OUTPUTS) as (keyof Outputs)[]
  return Object.fromEntries(names.map((name) => [name, state[name]])) as unknown as Outputs
}
