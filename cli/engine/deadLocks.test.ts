import { type ChildProcess, spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { afterEach, expect, test } from '@jest/globals'
import { locksIn, pastDeadLocks } from './deadLocks.ts'
import { EngineError } from './process.ts'

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

const ended = async (child: ChildProcess) => {
  await new Promise((resolve) => child.on('exit', resolve))
  return child.pid!
}
const dead = () => ended(spawn(process.execPath, ['--version'], { stdio: 'ignore' }))
function live(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  running.push(child)
  return child
}

const said = (pid: number, host = hostname()) =>
  `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  azblob://states/.pulumi/locks/organization/entrada/a/1.json: created by ci@${host} (pid ${pid}) at 2026-11-28T12:40:56Z`

/** Updates that end one after the other as told: `ok`, or with what the engine said. */
function updates(...outcomes: string[]) {
  const done: string[] = []
  const update = async () => {
    const outcome = outcomes.shift()!
    done.push(outcome === 'ok' ? 'ok' : 'refused')
    return outcome === 'ok' ? {} : { failure: new EngineError(outcome) }
  }
  return { done, update, unlock: async () => void done.push('unlock') }
}

test('an engine names who holds a stack', () => {
  expect(locksIn(`${said(12)}\n${said(34, 'elsewhere')}`)).toEqual([
    { hostname: hostname(), pid: 12, timestamp: '2026-11-28T12:40:56Z' },
    { hostname: 'elsewhere', pid: 34, timestamp: '2026-11-28T12:40:56Z' },
  ])
})

test('a lock that an engine of this machine left behind is removed, and the update done', async () => {
  const refusal = said(await dead())
  const { done, update, unlock } = updates(refusal, refusal, 'ok')
  expect(await pastDeadLocks(update, unlock)).toEqual({})
  expect(done).toEqual(['refused', 'refused', 'unlock', 'ok'])
})

test('an engine that still runs is waited for, and nothing removed where it gives the stack back', async () => {
  const child = live()
  const { done, update, unlock } = updates(said(child.pid!), 'ok')
  const outcome = pastDeadLocks(update, unlock)
  child.kill()
  expect(await outcome).toEqual({})
  expect(done).toEqual(['refused', 'ok'])
})

test.each([
  ['another machine', () => said(1, 'elsewhere')],
  ['this machine and another', async () => `${said(await dead())}\n${said(1, 'elsewhere')}`],
  ['whoever Pulumi Cloud means', () => '[409] Conflict: Another update is currently in progress'],
])('a lock of %s is left, and the refusal told', async (_, refusal) => {
  const { done, update, unlock } = updates(await refusal())
  expect((await pastDeadLocks(update, unlock)).failure?.reason).toBe('locked')
  expect(done).toEqual(['refused'])
})

test('a lock that somebody else has taken meanwhile is left', async () => {
  const { done, update, unlock } = updates(said(await dead()), said(live().pid!))
  expect((await pastDeadLocks(update, unlock)).failure?.reason).toBe('locked')
  expect(done).toEqual(['refused', 'refused'])
})

test('an update that fails for another reason is not repeated', async () => {
  const { done, update, unlock } = updates('error: no such group')
  expect((await pastDeadLocks(update, unlock)).failure?.reason).toBe('other')
  expect(done).toEqual(['refused'])
})

test('who waits for an engine can be interrupted', async () => {
  const { update, unlock } = updates(said(live().pid!))
  const stop = new AbortController()
  const outcome = pastDeadLocks(update, unlock, stop.signal)
  stop.abort()
  await expect(outcome).rejects.toThrow('aborted')
})
