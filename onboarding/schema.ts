import type { z } from 'zod'
import { choice, flag, guid, list, secureUrl, structured, text } from '../config/fields.ts'
import { object } from '../config/object.ts'
import { ACCESSES, USES } from '../provider/graph/neededPermissions.ts'
import { credentialsOf } from './credentials.ts'
import { faultIn } from './serviceConnection.ts'

const github = object({
  repository: text('a repository of GitHub, e.g. contoso/tenants').regex(
    /^[\w.-]+(@\d+\/[\w.-]+@\d+|\/[\w.-]+)$/,
    'it must be ORG/REPO or, where subjects are immutable, ORG@ID/REPO@ID',
  ),
  environments: list(text('the name of an environment'), 'names of environments').default([]),
  branches: list(text('the name of a branch, e.g. main'), 'names of branches').default([]),
  pullRequests: flag().default(false),
  issuer: secureUrl(
    'the issuer of a GitHub Enterprise, e.g. https://token.actions.githubusercontent.com/contoso',
  ).optional(),
}).superRefine(({ environments, branches, pullRequests }, context) => {
  if (environments.length > 0 || branches.length > 0 || pullRequests) return
  const message = 'it must name whose jobs may sign in: environments, branches or pullRequests'
  context.addIssue({ code: 'custom', path: ['environments'], message, input: undefined })
})

const azureDevOps = object({
  issuer: text('the issuer that Azure DevOps shows for the service connection'),
  subject: text('the subject identifier that Azure DevOps shows for the service connection'),
}).superRefine((connection, context) => {
  const fault = faultIn(connection)
  if (!fault) return
  const { path, message } = fault
  context.addIssue({ code: 'custom', path: [path], message, input: connection[path] })
})

const dnsLabel = (what: string) =>
  text(what).regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, `it must be ${what}: lower-case letters, digits, - and .`)

const kubernetes = object({
  issuer: secureUrl("the cluster's OIDC issuer URL"),
  namespace: dnsLabel('the name of a namespace'),
  serviceAccount: dnsLabel('the name of a service account'),
})

const customers = object({
  tenants: list(guid("the id of a customer's tenant"), 'ids of tenants').min(1, 'it must hold at least one'),
  redirectUri: secureUrl('the page that an administrator sees after having consented').default(
    'https://entra.microsoft.com/',
  ),
})

const SUBSCRIPTION = '/subscriptions/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const GROUP = `${SUBSCRIPTION}/resourceGroups/[^/]+`

const resourceId = (what: string, form: string, shown: string) =>
  text(what).regex(new RegExp(`^${form}$`, 'i'), `it must be ${what}: ${shown}`)

const azure = object({
  scope: resourceId(
    'the id of a subscription or resource group',
    `${SUBSCRIPTION}(/resourceGroups/[^/]+)?`,
    '/subscriptions/ID or /subscriptions/ID/resourceGroups/NAME',
  ).optional(),
  registry: object({
    id: resourceId(
      'the resource id of a container registry',
      `${GROUP}/providers/Microsoft\\.ContainerRegistry/registries/[^/]+`,
      '/subscriptions/…/registries/NAME',
    ),
    push: flag().default(false),
  }).optional(),
  stateContainer: resourceId(
    'the resource id of a blob container',
    `${GROUP}/providers/Microsoft\\.Storage/storageAccounts/[^/]+/blobServices/default/containers/[^/]+`,
    '/subscriptions/…/storageAccounts/NAME/blobServices/default/containers/NAME',
  ).optional(),
  stateKey: resourceId(
    'the resource id of a key in Key Vault',
    `${GROUP}/providers/Microsoft\\.KeyVault/vaults/[^/]+/keys/[^/]+`,
    '/subscriptions/…/vaults/NAME/keys/NAME',
  ).optional(),
})

/** Entra: workload identity federation considerations. */
const MOST_CREDENTIALS = 20

/** Everything that the onboarding stack's file may say under `entrada:`, without the namespace. */
export const schema = object({
  displayName: text('the name the application gets in the tenant').default('Entrada automation'),
  github: structured(list(github, 'repositories, each with who of its jobs may sign in')).default([]),
  azureDevOps: structured(list(azureDevOps, 'service connections, each with issuer and subject')).default([]),
  kubernetes: structured(list(kubernetes, 'service accounts')).default([]),
  uses: structured(list(choice(...USES), `what the stacks do: ${USES.join(', ')}`)).default([
    'assignments',
    'forecast',
    'log',
  ]),
  access: choice(...ACCESSES).default('change'),
  customers: structured(customers).optional(),
  azure: structured(azure).optional(),
}).superRefine((settings, context) => {
  const credentials = credentialsOf(settings)
  const complain = (message: string, input: unknown) =>
    context.addIssue({ code: 'custom', path: ['github'], message, input })
  if ([settings.github, settings.azureDevOps, settings.kubernetes].every((one) => one.length === 0))
    complain('nobody could sign in; give github, azureDevOps or kubernetes', undefined)
  if (credentials.length > MOST_CREDENTIALS)
    complain(
      `with azureDevOps and kubernetes these are ${credentials.length} subjects, and an application takes ${MOST_CREDENTIALS}; make a second one in another stack`,
      settings.github,
    )
  const twice = credentials.find(({ name }, index) => credentials.findIndex((other) => other.name === name) !== index)
  if (twice) complain(`${twice.subject} is given twice`, settings.github)
  if (settings.access === 'read' && settings.azure?.registry?.push) {
    const message = 'who only reads pushes no images: leave it out, or set access to change'
    context.addIssue({ code: 'custom', path: ['azure', 'registry', 'push'], message, input: true })
  }
})

export type Onboarding = z.output<typeof schema>
