/** The files that users copy are held to what their platforms publish about them, and to rules of our own. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { graphSettings } from '../../provider/graph/settings.ts'
import { actionlint, publishedSchema, type SchemaName } from '../../tools/linters.ts'
import { versions } from '../../tools/setup/node.mjs'
import { azureNativeSignIn } from './pipelines/azureNative.ts'
import { filesIn, nodes, type PipelineFile, pipelines, type Script, scriptsIn } from './pipelines/files.ts'
import { compose, type Manifest } from './pipelines/kustomize.ts'
import { unknownFields } from './pipelines/operatorFields.ts'

const run = promisify(execFile)
const folder = mkdtempSync(path.join(tmpdir(), 'entrada-pipelines-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const gitHub = filesIn('github')
const azureDevOps = filesIn('azure-devops')
const workflows = gitHub.filter(({ name }) => name.includes('/workflows/'))
const actions = gitHub.filter(({ name }) => name.includes('/actions/'))
const byName = (files: PipelineFile[]) => files.map((file): [string, PipelineFile] => [file.name, file])

/** Where a checker cannot be had the tests that need it say so and are skipped. */
async function had<T>(what: string, get: () => Promise<T>): Promise<T | undefined> {
  return get().catch((error: Error) => {
    console.warn(`Not checked by ${what}: ${error.message}`)
    return undefined
  })
}
const linter = await had('actionlint', actionlint)
const schemas = new Map<SchemaName, object | undefined>()
for (const name of ['azure-pipelines', 'github-workflows', 'github-actions'] as const) {
  schemas.set(name, await had(`the schema ${name}`, () => publishedSchema(name)))
}
const shellcheck = await had('shellcheck', () => run('shellcheck', ['--version']))

// Some of them write patterns and formats as other validators take them.
const ajv = new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false, allErrors: true })

function schemaErrors(name: SchemaName, content: unknown): string[] {
  const check = ajv.compile(schemas.get(name)!)
  return check(content) ? [] : check.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`)
}

describe('GitHub', () => {
  const testWithLinter = linter ? test : test.skip
  testWithLinter('actionlint has nothing to say about the workflows', async () => {
    await run('git', ['init', '--quiet', folder])
    cpSync(path.join(pipelines, 'github'), path.join(folder, '.github'), { recursive: true })
    await expect(run(linter!, ['-no-color'], { cwd: folder })).resolves.toMatchObject({ stdout: '' })
  })

  const testWithSchema = schemas.get('github-workflows') ? test : test.skip
  testWithSchema.each(byName(workflows))('%s fits the published schema', (_name, { content }) => {
    expect(schemaErrors('github-workflows', content)).toEqual([])
  })
  testWithSchema.each(byName(actions))('%s fits the published schema', (_name, { content }) => {
    expect(schemaErrors('github-actions', content)).toEqual([])
  })

  test.each(byName(gitHub))('%s names actions of others by commit, with the version beside it', (_name, file) => {
    const others = file.text.split('\n').filter((line) => /uses: (?!\.\/)/.test(line))
    expect(others.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
  })

  test.each(byName(workflows))('%s gives each job what it needs and no more, and a time limit', (name, { content }) => {
    expect(content.permissions).toEqual({})
    const allowed: Record<string, string[]> = {
      'preview.yml preview': ['contents: read', 'id-token: write', 'pull-requests: write'],
      'update.yml update': ['contents: read', 'id-token: write'],
      'drift.yml drift': ['contents: read', 'id-token: write'],
      'image.yml publish': ['contents: read', 'id-token: write', 'packages: write'],
    }
    for (const [id, job] of Object.entries<Job>(content.jobs)) {
      const asked = Object.entries(job.permissions ?? {}).map(([scope, level]) => `${scope}: ${level}`)
      const most = allowed[`${path.basename(name)} ${id}`] ?? ['contents: read']
      expect(asked.filter((one) => !most.includes(one))).toEqual([])
      expect(job['timeout-minutes']).toBeGreaterThan(0)
      const checkouts = (job.steps ?? []).filter(({ uses }) => uses?.startsWith('actions/checkout@'))
      for (const step of checkouts) expect(step.with?.['persist-credentials']).toBe(false)
    }
  })

  test('only jobs in an environment sign in to a tenant, each update alone with its stack', () => {
    const job = (file: string, id: string): Job =>
      workflows.find(({ name }) => name.endsWith(`/${file}`))!.content.jobs[id]
    expect(job('preview.yml', 'preview').environment).toBe('preview')
    expect(job('drift.yml', 'drift').environment).toBe('drift')
    expect(job('image.yml', 'publish').environment).toBe('image')
    expect(job('update.yml', 'update')).toMatchObject({
      environment: 'production',
      concurrency: { group: expect.stringContaining('matrix.stack'), 'cancel-in-progress': false },
      strategy: { 'fail-fast': false },
    })
  })
})

test('GitHub pushes the image to the registry that a variable names, else to its own, and signs it where it is', async () => {
  const { steps } = workflows.find(({ name }) => name.endsWith('/image.yml'))!.content.jobs.publish
  const named = async (env: Record<string, string>) => {
    const file = path.join(folder, 'output')
    writeFileSync(file, '')
    const script: string = steps.find(({ id }: { id?: string }) => id === 'name').run
    await run('bash', ['-euo', 'pipefail', '-c', script], {
      env: { ...process.env, GITHUB_REPOSITORY: 'Contoso/Tenants', GITHUB_OUTPUT: file, ...env },
    })
    return readFileSync(file, 'utf8').trim()
  }
  expect(await named({ REGISTRY: '' })).toBe('image=ghcr.io/contoso/tenants/scim')
  expect(await named({ REGISTRY: 'ContosoImages' })).toBe('image=contosoimages.azurecr.io/entrada/scim')
  const conditions = steps.map((step: { uses?: string; run?: string; if?: string }) => [
    step.uses?.split('@')[0] ?? step.run?.split(' ', 3).join(' '),
    step.if,
  ])
  expect(Object.fromEntries(conditions)).toMatchObject({
    'docker/login-action': "vars.ENTRADA_REGISTRY == ''",
    'azure/login': "vars.ENTRADA_REGISTRY != ''",
    'az acr login': "vars.ENTRADA_REGISTRY != ''",
  })
})

interface Job {
  permissions?: Record<string, string>
  environment?: string
  'timeout-minutes'?: number
  steps?: { uses?: string; with?: Record<string, unknown> }[]
}

describe('Azure DevOps', () => {
  const testWithSchema = schemas.get('azure-pipelines') ? test : test.skip
  // That schema takes each scalar as text.
  testWithSchema.each(byName(azureDevOps))('%s fits the published schema', (_name, { text }) => {
    expect(schemaErrors('azure-pipelines', parse(text, { schema: 'failsafe' }))).toEqual([])
  })

  test.each(byName(azureDevOps))('%s limits its jobs in time, and names images by digest', (_name, file) => {
    for (const job of nodes(file.content).filter((node) => 'job' in node))
      expect(job.timeoutInMinutes).toBeGreaterThan(0)
    const images = file.text.match(/docker\.io\/\S+/g) ?? []
    expect(images.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([])
  })
})

describe('no script has text of others put into it', () => {
  const scripts = [...gitHub, ...azureDevOps].flatMap(scriptsIn)
  const named = scripts.map((script): [string, Script] => [script.where, script])

  test('all are found', () => {
    expect(scripts.length).toBeGreaterThan(20)
  })

  test.each(named)('%s', (_where, { text }) => {
    // By GitHub's and Azure's expressions, and by Azure's macros; values come by environment variables.
    expect(text).not.toMatch(/\$\{\{|\$\[|\$\((System|Build|Pipeline|Agent)\./)
  })

  const testWithShellcheck = shellcheck ? test : test.skip
  testWithShellcheck('shellcheck has nothing to say', async () => {
    for (const { where, text } of scripts) {
      const child = run('shellcheck', ['--shell=bash', '--format=gcc', '-'])
      child.child.stdin!.end(text)
      const said = await child.then(
        () => '',
        (error: { stdout: string }) => error.stdout,
      )
      expect(`${where}: ${said}`).toBe(`${where}: `)
    }
  })
})

describe('Kubernetes', () => {
  const composed = compose(path.join(pipelines, 'kubernetes'))
  const stacks = composed.filter(({ kind }) => kind === 'Stack')
  const of = (kind: string): Manifest => composed.find((manifest) => manifest.kind === kind)!

  test('one Stack a tenant, in the namespace, of fields that the operator has', () => {
    expect(stacks.map(({ metadata, spec }) => [metadata, spec.stack])).toEqual([
      [{ name: 'tenant-contoso', namespace: 'entrada' }, 'contoso'],
    ])
    expect(stacks.flatMap(({ spec }) => unknownFields(spec))).toEqual([])
  })

  test('a Stack makes no stack, destroys nothing, and corrects drift', () => {
    for (const { spec, metadata } of stacks) {
      expect(spec).toMatchObject({
        useLocalStackOnly: true,
        destroyOnFinalize: false,
        refresh: true,
        continueResyncOnCommitMatch: true,
        retryOnUpdateConflict: true,
      })
      // The operator's limit.
      expect(metadata.name.length).toBeLessThanOrEqual(42)
    }
  })

  test('its workspace runs the engine of this clone, and signs in by the token of its service account', () => {
    for (const { spec } of stacks) {
      const { image, env, envFrom, podTemplate } = spec.workspaceTemplate.spec
      expect(image).toBe(`pulumi/pulumi:${versions.pulumi}-nonroot`)
      const variables = Object.fromEntries(env.map(({ name, value }: { name: string; value: string }) => [name, value]))
      const [mount] = podTemplate.spec.containers[0].volumeMounts
      const [volume] = podTemplate.spec.volumes
      const { path: file, audience } = volume.projected.sources[0].serviceAccountToken
      expect(volume.name).toBe(mount.name)
      expect(audience).toBe('api://AzureADTokenExchange')
      for (const variable of ['ARM_OIDC_TOKEN_FILE_PATH', 'AZURE_FEDERATED_TOKEN_FILE'])
        expect(variables[variable]).toBe(`${mount.mountPath}/${file}`)
      expect(variables.ARM_USE_OIDC).toBe('true')
      expect(envFrom).toEqual([{ configMapRef: { name: of('ConfigMap').metadata.name } }])
      expect(Object.keys(of('ConfigMap').data)).toEqual(
        expect.arrayContaining(['ARM_CLIENT_ID', 'ARM_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID']),
      )
      expect(spec.serviceAccountName).toBe(of('ServiceAccount').metadata.name)
      expect(spec.serviceAccountName).toBe(of('ClusterRoleBinding').subjects[0].name)
      expect(of('ClusterRoleBinding').subjects[0].namespace).toBe(of('Namespace').metadata.name)
    }
  })

  test('the Stack for a pull request changes nothing and stands beside the one of main', () => {
    const [preview, ...others] = compose(path.join(pipelines, 'kubernetes/preview'))
    expect(others).toEqual([])
    expect(unknownFields(preview!.spec)).toEqual([])
    expect(preview).toMatchObject({
      metadata: { name: 'tenant-contoso-preview', namespace: 'entrada' },
      spec: { stack: 'contoso', preview: true, refresh: false, destroyOnFinalize: false },
    })
    expect(preview!.spec.branch).not.toBe(stacks[0]!.spec.branch)
  })
})

/** What azure-native and entrasync find in the environment of a command, on each platform. */
describe('every command can sign in to Azure and to Entra', () => {
  const IDS = { ARM_CLIENT_ID: 'client', ARM_TENANT_ID: 'tenant' }

  test.each(['preview', 'update', 'drift'])('GitHub, %s', (name) => {
    const { jobs } = workflows.find((file) => file.name.endsWith(`/${name}.yml`))!.content
    // To a job with `id-token: write`.
    const given = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer' }
    const env = { ...given, ...jobs[name].env }
    expect(azureNativeSignIn(env)).toEqual({ method: 'federation', missing: [] })
    expect(graphSettings(env).credential).toMatchObject({ kind: 'oidc', token: { requestToken: 'bearer' } })
  })

  test('Azure DevOps', () => {
    const { content } = azureDevOps.find(({ name }) => name.endsWith('/entrada.yml'))!
    const [{ inputs, env: own }] = content.steps
    const exported = [...inputs.inlineScript.matchAll(/\b(ARM_\w+)="\$(\w+)"/g)].map(([, name, from]) => [name, from])
    const env = {
      SYSTEM_OIDCREQUESTURI: 'https://token.example',
      ...own,
      ...Object.fromEntries(exported),
    }
    expect(azureNativeSignIn(env)).toEqual({ method: 'default credential', missing: [] })
    expect(env.AZURE_TOKEN_CREDENTIALS).toBe('AzureCLICredential')
    // The rest is Entra's, which does not know that variable.
    expect(graphSettings(env).credential).toMatchObject({
      kind: 'oidc',
      clientId: 'AZURESUBSCRIPTION_CLIENT_ID',
      token: { serviceConnectionId: 'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID' },
    })
    const { ARM_USE_DEFAULT_AZURE_CREDENTIAL: _, ...without } = env
    expect(graphSettings(env)).toEqual(graphSettings(without))
    expect(azureNativeSignIn(without).missing).not.toEqual([])
  })

  test('Kubernetes', () => {
    const composed = compose(path.join(pipelines, 'kubernetes'))
    const { data } = composed.find(({ kind }) => kind === 'ConfigMap')!
    for (const { spec } of composed.filter(({ kind }) => kind === 'Stack')) {
      const variables = spec.workspaceTemplate.spec.env.map((one: { name: string; value: string }) => [
        one.name,
        one.value,
      ])
      const env = { ...data, ...Object.fromEntries(variables) }
      expect(azureNativeSignIn(env)).toEqual({ method: 'federation', missing: [] })
      expect(graphSettings(env).credential).toMatchObject({
        kind: 'oidc',
        token: { path: env.ARM_OIDC_TOKEN_FILE_PATH },
      })
    }
  })

  test('what is not given is missed', () => {
    expect(azureNativeSignIn({ ...IDS, ARM_USE_OIDC: 'true', ARM_OIDC_REQUEST_URL: 'x' }).missing).toHaveLength(2)
    expect(azureNativeSignIn({ ...IDS, ARM_CLIENT_SECRET: 'x' })).toEqual({ method: 'secret', missing: [] })
    expect(azureNativeSignIn({})).toEqual({ method: 'az login', missing: [] })
  })
})
