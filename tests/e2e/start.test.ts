import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Report } from '../../cli/start/report.ts'
import { root } from '../../tools/setup/node.mjs'
import { launch, type Outcome, outcomeOf, run } from './harness.ts'

jest.setTimeout(180_000)

let local: string
beforeAll(() => {
  local = path.join(mkdtempSync(path.join(tmpdir(), 'entrada-start-')), 'local')
})
afterAll(() => rmSync(path.dirname(local), { recursive: true, force: true }))

const npmScript = (name: string, ...args: string[]) =>
  run(process.execPath, ['tools/run.mjs', name, ...args], root, { ENTRADA_LOCAL: local })

function report(outcome: Outcome): Report {
  if (outcome.code !== 0) throw new Error(outcome.text)
  return JSON.parse(outcome.text.trim().split('\n').at(-1) ?? '') as Report
}

describe('npm start, as on a fresh clone', () => {
  let first: Report

  test('takes nothing to provisioned people and says so in one JSON document', async () => {
    first = report(await npmScript('start', '--json'))
    expect(first).toMatchObject({
      stack: 'local',
      pulumi: { update: 0, delete: 0, same: 0 },
      application: { displayName: 'M-Files', applicationId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      job: { status: 'Active', quarantine: null },
      cycle: { kind: 'initial', state: 'Succeeded', groups: { created: 2, failed: 0 } },
    })
    expect(first.cycle.users.created).toBe(first.target.users)
    expect(first.cycle.users.failed).toBe(0)
    expect(first.target.licensed).toBe(30)
    expect(first.target.waiting).toBe(first.target.users - 30)
    expect(first.target.waiting).toBeGreaterThan(0)
    expect(first.seconds.total).toBeGreaterThanOrEqual(first.seconds.up)
  })

  test('a second run changes nothing, and says so', async () => {
    const second = report(await npmScript('start', '--json'))
    expect(second.pulumi).toMatchObject({ create: 0, update: 0, delete: 0 })
    expect(second.application).toEqual(first.application)
    expect(second.job.id).toBe(first.job.id)
    expect(second.target).toEqual(first.target)
    expect(second.cycle).toMatchObject({
      kind: 'incremental',
      users: { created: 0, updated: 0, disabled: 0, failed: 0 },
    })
    const third = await npmScript('start', '--once')
    expect(third.text).toContain('nothing changed')
  })

  test('when another program took a port, a new one is used, the stack follows, and nothing is made twice', async () => {
    const port = Number(new URL(first.target.tenantUrl).port)
    const other = await listen(port)
    const moved = await npmScript('start', '--json')
    await new Promise((resolve) => other.close(resolve))
    expect(moved.text).toContain(`port ${port}, used by the scim so far, is taken`)
    const after = report(moved)
    expect(after.application).toEqual(first.application)
    expect(after.job.id).toBe(first.job.id)
    expect(after.target.tenantUrl).not.toBe(first.target.tenantUrl)
    expect(after.job.quarantine).toBeNull()
  })

  test('clean destroys the stack and removes the folder', async () => {
    const outcome = await npmScript('clean')
    expect(outcome.text).toMatch(/destroyed \d+ resources/)
    expect(existsSync(local)).toBe(false)
    expect((await npmScript('clean')).text).toContain('nothing to clean')
  })
})

describe('npm start that is interrupted', () => {
  const started = () => {
    const process_ = launch(process.execPath, ['tools/run.mjs', 'start', '--json'], root, { ENTRADA_LOCAL: local })
    const done = outcomeOf(process_)
    const reached = (text: string) =>
      new Promise<void>((resolve) => {
        let seen = ''
        process_.stderr?.on('data', (chunk) => {
          seen += chunk
          if (seen.includes(text)) resolve()
        })
      })
    return { process: process_, done, reached }
  }

  test.each([
    ['Ctrl-C', 'SIGINT'],
    ['kill -9', 'SIGKILL'],
  ] as const)(
    'by %s in the middle of the update: the next one goes on, and nothing is made twice',
    async (_name, signal) => {
      const first = started()
      await first.reached("create ProvisioningJob 'tenant-provisioning'")
      first.process.kill(signal)
      const { code, text } = await first.done
      if (signal === 'SIGINT') {
        expect(code).toBe(130)
        expect(text).toContain('the next npm start goes on from here')
      }
      const second = report(await npmScript('start', '--json'))
      expect(second).toMatchObject({ job: { status: 'Active', quarantine: null }, target: { licensed: 30, groups: 2 } })
      const third = report(await npmScript('start', '--json'))
      expect(third.pulumi).toMatchObject({ create: 0, update: 0, delete: 0 })
      expect(third.application).toEqual(second.application)
      expect((await npmScript('clean')).text).toMatch(/destroyed \d+ resources/)
    },
  )
})

describe('the commands', () => {
  test('start --help says what it does and which options there are', async () => {
    const { code, text } = await npmScript('start', '--help')
    expect(code).toBe(0)
    for (const word of ['--json', '--users', '.entrada']) expect(text).toContain(word)
  })

  test('a wrong number of users is refused with the value', async () => {
    const { code, text } = await npmScript('start', '--users', 'many')
    expect(code).toBe(1)
    expect(text).toContain("--users is 'many'")
  })

  test('without an engine and with nothing reachable, the error names every route and what to install', async () => {
    const empty = path.join(path.dirname(local), 'empty')
    const { code, text } = await run(process.execPath, ['tools/run.mjs', 'start'], root, {
      ENTRADA_LOCAL: local,
      ENTRADA_CACHE: empty,
      PATH: empty,
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
    })
    expect(code).toBe(1)
    for (const part of [
      'on PATH: no pulumi there',
      'in the cache: no ',
      'official download: get.pulumi.com cannot be reached',
      'there is no `go` on PATH',
      'Install it',
    ]) {
      expect(text).toContain(part)
    }
  })
})

function listen(port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
