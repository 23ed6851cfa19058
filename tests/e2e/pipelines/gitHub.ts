/** Runs the workflows of a clone, job by job and step by step, as GitHub does as far as they use it. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { evaluate, fill, type Surroundings } from './expression.ts'
import { bash, type Ran } from './shell.ts'

type Values = Record<string, unknown>
type Result = 'success' | 'failure' | 'skipped'

interface Step {
  id?: string
  name?: string
  if?: string
  uses?: string
  run?: string
  with?: Values
  env?: Values
}

interface Job {
  needs?: string
  if?: string
  environment?: string
  permissions?: Record<string, string>
  outputs?: Record<string, string>
  strategy?: { matrix?: string }
  env?: Values
  steps: Step[]
}

export interface GitHubRun {
  /** The contexts `github` and `vars`; `github.event` is given to steps as a file too. */
  github: Values & { event: Values }
  vars: Values
  /** What environments have in place of those, or beside them. */
  environmentVars?: Record<string, Values>
  /** Of the machine; a job that may ask for a token of its own gets `tokenEnvironment` as well. */
  env: Record<string, string>
  tokenEnvironment(environment: string): Record<string, string>
  /** Makes the clone that a job works in. */
  checkout(folder: string, depth: number): Promise<void>
  /** Folder for the run's files. */
  folder: string
}

export interface JobRun {
  result: Result
  outputs: Values
  summary: string
  /** By step, in order; steps that were skipped or are others' actions are not there. */
  ran: Ran[]
  /** Others' actions, with their inputs. */
  used: [action: string, inputs: Values][]
}

/** Others' actions that are understood: what they do for us is done by the runner, or nothing. */
const ACTIONS = ['actions/checkout', 'actions/setup-node', 'actions/cache', 'azure/login']

/** @returns jobs by id, those of a matrix by `id (stack)` */
export async function runWorkflow(file: string, run: GitHubRun): Promise<Record<string, JobRun>> {
  const workflow = parse(readFileSync(file, 'utf8')) as { jobs: Record<string, Job>; env?: Values }
  const done: Record<string, JobRun> = {}
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const needed = job.needs ? { [job.needs]: done[job.needs]! } : {}
    const values = { github: run.github, vars: run.vars, needs: needed }
    const succeeded = Object.values(needed).every(({ result }) => result === 'success')
    if (!succeeded || !holds(job.if, { values, functions: { fromJSON } })) {
      done[id] = { result: 'skipped', outputs: {}, summary: '', ran: [], used: [] }
      continue
    }
    const matrix = fill(job.strategy?.matrix, '${{', { values, functions: { fromJSON } }) as
      | { stack: string[] }
      | undefined
    if (!matrix) done[id] = await runJob(job, { ...values, env: workflow.env ?? {} }, run)
    for (const stack of matrix?.stack ?? []) {
      done[`${id} (${stack})`] = await runJob(job, { ...values, matrix: { stack }, env: workflow.env ?? {} }, run)
    }
  }
  return done
}

const fromJSON = (text: unknown) => JSON.parse(String(text)) as unknown

/** A condition may stand with or without `${{ }}`. */
function holds(condition: string | undefined, surroundings: Surroundings): boolean {
  if (condition === undefined) return true
  return Boolean(evaluate(condition.replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1'), surroundings))
}

async function runJob(job: Job, values: Values, run: GitHubRun): Promise<JobRun> {
  const folder = mkdtempSync(path.join(run.folder, 'job-'))
  const workspace = path.join(folder, 'workspace')
  const at = (name: string) => path.join(folder, name)
  const steps: Record<string, { outputs: Values; outcome: Result; conclusion: Result }> = {}
  const state: JobRun = { result: 'success', outputs: {}, summary: '', ran: [], used: [] }
  const functions = {
    fromJSON,
    success: () => state.result === 'success',
    failure: () => state.result === 'failure',
    cancelled: () => false,
    always: () => true,
    hashFiles: (name: unknown) => (existsSync(path.join(workspace, String(name))) ? 'hash' : ''),
  }
  const vars = { ...run.vars, ...run.environmentVars?.[job.environment ?? ''] }
  const table: Values = { ...values, vars, steps, runner: { os: 'Linux' } }
  const filled = (map: Values | undefined, own: Values) =>
    Object.fromEntries(
      Object.entries(map ?? {}).map(([key, value]) => [key, String(fill(value, '${{', { values: own, functions }))]),
    )
  const jobEnv = { ...filled(values.env as Values, table), ...filled(job.env, table) }
  const token = job.permissions?.['id-token'] === 'write' ? run.tokenEnvironment(job.environment ?? '') : {}
  writeFileSync(at('event.json'), JSON.stringify(run.github.event))

  async function runSteps(list: Step[], own: Values): Promise<void> {
    for (const step of list) {
      const asksForStatus = /\b(success|failure|cancelled|always)\(/.test(step.if ?? '')
      const goesOn = (asksForStatus || functions.success()) && holds(step.if, { values: own, functions })
      const outputs: Values = {}
      const outcome = goesOn ? await runStep(step, own, outputs) : 'skipped'
      if (outcome === 'failure') state.result = 'failure'
      if (step.id) steps[step.id] = { outputs, outcome, conclusion: outcome }
    }
  }

  async function runStep(step: Step, own: Values, outputs: Values): Promise<Result> {
    if (step.uses) return use(step.uses, filled(step.with, own))
    if (!step.run) throw new Error(`a step without run and uses: ${JSON.stringify(step)}`)
    for (const name of ['output', 'summary']) writeFileSync(at(name), '')
    const env = {
      ...run.env,
      ...token,
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: String(run.github.repository),
      GITHUB_EVENT_PATH: at('event.json'),
      GITHUB_OUTPUT: at('output'),
      GITHUB_STEP_SUMMARY: at('summary'),
      ...jobEnv,
      ...filled(step.env, own),
    }
    const cwd = existsSync(workspace) ? workspace : folder
    const outcome = await bash(step.run, cwd, env)
    state.ran.push({ step: step.name ?? step.run, env, outcome })
    state.summary += readFileSync(at('summary'), 'utf8')
    for (const line of readFileSync(at('output'), 'utf8').split('\n').filter(Boolean)) {
      outputs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1)
    }
    return outcome.code === 0 ? 'success' : 'failure'
  }

  async function use(action: string, inputs: Values): Promise<Result> {
    if (action.startsWith('./')) {
      const { runs } = parse(readFileSync(path.join(workspace, action, 'action.yml'), 'utf8')) as {
        runs: { using: string; steps: Step[] }
      }
      if (runs.using !== 'composite') throw new Error(`${action} is ${runs.using}`)
      await runSteps(runs.steps, { ...table, inputs })
      return state.result
    }
    const name = action.split('@')[0]!
    if (!ACTIONS.includes(name)) throw new Error(`the action ${action} is not known here`)
    state.used.push([name, inputs])
    if (name === 'actions/checkout') await run.checkout(workspace, Number(inputs['fetch-depth'] ?? 1))
    return 'success'
  }

  await runSteps(job.steps, table)
  if (state.result === 'success') state.outputs = filled(job.outputs, table)
  return state
}
