import { Command } from 'commander'
import { changeText, stepText } from '../logs/text.ts'
import { findApplication } from '../stack/application.ts'
import { confirm } from '../stack/ask.ts'
import { envFilesOption, environments } from '../stack/envFiles.ts'
import { userId } from '../stack/person.ts'
import { openTenant } from '../stack/tenant.ts'
import { type OnDemandResult, provisionOnDemand, ruleFor } from './onDemand.ts'

interface Options {
  user: string
  envFiles?: string
  yes?: boolean
  json?: boolean
}

export const command = new Command('provision')
  .description('provision one person at once, whatever the schedule, and show the steps')
  .argument('<stack>')
  .requiredOption('--user <name>', 'user principal name, or object id')
  .addOption(envFilesOption())
  .option('--yes', 'do not ask before the target is written to')
  .option('--json', 'the result as one JSON document')
  .addHelpText('after', '\nexit code: 0 done, or skipped with a reason; 2 it failed; 1 wrong use')
  .action(async (stack: string, options: Options) => {
    const tenant = openTenant(stack, environments(process.env, options.envFiles)(stack))
    const { graph } = tenant
    const [application, objectId] = await Promise.all([findApplication(tenant), userId(graph, options.user)])
    if (!application?.job) {
      throw new Error(`stack '${stack}' has no provisioning yet: npm run pulumi -- up --stack ${stack}`)
    }
    const { servicePrincipal, job } = application
    const ruleId = await ruleFor(graph, servicePrincipal.id, job.id, 'User')
    if (!options.yes)
      await confirm(
        `Provision ${options.user} from ${graph.tenantId} into ${servicePrincipal.displayName}?`,
        'this writes to the target',
      )
    const subject = { objectId, objectTypeName: 'User' } as const
    const result = await provisionOnDemand(graph, servicePrincipal.id, job.id, ruleId, subject)
    console.log(options.json ? JSON.stringify(result, null, 2) : resultText(options.user, result))
    if (result.status === 'failure') process.exitCode = 2
  })

export function resultText(user: string, { action, status, reason, target, steps, changes }: OnDemandResult): string {
  return [
    ...steps.map(stepText),
    ...changes.map(changeText),
    `${user}: ${action}, ${status}${target ? `, at the target ${target}` : ''}`,
    ...(reason ? [`  ${reason.code}: ${reason.text}`, ...(reason.fix ? [`  ${reason.fix}`] : [])] : []),
  ].join('\n')
}
