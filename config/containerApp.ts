import { z } from 'zod'
import { parseImage } from '../azure/image.ts'
import { type NameKind, nameFault, nameKinds } from '../azure/names.ts'
import { addressSpaceFault } from '../azure/network.ts'
import { cpuSizes, storageSizesGb } from '../azure/sizes.ts'
import { certificateId, databaseSku, region, ruled, tags } from './azureFields.ts'
import { conflicts } from './containerAppConflicts.ts'
import { choice, configuration, count, flag, guid, list, text } from './fields.ts'
import { object } from './object.ts'

const named = (kind: NameKind, what: string) => ruled(what, (name) => nameFault(kind, name))

const numberOf = (values: readonly number[]) => {
  const error = `allowed are ${values.join(', ')}`
  return z.preprocess(
    (value) => (typeof value === 'string' && /^[\d.]+$/.test(value) ? Number(value) : value),
    z.number({ error }).refine((value) => values.includes(value), error),
  )
}

/** YAML reads 17 as a number. */
const versionOf = (...versions: readonly number[]) =>
  z.union([z.literal(versions.map(String)), z.literal([...versions]).transform(String)], {
    error: `allowed are ${versions.join(', ')}`,
  })

const image = ruled('a reference to an image', (reference) => {
  const parsed = parseImage(reference)
  if (!parsed) return 'it must name registry, repository and digest, e.g. ghcr.io/contoso/entrada-scim@sha256:…'
  if (!parsed.digest && !parsed.tag) return 'it must end with a digest (recommended), @sha256:…, or with a tag'
  return undefined
})

const hostName = ruled('a host name', (name) =>
  /^(?=.{4,64}$)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(name)
    ? undefined
    : 'it must be a host name of up to 64 small letters, digits, hyphens and full stops, e.g. scim.contoso.com',
)

const database = object({
  sku: databaseSku.default('Standard_D2ds_v5'),
  storageGb: numberOf(storageSizesGb).default(32),
  version: versionOf(15, 16, 17, 18).default('17'),
  highAvailability: choice('off', 'sameZone', 'zoneRedundant').default('off'),
  backupDays: count(7, 35).default(14),
  geoRedundantBackup: flag().default(false),
})

const EMBEDDED =
  'containers lose their disk when they are replaced, and replicas cannot share it; leave it out for a PostgreSQL server, or give sku, storageGb and the like'

const names = Object.fromEntries(nameKinds.map((kind) => [kind, named(kind, 'a name').optional()])) as {
  [K in NameKind]: z.ZodOptional<z.ZodString>
}

const settings = object({
  kind: z.literal('containerApp'),
  ...configuration,
  environment: choice('production', 'test').default('production'),
  region,
  resourceGroup: named('resourceGroup', 'the name of a resource group that is there').optional(),
  image: image.optional(),
  build: flag().optional(),
  registry: object({
    name: named('registry', 'the name of an Azure container registry that is there'),
    resourceGroup: named('resourceGroup', 'the name of its resource group').optional(),
  }).optional(),
  cpu: numberOf(cpuSizes).default(0.5),
  memory: text('memory, e.g. 1Gi').optional(),
  minReplicas: count(1).default(2),
  maxReplicas: count(1).default(6),
  database: z
    .preprocess((value, context) => {
      if (value !== 'embedded') return value
      context.addIssue({ code: 'custom', message: EMBEDDED, input: value })
      return z.NEVER
    }, database)
    .default(database.parse({})),
  network: object({
    private: flag().optional(),
    addressSpace: ruled('a range of IPv4 addresses, e.g. 10.90.0.0/24', addressSpaceFault).default('10.90.0.0/24'),
    zoneRedundant: flag().default(false),
  }).default({ addressSpace: '10.90.0.0/24', zoneRedundant: false }),
  domain: object({
    name: hostName,
    certificateId: certificateId.optional(),
  }).optional(),
  tenant: ruled('a name of a tenant at the SCIM service', (name) =>
    /^(?!(?:api|admin|healthz|readyz|metrics)$)[a-z0-9][a-z0-9-]{0,62}$/.test(name)
      ? undefined
      : "it must be up to 63 small letters, digits and hyphens, and none of the service's own paths",
  ).default('default'),
  administrators: list(
    text('a user principal name, the name of a group, or an object id'),
    'user principal names, names of groups, or object ids',
  ).default([]),
  runners: list(guid('the object id of an identity that runs updates or previews'), 'object ids').default([]),
  readers: list(guid('the object id of an identity that runs previews only'), 'object ids').default([]),
  alerts: object({ email: z.email({ error: 'it must be one mail address, e.g. scim-ops@contoso.com' }) }).optional(),
  names: object(names).default({}),
  tags: tags.default({}),
}).superRefine(
  (given, context) => {
    for (const { path, message, input } of conflicts(given)) context.addIssue({ code: 'custom', path, message, input })
  },
  // Said together with what is wrong in single settings.
  { when: () => true },
)

/** The bundled SCIM service as a container app in Azure. */
export const containerApp = settings.transform(({ network, ...given }) => ({
  ...given,
  // Azure takes it when server and environment are made, and never again, so production begins with the safe one.
  network: { ...network, private: network.private ?? given.environment === 'production' },
}))
