import { Command } from 'commander'
import { readFleet } from '../../config/fleet.ts'
import { findDrift } from '../engine/rehearse.ts'
import { keepReport, makeRoom } from '../rollout/files.ts'
import { htmlPage } from '../rollout/html.ts'
import { junitXml } from '../rollout/junit.ts'
import { planRings } from '../rollout/plan.ts'
import { parallelFor, thisMachine } from '../rollout/slots.ts'
import { eachOf } from '../stack/eachOf.ts'
import { envFilesOption, environments } from '../stack/envFiles.ts'
import { pickStacks } from '../stack/pick.ts'
import { type Env, openTenant } from '../stack/tenant.ts'
import { withOrigins } from './origins.ts'
import { driftMarkdown, driftOf, driftText, type StackDrift } from './report.ts'
import { driftReport, type Took, tenantResult } from './results.ts'

interface Options {
  label: string[]
  envFiles?: string
  json?: true
  markdown?: string
  junit?: string
  html?: string
}

export const command = new Command('drift')
  .description(
    'say what in the tenants is no longer as the last update left it, since when and by whom; changes nothing',
  )
  .argument('[stacks...]', 'names, or patterns such as eu-*; all by default')
  .option('--label <label>', 'stacks with this label; may be repeated', (one, all: string[]) => [...all, one], [])
  .addOption(envFilesOption())
  .option('--json', 'print one JSON document')
  .option('--markdown <file>', 'write the report as Markdown too')
  .option('--junit <file>', 'write it as JUnit XML')
  .option('--html <file>', 'write it as one page')
  .addHelpText(
    'after',
    '\nExit code: 0 when nothing differs, 3 when something does, 1 when a stack could not be looked at.',
  )
  .action(async (names: string[], { label, envFiles, json, markdown, junit, html }: Options) => {
    const stacks = pickStacks(names, label)
    for (const [option, file] of Object.entries({ markdown, junit, html })) makeRoom(`--${option}`, file)
    const envOf = environments(process.env, envFiles)
    const fleet = readFleet()
    const began = Date.now()
    const looked = await eachOf(stacks, parallelFor(thisMachine(), fleet.rollout.limits.parallel), (stack) =>
      lookAt(stack, envOf(stack)),
    )
    const byStack = new Map(looked.map((one) => [one.drift.stack, one]))
    // As a rollout has them: by their rings, the first ring first.
    const results = planRings(stacks, (stack) => ({ labels: byStack.get(stack)?.labels }), fleet).flatMap((ring) =>
      ring.stacks.map((stack) => {
        const { drift, took } = byStack.get(stack)!
        return tenantResult(drift, ring.name, took)
      }),
    )
    const report = driftReport(results, began, Date.now())
    const found = looked.map(({ drift }) => drift)
    console.log(json ? JSON.stringify(report) : driftText(found))
    if (markdown) keepReport('--markdown', markdown, driftMarkdown(found), console.error)
    if (junit) keepReport('--junit', junit, junitXml(report), console.error)
    if (html) keepReport('--html', html, htmlPage(report), console.error)
    process.exit(report.exitCode)
  })

interface Looked {
  drift: StackDrift
  took: Took
  /** Undefined where the stack's file could not be read. */
  labels?: string[]
}

/** One stack that cannot be read does not hide the others. */
async function lookAt(stack: string, env: Env): Promise<Looked> {
  console.error(`reading ${stack} …`)
  const start = Date.now()
  const took = () => ({ began: new Date(start).toISOString(), seconds: Math.round((Date.now() - start) / 100) / 10 })
  let labels: string[] | undefined
  try {
    const tenant = openTenant(stack, env)
    labels = tenant.config.labels
    const drift = await driftOf(stack, await findDrift(tenant), (changes) =>
      withOrigins(tenant.graph, changes, tenant.env.ARM_CLIENT_ID),
    )
    return { drift, took: took(), labels }
  } catch (error) {
    return { drift: { stack, error: (error as Error).message }, took: took(), ...(labels ? { labels } : {}) }
  }
}
