import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DirectoryInUse, lockDirectory } from './lock.ts'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'))
  file = join(directory, 'lock')
})
afterEach(() => rmSync(directory, { recursive: true }))

const lockOf = (owner: object, secondsAgo: number): void => {
  writeFileSync(file, JSON.stringify(owner))
  const then = new Date(Date.now() - secondsAgo * 1_000)
  utimesSync(file, then, then)
}

test('a directory is for one at a time, and free again after the release', () => {
  const release = lockDirectory(directory)
  expect(() => lockDirectory(directory)).toThrow(DirectoryInUse)
  release()
  expect(existsSync(file)).toBe(false)
  lockDirectory(directory)()
})

test('a process of another machine is believed to live while it renews its lock, and named', () => {
  lockOf({ host: 'other-host', pid: 7, started: null }, 20)
  expect(() => lockDirectory(directory)).toThrow(/in use by process 7 on other-host/)
  lockOf({ host: 'other-host', pid: 7, started: null }, 120)
  lockDirectory(directory)()
})

test('the lock of a process of this machine that has ended is cleared at once, also where another has its pid by now', () => {
  lockOf({ host: hostname(), pid: process.pid, started: '1' }, 0)
  lockDirectory(directory)()
  lockOf({ host: hostname(), pid: 2 ** 30, started: '1' }, 0)
  lockDirectory(directory)()
})
