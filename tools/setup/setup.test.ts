import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { cacheFolder, takeLock, withCacheLock } from './cache.mjs'
import { isOlder } from './engine.ts'
import { isCurrent } from './node.mjs'

const folder = mkdtempSync(path.join(tmpdir(), 'entrada-setup-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A process id that was alive and is not any more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await new Promise((resolve) => child.on('exit', resolve))
  return child.pid as number
}

describe('versions', () => {
  test.each([
    ['22.18.9', false],
    ['23.11.0', false],
    ['24.4.1', false],
    ['25.0.0', true],
    ['22.19.0', true],
    ['24.5.0', true],
    ['20.20.2', false],
  ])('Node %s runs TypeScript: %s', (version, expected) => expect(isCurrent(version)).toBe(expected))

  test.each([
    ['3.258.9', true],
    ['3.259.0', false],
    ['3.270.0', false],
    ['4.0.0', false],
    ['3.259.1-alpha.2', false],
    ['2.999.0', true],
  ])('engine %s is older than 3.259.0: %s', (version, expected) => expect(isOlder(version, '3.259.0')).toBe(expected))
})

describe('the cache', () => {
  test.each([
    [{ ENTRADA_CACHE: '/a/b' }, 'linux', '/a/b'],
    [{ XDG_CACHE_HOME: '/x' }, 'linux', '/x/entrada'],
  ] as const)('%j on %s is at %s', (env, platform, expected) => expect(cacheFolder(env, platform)).toBe(expected))
})

describe('locks', () => {
  test('a live holder is named, and what a dead one left is taken over', async () => {
    const lock = path.join(folder, 'a.lock')
    expect(takeLock(lock)).toBeUndefined()
    expect(takeLock(lock)).toBe(process.pid)
    writeFileSync(lock, String(await deadPid()))
    expect(takeLock(lock)).toBeUndefined()
    expect(readFileSync(lock, 'utf8')).toBe(String(process.pid))
  })

  test('one builder at a time, and the lock goes also when the work fails', async () => {
    process.env.ENTRADA_CACHE = folder
    const order: string[] = []
    const work = (name: string) => async () => {
      order.push(`${name} in`)
      await new Promise((resolve) => setImmediate(resolve))
      order.push(`${name} out`)
      throw new Error(name)
    }
    const results = await Promise.allSettled([withCacheLock('x', work('a')), withCacheLock('x', work('b'))])
    delete process.env.ENTRADA_CACHE
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out'])
    expect(existsSync(path.join(folder, 'locks', 'x.lock'))).toBe(false)
  })
})
