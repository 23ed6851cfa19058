import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { root } from '../../tools/setup/node.mjs'
import { clearStaleLocks } from '../engine/lock.ts'
import { engineEnvironment } from './environment.ts'
import { type LocalFolder, localFolder, prepareFolder } from './folder.ts'
import { alone } from './run.ts'
import { runningServices } from './services.ts'
import { writeWorkspace } from './workspace.ts'

let folder: LocalFolder
beforeEach(() => {
  folder = localFolder(mkdtempSync(path.join(tmpdir(), 'entrada-local-')))
  prepareFolder(folder)
})
afterEach(() => rmSync(folder.path, { recursive: true, force: true }))

test('the passphrase is made once and is readable by its owner only', () => {
  const first = readFileSync(folder.passphraseFile, 'utf8')
  prepareFolder(folder)
  expect(readFileSync(folder.passphraseFile, 'utf8')).toBe(first)
  expect(first.length).toBeGreaterThanOrEqual(32)
  expect(statSync(folder.passphraseFile).mode & 0o077).toBe(0)
})

test('the backend keeps nothing that an engine killed while writing leaves half written', () => {
  const { PULUMI_BACKEND_URL: url } = engineEnvironment(folder, '/opt/pulumi/bin/pulumi')
  expect(url).toBe(`file://${folder.backend}?metadata=skip`)
})

describe('the workspace of the local stack', () => {
  const stackFile = () => path.join(folder.workspace, 'Pulumi.local.yaml')

  test('runs the tracked program and provider with the tracked config', () => {
    writeWorkspace(folder)
    const project = parse(readFileSync(path.join(folder.workspace, 'Pulumi.yaml'), 'utf8'))
    expect(path.resolve(folder.workspace, project.main)).toBe(path.join(root, 'index.ts'))
    expect(project.plugins.providers).toEqual([{ name: 'entrasync', path: path.join(root, 'provider') }])
    const tracked = parse(readFileSync(path.join(root, 'stacks', 'Pulumi.local.yaml'), 'utf8'))
    expect(parse(readFileSync(stackFile(), 'utf8'))).toEqual({ config: tracked.config })
  })

  test('keeps the salt that the engine wrote, which the state is encrypted with', () => {
    writeWorkspace(folder)
    writeFileSync(stackFile(), 'encryptionsalt: v1:salt\nconfig: { entrada:status: off }\n')
    writeWorkspace(folder)
    const file = parse(readFileSync(stackFile(), 'utf8'))
    expect(file.encryptionsalt).toBe('v1:salt')
    expect(file.config['entrada:status']).toBeUndefined()
  })
})

describe('locks of the file backend', () => {
  const place = () => path.join(folder.backend, '.pulumi', 'locks', 'organization', 'entrada', 'local')
  const plant = (lock: object) => {
    mkdirSync(place(), { recursive: true })
    const file = path.join(place(), 'a.json')
    writeFileSync(file, JSON.stringify({ timestamp: '2026-01-01T00:00:00Z', username: 'u', ...lock }))
    writeFileSync(`${file}.attrs`, '{}')
    return file
  }
  const clear = () => clearStaleLocks(folder.backend, 'entrada', 'local')

  test('the lock of a dead engine of this machine is removed', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await new Promise((resolve) => child.on('exit', resolve))
    plant({ pid: child.pid, hostname: hostname() })
    expect(await clear()).toBe(1)
    expect(readdirSync(place())).toEqual([])
  })

  test('the lock of another machine is left, and the error says whose it is', async () => {
    const file = plant({ pid: 1, hostname: 'elsewhere' })
    await expect(clear()).rejects.toThrow(/process 1 on elsewhere/)
    expect(existsSync(file)).toBe(true)
  })

  test('nothing to clear is no error', async () => expect(await clear()).toBe(0))
})

test('a clone runs one local stack at a time, and the second is told who is there', async () => {
  await alone(folder, async () => {
    await expect(alone(folder, async () => {})).rejects.toThrow(`in use by process ${process.pid}`)
  })
  await expect(alone(folder, async () => 'again')).resolves.toBe('again')
})

test('services of a process that was killed are not taken for running ones', async () => {
  expect(runningServices(folder)).toBeUndefined()
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await new Promise((resolve) => child.on('exit', resolve))
  writeFileSync(folder.services, JSON.stringify({ pid: child.pid }))
  expect(runningServices(folder)).toBeUndefined()
  writeFileSync(folder.services, JSON.stringify({ pid: process.pid }))
  expect(runningServices(folder)).toEqual({ pid: process.pid })
})
