/** Puts what is in the tenant into the stack's state; the tenant itself is only read. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { initStack, type Site } from '../engine/attached.ts'
import { runEngine } from '../engine/run.ts'
import { siteOf } from '../engine/tenantStack.ts'
import { writeWhole } from '../local/folder.ts'
import { keepEncryption } from '../stack/encryption.ts'
import { stackFile } from '../stack/files.ts'
import type { Tenant } from '../stack/tenant.ts'
import { hasSecret, withSecretOf } from './file.ts'
import { readThere, type Sources } from './resources.ts'
import { type Deployment, type PreviewStep, withResources } from './state.ts'

const SECRET_KEY = 'entrada:target.clientSecret'

export interface TakenOver {
  /** Names of the resources that are in the state now and were not before. */
  adopted: string[]
  /** Names of those that the next update makes. */
  left: string[]
}

export interface Engine {
  site: Site
  /** Decrypted; undefined where the file has none. */
  clientSecret: string | undefined
}

/** The stack in its backend, made where it is not there; the file gets what encrypts its secrets. */
export async function prepareEngine(
  tenant: Pick<Tenant, 'stack' | 'env' | 'served'>,
  secretsProvider?: string,
): Promise<Engine> {
  const { stack, served } = tenant
  const site = await siteOf(tenant)
  const known = JSON.parse(await runEngine(site, ['stack', 'ls', '--json'])) as { name: string }[]
  if (!known.some(({ name }) => name.split('/').at(-1) === stack)) {
    const more: Site['env'] = secretsProvider ? { PULUMI_SECRETS_PROVIDER: secretsProvider } : {}
    await initStack({ ...site, env: { ...site.env, ...more } })
  }
  if (!served) keepEncryption(stackFile(stack), copyOf(site))
  return { site, clientSecret: await secretIn(site) }
}

/** Encrypts the secret into the stack's file. */
export async function setSecret(site: Site, secret: string): Promise<void> {
  await writeSecret(site, secret)
  const file = stackFile(site.stack)
  writeWhole(file, withSecretOf(readFileSync(file, 'utf8'), readFileSync(copyOf(site), 'utf8')))
  keepEncryption(file, copyOf(site))
}

export async function takeOver(
  tenant: Tenant,
  site: Site,
  sources: Omit<Sources, 'graph' | 'env'>,
): Promise<TakenOver> {
  const { stack, graph, env, config } = tenant
  // A preview takes any secret; in the copy of the file only.
  if (config.target.kind === 'external' && sources.clientSecret === '') await writeSecret(site, 'not known')
  const steps = await previewSteps(site)
  const there = await readThere(steps, { ...sources, graph, env })
  const before = JSON.parse(await runEngine(site, ['stack', 'export', '--stack', stack])) as Deployment
  const after = withResources(before, { steps, there, tenantId: graph.tenantId, newId: randomUUID })
  const made = steps.filter(({ op, newState }) => op === 'create' && newState?.custom).map(({ urn }) => urn)
  const isIn = (urn: string) => after.deployment.resources?.some((resource) => resource.urn === urn)
  if (there.size > 0) {
    // By a pipe: the engine encrypts what would be readable in a file.
    await runEngine(site, ['stack', 'import', '--stack', stack], { input: JSON.stringify(after) })
  }
  const ours = made.filter((urn) => !urn.includes('pulumi:providers:'))
  const nameOf = (urn: string) => {
    const [type = '', name = ''] = urn.split('::').slice(2)
    return `${type.split(':').at(-1)} ${name}`
  }
  return {
    adopted: ours.filter((urn) => there.has(urn)).map(nameOf),
    left: ours.filter((urn) => !isIn(urn)).map(nameOf),
  }
}

const copyOf = ({ workDir, stack }: Site) => path.join(workDir, `Pulumi.${stack}.yaml`)

const writeSecret = (site: Site, secret: string) =>
  runEngine(site, ['config', 'set', '--path', '--secret', SECRET_KEY, '--stack', site.stack], { input: secret })

async function secretIn(site: Site): Promise<string | undefined> {
  if (!hasSecret(readFileSync(copyOf(site), 'utf8'))) return undefined
  const answer = await runEngine(site, ['config', 'get', '--path', SECRET_KEY, '--json', '--stack', site.stack])
  return (JSON.parse(answer) as { value: string }).value
}

/** The program's resources, exactly as the engine would register them. */
async function previewSteps(site: Site): Promise<PreviewStep[]> {
  const text = await runEngine(site, ['preview', '--json', '--stack', site.stack], { allowFailure: true })
  const from = text.indexOf('{')
  if (from < 0) throw new Error(`the preview gave no answer: ${text.trim()}`)
  const { steps, diagnostics = [] } = JSON.parse(text.slice(from)) as {
    steps: PreviewStep[]
    diagnostics?: { severity: string; message: string }[]
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message.trim())
  if (errors.length > 0) throw new Error(`the program cannot run on these settings: ${errors.join('\n')}`)
  return steps
}
