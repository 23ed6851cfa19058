/** Runs the pipelines of a clone, job by job and step by step, as Azure Pipelines does as far as they use it. */
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { evaluate, fill } from './expression.ts'
import { bash, type Ran } from './shell.ts'

type Values = Record<string, unknown>

interface Parameter {
  name: string
  default?: unknown
}

interface Step {
  template?: string
  parameters?: Values
  checkout?: string
  fetchDepth?: number
  bash?: string
  task?: string
  name?: string
  displayName?: string
  condition?: string
  inputs?: Record<string, string>
  env?: Record<string, string>
}

interface Job {
  template?: string
  parameters?: Values
  job: string
  dependsOn?: string
  condition?: string
  strategy?: { matrix: string }
  steps: Step[]
}

export interface AzureRun {
  /** Predefined variables; those that are there are macros and environment variables of each step. */
  variables: Record<string, string>
  /** Of the pipeline; the others have their defaults. */
  parameters?: Values
  /** Of the machine. */
  env: Record<string, string>
  /** Not given to a step unless it asks. */
  accessToken: string
  /** What the task AzureCLI@2 gives to its script for this service connection. */
  connection(name: string): Record<string, string>
  checkout(folder: string, depth: number): Promise<void>
  folder: string
  /** What earlier runs have left in the cache. */
  cache: string
}

export interface AzureJobRun {
  result: 'success' | 'failure' | 'skipped'
  /** `step.variable` → value */
  outputs: Record<string, string>
  summary: string
  issues: string[]
  ran: Ran[]
}

/** Does nothing for us here: the machine has Node. */
const NODE_TASK = 'NodeTool@0'

/** @returns jobs by name, those of a matrix by `name legname` */
export async function runPipeline(file: string, run: AzureRun): Promise<Record<string, AzureJobRun>> {
  const done: Record<string, AzureJobRun> = {}
  for (const job of jobsOf(expand(file, run.parameters ?? {}))) {
    const dependencies = job.dependsOn ? { [job.dependsOn]: done[job.dependsOn]! } : {}
    const succeeded = Object.values(dependencies).every(({ result }) => result === 'success')
    const surroundings = {
      values: { dependencies, variables: run.variables },
      functions: { ...FUNCTIONS, succeeded: () => succeeded },
    }
    // A job that was skipped has no outputs to ask for.
    const asked = succeeded || (job.condition !== undefined && !job.condition.includes('succeeded()'))
    if (!asked || !evaluate(job.condition ?? 'succeeded()', surroundings)) {
      done[job.job] = { result: 'skipped', outputs: {}, summary: '', issues: [], ran: [] }
      continue
    }
    const matrix = job.strategy && JSON.parse(String(fill(job.strategy.matrix, '$[', surroundings)))
    if (!matrix) done[job.job] = await runJob(job, {}, run)
    for (const [leg, own] of Object.entries<Record<string, string>>(matrix ?? {}))
      done[`${job.job} ${leg}`] = await runJob(job, own, run)
  }
  return done
}

const FUNCTIONS = {
  eq: (a: unknown, b: unknown) => String(a).toLowerCase() === String(b).toLowerCase(),
  ne: (a: unknown, b: unknown) => String(a).toLowerCase() !== String(b).toLowerCase(),
  and: (...all: unknown[]) => all.every(Boolean),
}

function jobsOf(content: Values): Job[] {
  const stages = content.stages as { jobs: Job[] }[] | undefined
  return stages ? stages.flatMap(({ jobs }) => jobs) : (content.jobs as Job[])
}

/** A file with its parameters put in and its templates in their place. */
function expand(file: string, given: Values): Values {
  const { parameters = [], ...content } = parse(readFileSync(file, 'utf8')) as Values & { parameters?: Parameter[] }
  const unknown = Object.keys(given).filter((name) => !parameters.some((parameter) => parameter.name === name))
  if (unknown.length > 0) throw new Error(`${file} has no parameter ${unknown.join(', ')}`)
  const values = Object.fromEntries(parameters.map(({ name, default: fallback }) => [name, given[name] ?? fallback]))
  return withTemplates(content, { parameters: values }, path.dirname(file)) as Values
}

function withTemplates(value: unknown, values: Values, folder: string): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const inner = withTemplates(item, values, folder) as Step | Job
      if (!inner?.template) return [inner]
      const part = expand(path.join(folder, inner.template), inner.parameters ?? {})
      return (part.steps ?? part.jobs) as unknown[]
    })
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTemplates(inner, values, folder)]))
  }
  return fill(value, '${{', { values, functions: {} })
}

async function runJob(job: Job, matrix: Record<string, string>, run: AzureRun): Promise<AzureJobRun> {
  const folder = mkdtempSync(path.join(run.folder, 'job-'))
  const workspace = path.join(folder, 'workspace')
  const state: AzureJobRun = { result: 'success', outputs: {}, summary: '', issues: [], ran: [] }
  const variables = { ...run.variables, ...matrix, 'Pipeline.Workspace': folder }
  const conditions = {
    values: { variables },
    functions: { ...FUNCTIONS, succeeded: () => state.result === 'success', succeededOrFailed: () => true },
  }
  let cwd = folder
  for (const step of job.steps) {
    if (!evaluate(step.condition ?? 'succeeded()', conditions)) continue
    if (step.checkout === 'none') continue
    if (step.checkout === 'self') {
      await run.checkout(workspace, step.fetchDepth ?? 0)
      cwd = workspace
      continue
    }
    if (step.task === NODE_TASK) continue
    if (step.task === 'Cache@2') {
      symlinkSync(run.cache, macros(step.inputs!.path!, variables, run))
      continue
    }
    const { script, env } = scriptOf(step, run)
    const asked = Object.entries(step.env ?? {}).map(([key, value]) => [key, macros(value, variables, run)])
    const all = { ...run.env, ...asEnvironment(variables), ...env, ...Object.fromEntries(asked) }
    const outcome = await bash(script, cwd, all)
    state.ran.push({ step: step.displayName ?? script, env: all, outcome })
    if (outcome.code !== 0) state.result = 'failure'
    obey(outcome.text, step, state)
  }
  return state
}

function scriptOf({ bash: script, task, inputs }: Step, run: AzureRun): { script: string; env: Values } {
  if (script) return { script, env: {} }
  if (task !== 'AzureCLI@2' || inputs?.scriptType !== 'bash') throw new Error(`the task ${task} is not known here`)
  return { script: inputs.inlineScript!, env: run.connection(inputs.azureSubscription!) }
}

/** `$(Name)` by the variable's value. */
function macros(text: string, variables: Record<string, string>, { accessToken }: AzureRun): string {
  return String(text).replace(/\$\(([\w.]+)\)/g, (_all, name: string) => {
    const value = name === 'System.AccessToken' ? accessToken : variables[name]
    if (value === undefined) throw new Error(`the variable ${name} is not in the test's table`)
    return value
  })
}

const asEnvironment = (variables: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name.toUpperCase().replaceAll(/[. ]/g, '_'), value]),
  )

/** What the step told the agent in its output. */
function obey(text: string, step: Step, state: AzureJobRun): void {
  for (const [, command, properties = '', value = ''] of text.matchAll(/^##vso\[(\S+?)(?: (.*?))?\](.*)$/gm)) {
    const name = /variable=(\w+);isOutput=true/.exec(properties)?.[1]
    if (command === 'task.setvariable' && name) state.outputs[`${step.name}.${name}`] = value
    else if (command === 'task.logissue') state.issues.push(value)
    else if (command === 'task.uploadsummary') state.summary += readFileSync(value, 'utf8')
    else throw new Error(`the command ${command} is not known here`)
  }
}
