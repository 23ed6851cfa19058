import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { parseSettings, StackConfigError } from '../config/parse.ts'
import { credentialsOf } from './credentials.ts'
import { schema } from './schema.ts'

const github = { repository: 'contoso/tenants', environments: ['prod'] }
const tenant = '16b3c013-d300-468d-ac64-7eda0820b6d3'
const connection = {
  issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
  subject:
    '/eid1/c/pub/t/E8CzFgDTjUasZH7aCCC20w/a/rISbSSETf0KqFyZ8ppdXmA/sc/cc675aa2-a9f1-4091-9600-8fd083925744/259270a3-61be-4f9c-aee0-14478327844e',
}
const older = {
  issuer: 'https://vstoken.dev.azure.com/cc675aa2-a9f1-4091-9600-8fd083925744',
  subject: 'sc://contoso/platform/entrada',
}

const read = (settings: Record<string, unknown>) =>
  parseSettings(
    schema,
    Object.fromEntries(Object.entries(settings).map(([key, value]) => [`entrada:${key}`, value])),
    [],
  )

function faults(settings: Record<string, unknown>): readonly string[] {
  try {
    read(settings)
  } catch (error) {
    if (error instanceof StackConfigError) return error.faults
    throw error
  }
  return []
}

test('the example is valid; one repository is enough, with what most stacks do', () => {
  const { config } = parse(readFileSync(new URL('Pulumi.example.yaml', import.meta.url), 'utf8'))
  expect(parseSettings(schema, config, []).github).toHaveLength(1)
  expect(read({ github: JSON.stringify([github]) })).toMatchObject({
    displayName: 'Entrada automation',
    uses: ['assignments', 'forecast', 'log'],
  })
})

test('subjects are those that the pipelines send, to the letter', () => {
  const subjects = credentialsOf(
    read({
      github: [
        { repository: 'Contoso/Tenants', environments: ['prod: eu'], branches: ['main'], pullRequests: 'true' },
        {
          repository: 'contoso@5544123/tenants@821093847',
          environments: ['prod'],
          issuer: 'https://ghe.example/token',
        },
      ],
      azureDevOps: [connection, older],
      kubernetes: [{ issuer: 'https://oidc.example/id/', namespace: 'entrada', serviceAccount: 'pulumi' }],
    }),
  ).map(({ issuer, subject }) => `${issuer} ${subject}`)
  expect(subjects).toEqual([
    'https://token.actions.githubusercontent.com repo:Contoso/Tenants:environment:prod%3A eu',
    'https://token.actions.githubusercontent.com repo:Contoso/Tenants:ref:refs/heads/main',
    'https://token.actions.githubusercontent.com repo:Contoso/Tenants:pull_request',
    'https://ghe.example/token repo:contoso@5544123/tenants@821093847:environment:prod',
    `${connection.issuer} ${connection.subject}`,
    `${older.issuer} ${older.subject}`,
    'https://oidc.example/id/ system:serviceaccount:entrada:pulumi',
  ])
})

test('names of credentials are such as Graph takes, short enough, and differ where subjects do', () => {
  const long = 'x'.repeat(200)
  const names = credentialsOf(
    read({ github: [{ repository: 'a/b', environments: ['a/b', 'a-b', `${long}1`, `${long}2`] }] }),
  ).map(({ name }) => name)
  expect(new Set(names).size).toBe(4)
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][\w-]{2,119}$/)
})

describe('refused, each in its own words', () => {
  const subscription = '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590'
  test.each([
    ['nothing', {}, 'entrada:github is missing: nobody could sign in; give github, azureDevOps or kubernetes'],
    [
      'a URL for a repository',
      { github: [{ ...github, repository: 'https://github.com/contoso/tenants' }] },
      'it must be ORG/REPO or',
    ],
    [
      'half an immutable repository',
      { github: [{ ...github, repository: 'contoso@1/tenants' }] },
      'it must be ORG/REPO or',
    ],
    [
      'a repository of nobody',
      { github: [{ repository: 'contoso/tenants' }] },
      'environments is missing: it must name whose jobs',
    ],
    ['a subject twice', { github: [github, github] }, 'repo:contoso/tenants:environment:prod is given twice'],
    [
      'too many',
      { github: [{ ...github, environments: Array.from({ length: 21 }, (_, index) => `e${index}`) }] },
      'these are 21 subjects, and an application takes 20',
    ],
    [
      'another issuer',
      { azureDevOps: [{ ...connection, issuer: 'https://dev.azure.com/contoso' }] },
      'azureDevOps[0].issuer is "https://dev.azure.com/contoso": it must be https://login',
    ],
    [
      'a subject of the other issuer',
      { azureDevOps: [{ ...connection, subject: older.subject }] },
      'with that issuer it must be /eid1/c/pub/t/',
    ],
    [
      'a subject of another tenant',
      { azureDevOps: [{ ...connection, issuer: connection.issuer.replace('16b3', '26b3') }] },
      'it is of another tenant than the issuer, whose subjects begin /eid1/c/pub/t/E8CzJgDTjUasZH7aCCC20w',
    ],
    [
      'an older subject in part',
      { azureDevOps: [{ ...older, subject: 'sc://contoso/entrada' }] },
      'with that issuer it must be sc://ORGANIZATION/PROJECT/CONNECTION',
    ],
    [
      'a cluster over http',
      { kubernetes: [{ issuer: 'http://oidc.example', namespace: 'a', serviceAccount: 'b' }] },
      'it must begin with https://',
    ],
    [
      'a service account that none is',
      { kubernetes: [{ issuer: 'https://oidc.example', namespace: 'a', serviceAccount: 'My_SA' }] },
      'it must be the name of a service account: lower-case',
    ],
    [
      'a customer by name',
      { github: [github], customers: { tenants: ['contoso'] } },
      'customers.tenants[0] is "contoso": it must be the id of a customer\'s tenant',
    ],
    [
      'a scope by name',
      { github: [github], azure: { scope: 'my-subscription' } },
      'it must be the id of a subscription or resource group: /subscriptions/ID or',
    ],
    [
      'a vault for its key',
      {
        github: [github],
        azure: { stateKey: `${subscription}/resourceGroups/a/providers/Microsoft.KeyVault/vaults/v` },
      },
      'it must be the resource id of a key in Key Vault',
    ],
    [
      'a registry by name',
      { github: [github], azure: { registry: { id: 'contosoimages' } } },
      'it must be the resource id of a container registry: /subscriptions/…/registries/NAME',
    ],
    [
      'a registry that who only reads would push to',
      {
        github: [github],
        access: 'read',
        azure: {
          registry: {
            id: `${subscription}/resourceGroups/a/providers/Microsoft.ContainerRegistry/registries/r`,
            push: true,
          },
        },
      },
      'entrada:azure.registry.push is true: who only reads pushes no images',
    ],
    [
      'an access that is none',
      { github: [github], access: 'write' },
      'entrada:access is "write": allowed are change, read',
    ],
    ['a use that is none', { github: [github], uses: ['all'] }, 'entrada:uses[0] is "all": allowed are assignments,'],
  ])('%s', (_, settings, expected) => {
    const found = faults(settings)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })
})
