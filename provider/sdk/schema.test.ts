import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { appRoleAssignmentsSchema } from '../resources/appRoleAssignments/inputs.ts'
import { galleryApplicationSchema } from '../resources/galleryApplication/inputs.ts'
import { createResources } from '../resources/index.ts'
import { provisioningJobSchema } from '../resources/provisioningJob/inputs.ts'
import { scimConfigurationSchema } from '../resources/scimConfiguration/inputs.ts'
import { AppRoleAssignments, GalleryApplication, Provider, ProvisioningJob, ScimConfiguration } from './index.ts'

interface Property {
  type?: string
  $ref?: string
  items?: Property
  description?: string
  default?: unknown
  secret?: boolean
  replaceOnChanges?: boolean
}

interface SchemaResource {
  inputProperties: Record<string, Property>
  requiredInputs: string[]
  properties: Record<string, Property>
  required: string[]
}

const schema = JSON.parse(readFileSync(new URL('../schema.json', import.meta.url), 'utf8')) as {
  provider: { inputProperties: Record<string, Property> }
  resources: Record<string, SchemaResource>
  types: Record<string, { properties: Record<string, Property>; required: string[] }>
}

const credentials = { tenantUrl: 'https://t/', tokenEndpoint: 'https://t/', clientId: 'c', clientSecret: 's' }
const cases = [
  { type: GalleryApplication, inputs: galleryApplicationSchema, least: { template: 'M-Files' } },
  { type: ProvisioningJob, inputs: provisioningJobSchema, least: { servicePrincipalId: 's', credentials } },
  { type: AppRoleAssignments, inputs: appRoleAssignmentsSchema, least: { servicePrincipalId: 's' } },
  { type: ScimConfiguration, inputs: scimConfigurationSchema, least: { apiUrl: 'https://s/', name: 'n' } },
]

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: 'id', state: inputs }),
    call: () => ({}),
  })
})

test('schema, provider and SDK have the same resources', () => {
  const tokens = Object.keys(schema.resources).sort()
  expect([...createResources({ env: {} }).keys()].sort()).toEqual(tokens)
  expect(cases.map(({ type }) => type.type).sort()).toEqual(tokens)
})

describe.each(cases)('$type.type', ({ type, inputs, least }) => {
  const described = schema.resources[type.type]!

  test('takes the inputs that the schema describes', () => {
    expect(Object.keys(inputs.shape).sort()).toEqual(Object.keys(described.inputProperties).sort())
    const required = Object.entries(inputs.shape).filter(([, shape]) => !shape.safeParse(undefined).success)
    expect(required.map(([name]) => name).sort()).toEqual([...described.requiredInputs].sort())
  })

  test('has the defaults that the schema tells', () => {
    const parsed = inputs.parse(least) as Record<string, unknown>
    for (const [name, property] of Object.entries(described.inputProperties)) {
      if (property.default !== undefined) expect([name, parsed[name]]).toEqual([name, property.default])
    }
  })

  test('has the class properties that the schema describes', () => {
    const Class = type as new (name: string, args: object) => pulumi.CustomResource
    const properties = Object.entries(new Class('r', least)).filter(
      ([name, value]) => pulumi.Output.isInstance(value) && !['urn', 'id'].includes(name),
    )
    expect(properties.map(([name]) => name).sort()).toEqual(Object.keys(described.properties).sort())
  })

  test('every property is described, its type exists, and what is required is there', () => {
    for (const property of [...Object.values(described.inputProperties), ...Object.values(described.properties)]) {
      expect(property.description).toMatch(/\.$/)
      for (let inner: Property | undefined = property; inner; inner = inner.items) {
        if (inner.$ref) expect(Object.keys(schema.types)).toContain(inner.$ref.replace('#/types/', ''))
      }
    }
    expect(Object.keys(described.properties)).toEqual(expect.arrayContaining(described.required))
  })

  test('marks as secret what the resource does', () => {
    const secrets = [...createResources({ env: {} }).get(type.type)!.secretOutputs]
    const marked = Object.entries(described.properties).flatMap(([name, { secret, $ref }]) => [
      ...(secret ? [name] : []),
      ...($ref ? secretsOf(name, $ref) : []),
    ])
    expect(marked.sort()).toEqual(secrets.sort())
  })
})

function secretsOf(name: string, $ref: string): string[] {
  const { properties } = schema.types[$ref.replace('#/types/', '')]!
  return Object.entries(properties).flatMap(([inner, { secret }]) => (secret ? [`${name}.${inner}`] : []))
}

test('the provider’s class takes the argument that the schema describes', async () => {
  const registered: pulumi.runtime.MockResourceArgs[] = []
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args)
      return { id: 'id', state: args.inputs }
    },
    call: () => ({}),
  })
  await new Promise((resolve) => new Provider('tenant', { tenantId: 'contoso.example' }).urn.apply(resolve))
  expect(registered[0]).toMatchObject({
    type: `pulumi:providers:${Provider.package}`,
    inputs: { tenantId: 'contoso.example' },
  })
  expect(Object.keys(schema.provider.inputProperties)).toEqual(['tenantId'])
})

test('a client secret given as plain text reaches the engine as a secret', async () => {
  const job = new ProvisioningJob('job', { servicePrincipalId: 's', credentials })
  await expect(pulumi.isSecret(job.credentials)).resolves.toBe(true)
})
