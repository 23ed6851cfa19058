/** Puts what is in the tenant into the stack's state; the tenant itself is only read. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { runEngine } from '../engine/run.ts'
import { type Place, placeOf } from '../engine/tenantStack.ts'
import { stackFile } from '../stack/files.ts'
import type { Tenant } from '../stack/tenant.ts'
import { hasSecret, keepEncryption } from './file.ts'
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
  place: Place
  /** Decrypted; undefined where the file has none. */
  clientSecret: string | undefined
}

/** The stack in its backend, made where it is not there; the file gets what encrypts its secrets. */
export async function prepareEngine(
  tenant: Pick<Tenant, 'stack' | 'env' | 'served'>,
  secretsProvider?: string,
): Promise<Engine> {
  const { stack, served } = tenant
  const place = await placeOf(tenant)
  const known = JSON.parse(await runEngine(place, ['stack', 'ls', '--json'])) as { name: string }[]
  if (!known.some(({ name }) => name.split('/').at(-1) === stack)) {
    const provider = secretsProvider ? ['--secrets-provider', secretsProvider] : []
    await runEngine(place, ['stack', 'init', stack, ...provider])
  }
  if (!served) keepEncryption(copyOf(place, stack), stackFile(stack))
  return { place, clientSecret: await secretIn(place, stack) }
}

/** Encrypts the secret into the stack's file. */
export async function setSecret(place: Place, stack: string, secret: string): Promise<void> {
  await writeSecret(place, stack, secret)
  keepEncryption(copyOf(place, stack), stackFile(stack))
}

export async function takeOver(
  tenant: Tenant,
  place: Place,
  sources: Omit<Sources, 'graph' | 'env'>,
): Promise<TakenOver> {
  const { stack, graph, env, config } = tenant
  // A preview takes any secret; in the copy of the file only.
  if (config.target.kind === 'external' && sources.clientSecret === '') await writeSecret(place, stack, 'not known')
  const steps = await previewSteps(place, stack)
  const there = await readThere(steps, { ...sources, graph, env })
  const before = JSON.parse(await runEngine(place, ['stack', 'export', '--stack', stack])) as Deployment
  const after = withResources(before, { steps, there, tenantId: graph.tenantId, newId: randomUUID })
  const made = steps.filter(({ op, newState }) => op === 'create' && newState?.custom).map(({ urn }) => urn)
  const isIn = (urn: string) => after.deployment.resources?.some((resource) => resource.urn === urn)
  if (there.size > 0) {
    // By a pipe: the engine encrypts what would be readable in a file.
    await runEngine(place, ['stack', 'import', '--stack', stack], { input: JSON.stringify(after) })
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

const copyOf = ({ workDir }: Place, stack: string) => path.join(workDir, `Pulumi.${stack}.yaml`)

const writeSecret = (place: Place, stack: string, secret: string) =>
  runEngine(place, ['config', 'set', '--path', '--secret', SECRET_KEY, '--stack', stack], { input: secret })

async function secretIn(place: Place, stack: string): Promise<string | undefined> {
  if (!hasSecret(readFileSync(copyOf(place, stack), 'utf8'))) return undefined
  const answer = await runEngine(place, ['config', 'get', '--path', SECRET_KEY, '--json', '--stack', stack])
  return (JSON.parse(answer) as { value: string }).value
}

/** The program's resources, exactly as the engine would register them. */
async function previewSteps(place: Place, stack: string): Promise<PreviewStep[]> {
  const text = await runEngine(place, ['preview', '--json', '--stack', stack], { allowFailure: true })
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
