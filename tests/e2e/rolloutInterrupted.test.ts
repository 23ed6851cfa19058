/** A rollout that ends before its end: killed, interrupted, or not let begin. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { PROJECT } from '../../cli/local/folder.ts'
import type { Report } from '../../cli/rollout/report.ts'
import { type Fleet, startFleet } from './fleetHarness.ts'
import type { Outcome } from './harness.ts'

jest.setTimeout(180_000)

const NAMES = ['one', 'two', 'three', 'four']

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet(NAMES)
})
afterAll(() => fleet?.stop())
beforeEach(() => fleet.control('/faults', 'DELETE'))

const HELD_MS = 60_000

/** The request is carried out, and its answer held back. */
const hold = (method: string, pattern: string) =>
  fleet.control('/faults', 'POST', { method, path: pattern, times: 1, delayMs: HELD_MS, when: 'after' })

async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const held = () =>
  until('the held call', async () => {
    const faults = await fleet.control<{ seen: number }[]>('/faults')
    return faults.some(({ seen }) => seen > 0)
  })

function reportOf({ text }: Outcome): Report {
  const line = text.split('\n').findLast((one) => one.startsWith('{'))
  if (!line) throw new Error(text)
  return JSON.parse(line) as Report
}

const outcomes = (outcome: Outcome) => reportOf(outcome).tenants.map(({ stack, outcome: one }) => `${stack} ${one}`)

const ARGS = ['--json', '--cycle-wait', '0s', '--parallel']

const instantiated = async () =>
  (await fleet.writes()).filter(({ path: at, status }) => at.endsWith('/instantiate') && status < 300).length

const ONE_OF_EACH = { applications: 1, jobs: 1 }

const locksOf = (stack: string): string[] => {
  const folder = path.join(fleet.folder.backend, '.pulumi', 'locks', 'organization', PROJECT, stack)
  return existsSync(folder) ? readdirSync(folder) : []
}

describe('new tenants, by a rollout that is stopped again and again', () => {
  test('killed in the middle of an update: the next run does what is left, and nothing twice', async () => {
    await fleet.control('/requests', 'DELETE')
    await hold('POST', '/synchronization/jobs$')
    const killed = fleet.startRollout('one', 'two', ...ARGS, '1')
    await held()
    killed.process.kill('SIGKILL')
    await killed.done
    await fleet.control('/faults', 'DELETE')
    const again = await fleet.rollout('one', 'two', ...ARGS, '1')
    expect(again.text).toMatch(/going on with rollout .*: 0 of 2 done/)
    expect([again.code, ...outcomes(again)]).toEqual([0, 'one updated', 'two updated'])
    expect(await instantiated()).toBe(2)
    expect([await fleet.made('one'), await fleet.made('two')]).toEqual([ONE_OF_EACH, ONE_OF_EACH])
  })

  test('a second rollout at the same time is refused with who runs; Ctrl-C ends the first cleanly, with its report', async () => {
    await fleet.control('/requests', 'DELETE')
    await hold('POST', '/instantiate$')
    const html = path.join(fleet.folder.path, 'interrupted.html')
    const first = fleet.startRollout('three', 'four', ...ARGS, '1', '--html', html)
    await held()
    const second = await fleet.rollout('one', ...ARGS, '1')
    expect([second.code, second.text]).toEqual([
      2,
      expect.stringMatching(/another rollout is running: process \d+ \(.+ on .+, since 20.*\)/),
    ])
    first.process.kill('SIGINT')
    const interrupted = await first.done
    expect(interrupted.code).toBe(130)
    expect(outcomes(interrupted)).toEqual(['four interrupted', 'three notStarted'])
    expect(readFileSync(html, 'utf8')).toContain('interrupted')
    expect(locksOf('four')).toEqual([])
    await fleet.control('/faults', 'DELETE')
    const again = await fleet.rollout('--resume', 'three', 'four', ...ARGS, '2')
    expect([again.code, ...outcomes(again)]).toEqual([0, 'four updated', 'three updated'])
    // The first one was not answered, and so is not among the requests.
    expect(await instantiated()).toBe(1)
    expect([await fleet.made('three'), await fleet.made('four')]).toEqual([ONE_OF_EACH, ONE_OF_EACH])
  })

  test('a gate that was being waited for is all that is left of its tenant', async () => {
    fleet.write('one', { notificationEmail: 'a@contoso.example' })
    // As though the first run had been killed just before it kept what the engine had written beside the state.
    const text = readFileSync(fleet.file('one'), 'utf8')
    const salt = /^encryptionsalt: .*\n/m.exec(text)![0]
    writeFileSync(fleet.file('one'), text.replace(salt, ''))
    const waiting = fleet.startRollout('one', '--json')
    let said = ''
    waiting.process.stderr!.on('data', (chunk) => (said += chunk))
    await until('the gate', () => said.includes('[one] waiting for its gate'))
    waiting.process.kill('SIGKILL')
    await waiting.done
    await fleet.control('/requests', 'DELETE')
    const again = await fleet.rollout('one', ...ARGS, '1')
    expect([again.code, ...outcomes(again)]).toEqual([0, 'one updated'])
    expect(reportOf(again).tenants[0]!.changes).toMatchObject([{ op: 'update', name: 'tenant-provisioning' }])
    expect(again.text).not.toContain('[one] previewing')
    expect(readFileSync(fleet.file('one'), 'utf8')).toContain(salt)
    expect(await fleet.writes()).toEqual([])
  })
})

test('updates side by side do not see each other: not the settings, not the failure of one', async () => {
  for (const stack of NAMES) fleet.write(stack, { notificationEmail: `${stack}@contoso.example` })
  const elsewhere = { kind: 'local', apiUrl: 'http://127.0.0.1:9/api/tenants/default' }
  fleet.write('two', { notificationEmail: 'two@contoso.example', target: elsewhere })
  const outcome = await fleet.rollout(...ARGS, '4')
  expect(outcomes(outcome)).toEqual(['four updated', 'one updated', 'three updated', 'two failed'])
  for (const { stack, errors, changes } of reportOf(outcome).tenants) {
    if (stack === 'two') continue
    expect(errors).toEqual([])
    const [email] = changes.flatMap(({ properties }) => properties.filter(({ path: at }) => at === 'notificationEmail'))
    expect(email?.after).toBe(`${stack}@contoso.example`)
  }
  expect(outcome.code).toBe(1)
  for (const stack of NAMES) expect(locksOf(stack)).toEqual([])
})
