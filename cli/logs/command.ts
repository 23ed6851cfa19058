import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { findServicePrincipal } from '../stack/application.ts'
import { parseDuration } from '../stack/duration.ts'
import { envFilesOption, environments } from '../stack/envFiles.ts'
import { userId } from '../stack/person.ts'
import { openTenant } from '../stack/tenant.ts'
import { allEvents, type LogEvent } from './events.ts'
import { follow } from './follow.ts'
import { eventDetails, eventText } from './text.ts'

interface Options {
  user?: string
  envFiles?: string
  since: string
  failed?: boolean
  follow?: boolean
  json?: boolean
}

/** Graph allows five requests in ten seconds on this log, for everybody together. */
const FOLLOW_SECONDS = 15

export const command = new Command('logs')
  .description('what the provisioning service did, from the provisioning log; of one user with all details')
  .argument('<stack>')
  .option('--user <name>', 'user principal name, or object id of a user or group')
  .option('--since <duration>', 'how far to look back: 90s, 15m, 24h, 7d', '24h')
  .option('--failed', 'only what failed')
  .option('--follow', 'go on with what comes')
  .addOption(envFilesOption())
  .option('--json', 'one JSON document for each event, on a line of its own')
  .action(async (stack: string, options: Options) => {
    const tenant = openTenant(stack, environments(process.env, options.envFiles)(stack))
    const { graph } = tenant
    const principal = await findServicePrincipal(tenant)
    if (!principal) throw new Error(`stack '${stack}' has no application yet: npm run pulumi -- up --stack ${stack}`)
    const since = graph.now() - parseDuration(options.since)
    const objectId = options.user ? await userId(graph, options.user) : undefined
    const read = (from: number) =>
      allEvents(graph, { servicePrincipalId: principal.id, since: from, objectId, failed: options.failed ?? false })
    const show = (event: LogEvent) =>
      console.log(options.json ? JSON.stringify(event) : options.user ? eventDetails(event) : eventText(event))
    const events = (await read(since)).reverse()
    events.forEach(show)
    if (!options.follow) {
      if (events.length === 0 && !options.json) console.error(`nothing in the log of the last ${options.since}`)
      return
    }
    const wait = async () => {
      await sleep(FOLLOW_SECONDS * 1000)
      return true
    }
    for await (const event of follow(read, events, since, wait)) show(event)
  })
