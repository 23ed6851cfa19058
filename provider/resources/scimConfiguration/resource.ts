import { type Clock, systemClock } from '../../graph/clock.ts'
import type { Env } from '../../graph/settings.ts'
import { changesBetween } from '../common/changes.ts'
import { checkInputs } from '../common/check.ts'
import { nameOf } from '../common/ids.ts'
import { markerOf } from '../common/marker.ts'
import { type Context, Incomplete, type MaybeUnknown, type Resource, UNKNOWN } from '../resource.ts'
import { type Api, ApiError, type Configuration, createApi } from './api.ts'
import {
  type ScimConfigurationInputs as Inputs,
  type ScimConfigurationOutputs as Outputs,
  scimConfigurationSchema,
} from './inputs.ts'
import { patiently } from './patience.ts'

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

  return {
    token: 'entrasync:index:ScimConfiguration',
    secretOutputs: ['clientSecret'],
    check: (news) => checkInputs<Inputs>(scimConfigurationSchema, news),

    diff(olds, news) {
      return { changes: changesBetween({ ...olds.inputs }, { ...(news as object) }, []) }
    },

    async preview(news, olds) {
      if (!olds || news === UNKNOWN) return UNKNOWN_OUTPUTS
      const moved: Partial<typeof UNKNOWN_OUTPUTS> =
        news.apiUrl === olds.inputs.apiUrl ? {} : { tenantUrl: UNKNOWN, tokenEndpoint: UNKNOWN }
      const same = { ...pick(olds.outputs), ...moved }
      return news.rotation === olds.inputs.rotation && same.secretId
        ? same
        : { ...same, clientSecret: UNKNOWN, secretId: UNKNOWN }
    },

    async create(news, context) {
      let stale = false
      const api = open(news, context, () => stale)
      const { configuration, clientSecret, secretId } = await patiently(() => make(api, news, context), {
        apiUrl: news.apiUrl,
        hasRoles: news.audience !== undefined,
        clock,
        context,
        renewToken: () => {
          stale = true
        },
      })
      stale = false
      const id = resourceId(news.apiUrl, configuration.id)
      const outputs = outputsOf(configuration, clientSecret, secretId)
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
      const found = await unlessGone(() => open({ ...state.inputs, apiUrl }, context).get(configurationId))
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
          // A secret that was taken away at the service is made anew, as if a rotation had been asked for.
          ...(state.inputs && !valid ? { rotation: 'the secret is no longer valid' } : {}),
        },
        outputs: outputsOf(found, clientSecret, valid ? secretId : ''),
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
      if (rotation === olds.inputs.rotation && clientSecret && secretId)
        return outputsOf(configuration, clientSecret, secretId)
      const secret = await api.newSecret(configurationId)
      return outputsOf(configuration, secret.clientSecret, secret.id)
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

interface Made {
  configuration: Configuration
  clientSecret: string
  secretId: string
}

/** A configuration that an interrupted run of this resource left is taken over with a new secret. */
async function make(api: Api, { apiUrl, name, defaultLicence }: Inputs, context: Context): Promise<Made> {
  const managedBy = markerOf(context.urn)
  try {
    const made = await api.create({ name, defaultLicence, managedBy })
    return { configuration: made, clientSecret: made.clientSecret, secretId: made.secrets.at(-1)?.id ?? '' }
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'name_taken' || !error.configurationId) throw error
    const configuration = await api.get(error.configurationId)
    if (configuration.managedBy !== managedBy) throw new Error(taken(configuration, apiUrl, context.urn))
    if (configuration.defaultLicence !== defaultLicence) await api.change(configuration.id, { name, defaultLicence })
    const secret = await api.newSecret(configuration.id)
    return { configuration, clientSecret: secret.clientSecret, secretId: secret.id }
  }
}

function taken({ id, name, managedBy }: Configuration, apiUrl: string, urn: string): string {
  const owner = managedBy ? 'another stack' : 'an administrator'
  return `The SCIM service already has a configuration '${name}' (${id}), made by ${owner}: choose another name, or import it: pulumi import entrasync:index:ScimConfiguration ${nameOf(urn)} ${resourceId(apiUrl, id)}`
}

function gone(id: string, { apiUrl }: Inputs, urn: string): string {
  return `The SCIM service at ${apiUrl} has no configuration ${id}: it was removed, or this is another service; make a new one by pulumi up --replace '${urn}'`
}

const resourceId = (apiUrl: string, id: string) => `${apiUrl.replace(/\/+$/, '')}/configurations/${id}`

function parseId(id: string): { apiUrl: string; configurationId: string } {
  const [, apiUrl, configurationId] = /^(https?:\/\/.+)\/configurations\/([^/]+)$/.exec(id) ?? []
  if (!apiUrl || !configurationId)
    throw new Error(`'${id}' is not the id of a configuration: use {apiUrl}/configurations/{id}`)
  return { apiUrl, configurationId }
}

async function unlessGone<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

const UNKNOWN_OUTPUTS: MaybeUnknown<Outputs> & object = {
  configurationId: UNKNOWN,
  tenantUrl: UNKNOWN,
  tokenEndpoint: UNKNOWN,
  clientId: UNKNOWN,
  clientSecret: UNKNOWN,
  secretId: UNKNOWN,
}

function outputsOf(
  { id, tenantUrl, tokenEndpoint, clientId }: Configuration,
  clientSecret: string,
  secretId: string,
): Outputs {
  return { configurationId: id, tenantUrl, tokenEndpoint, clientId, clientSecret, secretId }
}

/** State holds inputs and outputs together; only the latter are wanted. */
function pick({ configurationId, tenantUrl, tokenEndpoint, clientId, clientSecret, secretId }: Outputs): Outputs {
  return { configurationId, tenantUrl, tokenEndpoint, clientId, clientSecret, secretId }
}
