import { startTenant, type Tenant } from '../tests/e2e/harness.ts'
import { peakMemory, seconds, time } from './measure.ts'

interface Request {
  method: string
  path: string
  /** When it was answered, ISO 8601. */
  at: string
  ms: number
}

/** `up` of a tenant with nothing in it, at no and at 100 ms for each Graph call, with what it asked of Graph. */
export async function newTenant(): Promise<string[]> {
  const lines: string[] = []
  for (const latencyMs of [0, 100]) {
    const tenant = await startTenant()
    try {
      tenant.configure((config) => {
        config.waitForFirstCycle = false
      })
      const baseline = await time(() =>
        tenant.pulumi('preview', '--stack', 'local', '--target', 'urn:pulumi:local::entrada::none:none:None::none'),
      )
      await tenant.control('/settings', { method: 'POST', body: { latencyMs } })
      await tenant.control('/requests', { method: 'DELETE' })
      let up = 0
      const memory = await peakMemory(whose, async () => {
        up = await time(() => succeed(tenant))
      })
      const requests = await tenant.control<Request[]>('/requests')
      const calls = requests.filter(({ path }) => path.startsWith('/v1.0') || path.startsWith('/beta'))
      lines.push(
        `at ${latencyMs} ms a call: up ${seconds(up)} (engine and program alone ${seconds(baseline)}), ${calls.length} Graph calls, longest chain ${chain(calls)}`,
        `  peak memory (MiB): ${[...memory].map(([name, peak]) => `${name} ${peak}`).join(', ')}`,
      )
    } finally {
      await tenant.stop()
    }
  }
  return lines
}

async function succeed(tenant: Tenant): Promise<void> {
  const { code, text } = await tenant.up()
  if (code !== 0) throw new Error(text)
}

/** The most calls of which each began after the one before it had ended. */
function chain(calls: Request[]): number {
  let length = 0
  let free = 0
  const spans = calls.map(({ at, ms }) => ({ begin: Date.parse(at) - ms, end: Date.parse(at) }))
  for (const { begin, end } of spans.sort((a, b) => a.end - b.end)) {
    if (begin < free) continue
    length += 1
    free = end
  }
  return length
}

function whose(command: string): string | undefined {
  if (command.includes('pulumi-resource-entrasync')) return 'provider'
  if (command.includes('/cmd/run')) return 'program'
  if (command.includes('language-nodejs')) return 'language host'
  if (/\bpulumi\b.* up /.test(command)) return 'engine'
  if (command.includes('sandbox/main.ts')) return 'sandbox'
  if (command.includes('scim/main.ts')) return 'SCIM service'
  return undefined
}
