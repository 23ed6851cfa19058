/** The text format of Prometheus, version 0.0.4: metric names of `[a-zA-Z_:]`, label values escaped. */
import type { Counts } from '../start/control.ts'
import type { StackStatus } from './model.ts'

interface Sample {
  labels: Record<string, string>
  value: number
}

interface Metric {
  name: string
  help: string
  of(status: StackStatus): Sample[] | number | null
}

const seconds = (time: string | null | undefined) => (time ? Date.parse(time) / 1000 : null)
const flag = (value: boolean | null | undefined) => (typeof value === 'boolean' ? Number(value) : null)

const METRICS: Metric[] = [
  { name: 'read_ok', help: 'Whether everything could be found out.', of: ({ unknown }) => flag(unknown.length === 0) },
  { name: 'problems', help: 'What a person has to see to.', of: ({ problems }) => problems.length },
  { name: 'job_on', help: 'Whether provisioning is switched on.', of: ({ job }) => flag(job?.on) },
  {
    name: 'quarantine',
    help: 'Whether the job is in quarantine.',
    of: ({ job, quarantine }) => (job ? flag(quarantine !== null) : null),
  },
  {
    name: 'synchronized_objects',
    help: 'Objects that are linked to one at the target.',
    of: ({ synchronized }) =>
      synchronized && Object.entries(synchronized).map(([type, value]) => ({ labels: { type }, value })),
  },
  { name: 'objects_in_error', help: 'Objects that failed and are tried again.', of: ({ inError }) => inError },
  {
    name: 'log_events',
    help: 'Events of the provisioning log in the time looked at.',
    of: ({ log }) => log && [...events('users', log.users), ...events('groups', log.groups)],
  },
  {
    name: 'last_cycle_end_timestamp_seconds',
    help: 'When the last cycle ended.',
    of: ({ lastCycle }) => seconds(lastCycle?.ended),
  },
  {
    name: 'next_cycle_timestamp_seconds',
    help: 'When the next cycle is due.',
    of: ({ nextCycle }) => seconds(nextCycle),
  },
  { name: 'licences_waiting', help: 'Users who wait for a licence.', of: ({ licences }) => licences?.waiting ?? null },
  {
    name: 'secret_expiry_timestamp_seconds',
    help: 'When the client secret at the target ends.',
    of: ({ secretExpires }) => seconds(secretExpires),
  },
  {
    name: 'last_update_timestamp_seconds',
    help: 'When the engine last changed the stack.',
    of: ({ lastUpdate }) => seconds(lastUpdate?.at),
  },
  {
    name: 'last_update_succeeded',
    help: 'Whether that went well.',
    of: ({ lastUpdate }) => flag(lastUpdate && lastUpdate.result === 'succeeded'),
  },
]

/** What is not known has no sample, so that nobody takes it for 0. */
export function prometheusText(statuses: readonly StackStatus[]): string {
  const blocks = METRICS.map(({ name, help, of }) => {
    const lines = statuses.flatMap((status) => {
      const found = of(status)
      const samples = typeof found === 'number' ? [{ labels: {}, value: found }] : (found ?? [])
      return samples.map(
        ({ labels, value }) => `entrada_${name}${rendered({ stack: status.stack, ...labels })} ${value}`,
      )
    })
    return [`# HELP entrada_${name} ${help}`, `# TYPE entrada_${name} gauge`, ...lines].join('\n')
  })
  return `${blocks.join('\n')}\n`
}

const events = (type: string, counts: Counts): Sample[] =>
  Object.entries(counts).map(([outcome, value]) => ({ labels: { type, outcome }, value }))

function rendered(labels: Record<string, string>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`
}

export function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
