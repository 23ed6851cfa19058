import { startTenant } from '../tests/e2e/harness.ts'
import { peakMemory, seconds } from './measure.ts'

const USERS = 5_000

interface Cycle {
  kind: string
  seconds: number
  users: { created: number; failed: number }
}

/** The first cycle of a whole company into the bundled target, both on this machine; per user beside a tenth of it. */
export async function initialCycle(): Promise<string[]> {
  const small = await cycle(USERS / 10)
  const large = await cycle(USERS)
  const perUser = (of: Cycle) => (of.seconds * 1000) / of.users.created
  return [
    `${large.users.created} of ${USERS} users created in ${seconds(large.seconds * 1000)}, ${perUser(large).toFixed(2)} ms each; ${small.users.created} users: ${perUser(small).toFixed(2)} ms each`,
    `  peak memory (MiB): ${[...large.memory].map(([name, peak]) => `${name} ${peak}`).join(', ')}`,
  ]
}

async function cycle(users: number): Promise<Cycle & { memory: Map<string, number> }> {
  const tenant = await startTenant({ users })
  try {
    tenant.configure((config) => {
      config.assignments = { groups: ['All Employees'] }
      config.waitForFirstCycle = true
    })
    const memory = await peakMemory(
      (command) =>
        command.includes('sandbox/main.ts') ? 'sandbox' : command.includes('scim/main.ts') ? 'SCIM service' : undefined,
      async () => {
        const { code, text } = await tenant.up()
        if (code !== 0) throw new Error(text)
      },
    )
    const [first] = await tenant.control<Cycle[]>('/cycles')
    if (!first || first.users.failed > 0) throw new Error(`the first cycle did not succeed: ${JSON.stringify(first)}`)
    return { ...first, memory }
  } finally {
    await tenant.stop()
  }
}
