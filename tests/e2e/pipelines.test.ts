/**
 * The pipelines' own files, run step by step on fresh clones against a tenant in a box, from a pull request to drift. They
 * sign in as on their platforms, by tokens that the tenant trusts; state is in a folder in place of Blob and Key Vault.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { parseDocument } from 'yaml'
import { permissionsFor } from '../../provider/graph/neededPermissions.ts'
import { type Ask, applicationWith } from '../../sandbox/clients.testing.ts'
import { cacheFolder } from '../../tools/setup/cache.mjs'
import { run, startTenant, type Tenant } from './harness.ts'
import { type AzureJobRun, runPipeline } from './pipelines/azureDevOps.ts'
import { type JobRun, runWorkflow } from './pipelines/gitHub.ts'
import { AZURE_SUBJECT, CONNECTION_ID, GITHUB_SUBJECT, type Platform, startPlatform } from './pipelines/platform.ts'
import { copyWorkflows, MERGE, makeRepository, nameBackend, type Repository } from './pipelines/repository.ts'
import type { Ran } from './pipelines/shell.ts'

jest.setTimeout(300_000)

const folder = mkdtempSync(path.join(tmpdir(), 'entrada-pipelines-'))
const passphrase = randomBytes(24).toString('base64url')
const everything: (JobRun | AzureJobRun)[] = []
let tenant: Tenant
let platform: Platform
let repository: Repository
let machine: Record<string, string>
/** Client id of what only reads: previews sign in as it, and GitHub's nights. */
let reader: string

beforeAll(async () => {
  platform = await startPlatform()
  tenant = await startTenant({ users: 60 })
  repository = makeRepository(folder)
  const { sandbox, scim } = tenant.services
  machine = {
    PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
    HOME: folder,
    ENTRADA_CACHE: cacheFolder(),
    ARM_METADATA_HOSTNAME: sandbox.metadataHost,
    SSL_CERT_FILE: sandbox.caFile,
    NODE_EXTRA_CA_CERTS: sandbox.caFile,
    ENTRADA_SCIM_API_URL: scim.apiUrl,
    ENTRADA_SCIM_ADMIN_TOKEN: scim.adminToken,
    PULUMI_HOME: path.join(folder, 'pulumi'),
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  }
  reader = await makeReader()
  await trust(sandbox.clientId, [GITHUB_SUBJECT('production'), AZURE_SUBJECT])
  await trust(reader, ['preview', 'drift'].map(GITHUB_SUBJECT).concat(AZURE_SUBJECT))
  copyWorkflows(repository)
  nameBackend(repository, `file://${folder}`)
  repository.commit('Workflows and backend')
})
afterAll(async () => {
  platform?.stop()
  await tenant?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** An application with the permissions of who only reads. */
async function makeReader(): Promise<string> {
  const ask: Ask = (method, at, body) => tenant.graph(at, { method, body })
  const permissions = permissionsFor(['assignments', 'forecast', 'log', 'drift'], 'read').map(({ value }) => value)
  return (await applicationWith(ask, 'Entrada previews', permissions)).appId
}

/** Lets the application sign in by tokens of these subjects. */
async function trust(clientId: string, subjects: string[]): Promise<void> {
  const filter = encodeURIComponent(`appId eq '${clientId}'`)
  const { value } = await tenant.graph<{ value: { id: string }[] }>(`/applications?$filter=${filter}`)
  for (const [at, subject] of subjects.entries()) {
    await tenant.graph(`/applications/${value[0]!.id}/federatedIdentityCredentials`, {
      method: 'POST',
      body: { name: `p${at}`, issuer: platform.issuer, subject, audiences: ['api://AzureADTokenExchange'] },
    })
  }
}

/** A new tenant's file, with its key, as whoever sets it up commits it. */
async function addStack(name: string, title: string): Promise<void> {
  const file = path.join(repository.clone, `stacks/Pulumi.${name}.yaml`)
  const config = {
    'entrada:application': 'M-Files',
    'entrada:displayName': title,
    'entrada:target': { kind: 'local' },
    'entrada:assignments': { groups: ['M-Files Users'] },
    'entrada:notificationEmail': 'identity-ops@entrada-sandbox.example',
    'entrada:waitForFirstCycle': true,
  }
  writeFileSync(file, JSON.stringify({ config }, null, 2))
  const npm = ['tools/run.mjs', 'pulumi', 'stack', 'init', '--stack', name]
  const { code, text } = await run(process.execPath, npm, repository.clone, machine)
  if (code !== 0) throw new Error(text)
}

/** A setting's value in the file of a stack. */
function setting(stack: string, key: string, value: unknown): void {
  repository.edit(`stacks/Pulumi.${stack}.yaml`, (text) => {
    const document = parseDocument(text)
    document.setIn(['config', `entrada:${key}`], value)
    return document.toString()
  })
}

const said = (jobs: { ran: Ran[] }[]) => jobs.flatMap(({ ran }) => ran.map(({ outcome }) => outcome.text)).join('\n')

/** So that a failure says what the steps said. */
function succeeded(job: JobRun | AzureJobRun | undefined): void {
  if (job?.result !== 'success') throw new Error(job ? said([job]) : 'the job did not run')
}

/** What was made for this stack in the tenant, by its display name. */
async function servicePrincipal(displayName: string): Promise<{ id: string } | undefined> {
  const filter = encodeURIComponent(`displayName eq '${displayName}'`)
  return (await tenant.graph<{ value: { id: string }[] }>(`/servicePrincipals?$filter=${filter}`)).value[0]
}

const accounts = async () => (await tenant.scim<{ counts: { users: number } }>('')).counts.users

const openAssignments = async (id: string) =>
  tenant.graph(`/servicePrincipals/${id}`, { method: 'PATCH', body: { appRoleAssignmentRequired: false } })

describe('GitHub', () => {
  const workflow = async (file: string, ref: string, event: Record<string, unknown>) => {
    const jobs = await runWorkflow(path.join(repository.clone, '.github/workflows', file), {
      github: {
        event,
        event_name: 'pull_request' in event ? 'pull_request' : 'push',
        repository: 'contoso/tenants',
        token: platform.gitHubToken,
      },
      vars: {
        ENTRADA_CLIENT_ID: tenant.services.sandbox.clientId,
        ENTRADA_TENANT_ID: tenant.services.sandbox.tenantId,
      },
      environmentVars: Object.fromEntries(
        ['preview', 'drift'].map((name) => [name, { ENTRADA_CLIENT_ID: reader, ENTRADA_ACCESS: 'read' }]),
      ),
      env: { ...machine, CI: 'true', GITHUB_API_URL: `${platform.url}/github` },
      tokenEnvironment: (environment) => ({
        ACTIONS_ID_TOKEN_REQUEST_URL: `${platform.url}/github/token?environment=${environment}`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: platform.gitHubToken,
      }),
      checkout: (to, depth) => repository.checkout(to, ref, depth),
      folder,
    })
    everything.push(...Object.values(jobs))
    return jobs
  }
  const pullRequest = (branch: string, from = 'contoso/tenants') => {
    const { base } = repository.pullRequest(branch)
    const event = { pull_request: { number: 12, base: { sha: base }, head: { repo: { full_name: from } } } }
    return workflow('preview.yml', MERGE, event)
  }

  test('a pull request is commented with what it makes in the one tenant that it touches', async () => {
    repository.branch('contoso')
    await addStack('contoso', 'M-Files (Contoso)')
    repository.commit('A new tenant')
    const jobs = await pullRequest('contoso')
    expect(Object.keys(jobs)).toEqual(['fork', 'affected', 'preview (contoso)'])
    expect(jobs.fork!.result).toBe('skipped')
    expect(jobs.affected!.outputs).toEqual({ stacks: '{"stack":["contoso"]}' })
    succeeded(jobs['preview (contoso)'])
    expect([...platform.comments.values()]).toEqual([
      expect.stringMatching(/^<!-- entrada: contoso -->\n### Stack `contoso`/),
    ])
    expect(platform.comments.get(1)).toMatch(/\d+ to create, 0 unchanged/)
    expect(platform.comments.get(1)).toContain('ProvisioningJob `tenant-provisioning`')
    expect(await servicePrincipal('M-Files (Contoso)')).toBeUndefined()
  })

  test('what a policy refuses fails the job, and its reason replaces the comment', async () => {
    setting('contoso', 'scope', 'all')
    repository.commit('Everybody')
    const jobs = await pullRequest('contoso')
    expect(jobs['preview (contoso)']!.result).toBe('failure')
    expect(platform.comments.size).toBe(1)
    expect(platform.comments.get(1)).toContain('**scope-reason** (mandatory) on `tenant-provisioning`')
    setting('contoso', 'scope', 'assigned')
    repository.commit('Those assigned')
  })

  test('a pull request from a fork gets a reason, no token, and runs nothing of its own', async () => {
    const jobs = await pullRequest('contoso', 'somebody/tenants')
    expect(Object.entries(jobs).map(([id, { result }]) => [id, result])).toEqual([
      ['fork', 'success'],
      ['affected', 'skipped'],
      ['preview', 'skipped'],
    ])
    expect(jobs.fork!.summary).toContain('comes from a fork, which may not sign in')
    expect(jobs.fork!.used).toEqual([])
    expect(Object.keys(jobs.fork!.ran[0]!.env)).not.toContain('ACTIONS_ID_TOKEN_REQUEST_TOKEN')
  })

  test('the merge makes the tenant, provisions its people and says how it is', async () => {
    const { before, after } = repository.merge('contoso')
    const jobs = await workflow('update.yml', after, { before })
    expect(jobs.affected!.outputs).toEqual({ stacks: '{"stack":["contoso"]}' })
    const update = jobs['update (contoso)']
    succeeded(update)
    expect(update!.used.find(([name]) => name === 'azure/login')?.[1]).toMatchObject({
      'client-id': tenant.services.sandbox.clientId,
    })
    expect(said([update!])).toMatch(/Policies:\s+\S+ entrada@/)
    expect(update!.summary).toContain('contoso')
    expect(await servicePrincipal('M-Files (Contoso)')).toBeDefined()
    expect(await accounts()).toBeGreaterThan(0)
  })

  test('the night finds nothing, and after a change by hand what was changed', async () => {
    const night = async () => (await workflow('drift.yml', 'main', {})).drift!
    const quiet = await night()
    succeeded(quiet)
    expect(quiet.summary).toContain('### `contoso`: no drift')
    expect(quiet.summary).not.toContain('local')
    await openAssignments((await servicePrincipal('M-Files (Contoso)'))!.id)
    const loud = await night()
    expect(loud.result).toBe('failure')
    expect(loud.summary).toContain('### `contoso`: 1 to update')
    expect(loud.summary).toContain('`assignmentRequired`: `true` → `false`')
  })

  test('the first push of a branch concerns all tenants, a document none', async () => {
    repository.branch('words')
    repository.edit('docs/policy.md', (text) => `${text}\nMore.\n`)
    repository.commit('Words')
    const { before, after } = repository.merge('words')
    const quiet = await workflow('update.yml', after, { before })
    expect(quiet.affected!.outputs).toEqual({ stacks: '{"stack":[]}' })
    expect(quiet.update!.result).toBe('skipped')
    const first = await workflow('update.yml', after, { before: '0'.repeat(40) })
    expect(first.affected!.outputs).toEqual({ stacks: '{"stack":["contoso"]}' })
    // Which puts right what was changed by hand.
    succeeded(first['update (contoso)'])
  })
})

describe('Azure DevOps', () => {
  const pipeline = async (file: string, ref: string, more: Record<string, string>, parameters = {}) => {
    const jobs = await runPipeline(path.join(repository.clone, 'pipelines/azure-devops', file), {
      variables: {
        TF_BUILD: 'True',
        'System.CollectionUri': `${platform.url}/azure/`,
        'System.TeamProject': 'Identity Ops',
        'System.TeamProjectId': 'project-1',
        'System.DefinitionId': '42',
        'System.OidcRequestUri': `${platform.url}/azure/token`,
        'Build.Repository.Id': 'repo-1',
        'Build.SourceBranch': 'refs/heads/main',
        ...more,
      },
      parameters,
      env: machine,
      accessToken: platform.azureToken,
      connection: (name) => {
        const clientId = { entrada: tenant.services.sandbox.clientId, 'entrada-previews': reader }[name]
        if (!clientId) throw new Error(`there is no service connection ${name}`)
        return {
          AZURESUBSCRIPTION_CLIENT_ID: clientId,
          AZURESUBSCRIPTION_TENANT_ID: tenant.services.sandbox.tenantId,
          AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: CONNECTION_ID,
        }
      },
      checkout: (to, depth) => repository.checkout(to, ref, depth),
      folder,
      cache: cacheFolder(),
    })
    everything.push(...Object.values(jobs))
    return jobs
  }
  const pullRequest = (branch: string, isFork = 'False') => {
    repository.pullRequest(branch)
    const variables = {
      'System.PullRequest.IsFork': isFork,
      'System.PullRequest.TargetBranch': 'refs/heads/main',
      'System.PullRequest.PullRequestId': '7',
    }
    return pipeline('preview.yml', MERGE, variables, { serviceConnection: 'entrada-previews', access: 'read' })
  }

  test('a pull request that touches what all share is commented for each tenant', async () => {
    platform.comments.clear()
    repository.branch('fabrikam')
    await addStack('fabrikam', 'M-Files (Fabrikam)')
    repository.edit('stacks/defaults.yaml', (text) => `${text}# All of them.\n`)
    repository.commit('Another tenant')
    const jobs = await pullRequest('fabrikam')
    expect(JSON.parse(jobs.affected!.outputs['find.matrix']!)).toEqual({
      contoso: { stack: 'contoso' },
      fabrikam: { stack: 'fabrikam' },
    })
    for (const stack of ['contoso', 'fabrikam']) succeeded(jobs[`preview ${stack}`])
    expect(platform.comments.get(1)).toMatch(/^<!-- entrada: contoso -->\n.*\n\nNo changes/)
    expect(platform.comments.get(1)).toMatch(/^### Forecast: M-Files .*Contoso/m)
    // Numbers and no people.
    expect(platform.comments.get(1)).not.toMatch(/<details>|@entrada-sandbox/)
    expect(platform.comments.get(2)).toMatch(/^<!-- entrada: fabrikam -->\n.*\n\n\d+ to create/)
  })

  test('the next run of it writes into the same comments', async () => {
    setting('fabrikam', 'notificationEmail', 'it@entrada-sandbox.example')
    setting('fabrikam', 'assignments', { groups: ['M-Files Users'], users: ['nobody@entrada-sandbox.example'] })
    repository.commit('Somebody who is not there')
    const earlier = platform.replaced.length
    const jobs = await pullRequest('fabrikam')
    expect(jobs['preview fabrikam']!.result).toBe('failure')
    expect(platform.comments.size).toBe(2)
    expect(platform.replaced.length).toBe(earlier + 1)
    expect(platform.comments.get(2)).toContain('nobody@entrada-sandbox.example')
    setting('fabrikam', 'assignments', { groups: ['M-Files Users'] })
    repository.commit('Without')
  })

  test('a pull request from a fork gets a reason and runs nothing of its own', async () => {
    const jobs = await pullRequest('fabrikam', 'True')
    expect(jobs.fork!.issues).toEqual([expect.stringContaining('comes from a fork, which may not sign in')])
    expect([jobs.affected!.result, jobs.preview!.result]).toEqual(['skipped', 'skipped'])
  })

  test('the merge updates what was touched since the last run that succeeded; drift fails the night', async () => {
    const { before, after } = repository.merge('fabrikam')
    platform.lastGood = before
    const jobs = await pipeline('update.yml', after, {})
    for (const stack of ['contoso', 'fabrikam']) succeeded(jobs[`update ${stack}`])
    const made = await servicePrincipal('M-Files (Fabrikam)')
    expect(made).toBeDefined()

    platform.lastGood = after
    const nothing = await pipeline('update.yml', after, {})
    expect([nothing.affected!.outputs['find.matrix'], nothing.update!.result]).toEqual(['{}', 'skipped'])

    await openAssignments(made!.id)
    const { drift } = await pipeline('drift.yml', 'main', {})
    expect(drift!.result).toBe('failure')
    expect(drift!.summary).toContain('### `contoso`: no drift')
    expect(drift!.summary).toContain('### `fabrikam`: 1 to update')
  })
})

test('no step had a client secret, and none has shown a secret, nor has a comment', async () => {
  const ran = everything.flatMap((job) => job.ran)
  expect(ran.length).toBeGreaterThan(30)
  expect(ran.flatMap(({ env }) => Object.keys(env)).filter((name) => /CLIENT_SECRET|CERTIFICATE/.test(name))).toEqual(
    [],
  )
  const secrets = [
    passphrase,
    platform.gitHubToken,
    platform.azureToken,
    tenant.services.sandbox.clientSecret,
    tenant.services.scim.adminToken,
    ...(await storedSecrets()),
  ]
  const shown = [
    said(everything),
    ...everything.map(({ summary }) => summary),
    ...platform.comments.values(),
    ...platform.replaced,
  ].join('\n')
  expect(secrets.filter((secret) => shown.includes(secret))).toEqual([])
  // A token of whatever kind.
  expect(shown).not.toMatch(/eyJ[\w-]+\.[\w-]+\./)
})

/** The client secrets that Entra was given for the target. */
async function storedSecrets(): Promise<string[]> {
  const found: string[] = []
  for (const stack of ['contoso', 'fabrikam']) {
    const command = ['tools/run.mjs', 'pulumi', 'stack', 'export', '--show-secrets', '--stack', stack]
    const { text } = await run(process.execPath, command, repository.clone, machine)
    found.push(...[...text.matchAll(/"clientSecret": \{[^}]*?"plaintext": "\\"([^"\\]+)/g)].map((match) => match[1]!))
  }
  expect(new Set(found).size).toBe(2)
  return found
}
