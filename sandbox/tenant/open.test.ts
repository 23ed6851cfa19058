import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { lockFolder } from './lock.ts'
import { openTenant } from './open.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenant-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const journal = () => join(folder, 'journal.jsonl')
const reopen = async () => {
  const opened = await openTenant(folder, {})
  opened.close()
  return opened.tenant
}

describe('a data folder', () => {
  test('keeps every acknowledged write of a process that is killed', async () => {
    const program = `
      import { openTenant } from ${JSON.stringify(new URL('open.ts', import.meta.url).href)}
      const { tenant } = await openTenant(${JSON.stringify(folder)}, { users: 10 })
      for (let n = 1; ; n++) {
        tenant.secrets.put('sp', { BaseAddress: String(n) })
        process.stdout.write(n + '\\n')
        if (n % 50 === 0) await new Promise(setImmediate)
      }`
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program])
    let seen = ''
    child.stdout.on('data', (chunk) => {
      seen += chunk
      if (seen.length > 2000) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const acknowledged = Number(seen.trim().split('\n').at(-1))
    expect(acknowledged).toBeGreaterThan(100)
    const kept = Number((await reopen()).secrets.get('sp')!.BaseAddress)
    expect(kept).toBeGreaterThanOrEqual(acknowledged)
  })

  test('drops a torn last line and goes on after it', async () => {
    const first = await openTenant(folder, { users: 10 })
    first.tenant.secrets.put('sp', { SyncAll: 'true' })
    first.close()
    appendFileSync(journal(), '[{"c":"secrets","k":"other","v":{"SyncA')
    const second = await openTenant(folder, {})
    expect(second.tenant.secrets.get('other')).toBeUndefined()
    second.tenant.secrets.put('third', { SyncAll: 'false' })
    second.close()
    const third = await reopen()
    expect([third.secrets.get('sp'), third.secrets.get('third')]).toEqual([{ SyncAll: 'true' }, { SyncAll: 'false' }])
  })

  test('is left as it is when it is opened with little to leave out', async () => {
    const first = await openTenant(folder, { users: 10 })
    first.tenant.secrets.put('sp', { SyncAll: 'true' })
    first.tenant.secrets.put('sp', { SyncAll: 'false' })
    first.close()
    const before = statSync(journal())
    await reopen()
    expect(statSync(journal())).toMatchObject({ ino: before.ino, size: before.size })
  })

  test.each([
    ['of an older version', '{"seed":"entrada","users":10}', 'written by an older version of the sandbox (format 1;'],
    [
      'of a newer version',
      '{"seed":"entrada","users":10,"format":99}',
      'by a newer version of the sandbox (format 99;',
    ],
  ])('%s is refused before its journal is read', async (_, origin, message) => {
    writeFileSync(join(folder, 'tenant.json'), origin)
    writeFileSync(journal(), '[{"c":"collection of another time","k":"k","v":1}]\n')
    await expect(openTenant(folder, {})).rejects.toThrow(message)
  })

  test('is compacted when it is opened: one line for each object that differs', async () => {
    const first = await openTenant(folder, { users: 10 })
    for (let n = 0; n < 100; n++) first.tenant.secrets.put('sp', { BaseAddress: String(n) })
    first.close()
    await reopen()
    const lines = readFileSync(journal(), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"secrets"'))
    expect(lines).toHaveLength(1)
  })

  test('keeps clients, their secrets and the directory over a restart', async () => {
    const first = await openTenant(folder, { users: 10 })
    first.close()
    const second = await reopen()
    expect([...second.credentials.values()]).toEqual([...first.tenant.credentials.values()])
    expect([...second.users.values()]).toEqual([...first.tenant.users.values()])
  })

  test('refuses to be opened as another directory than it holds', async () => {
    const { close } = await openTenant(folder, { users: 10 })
    close()
    await expect(openTenant(folder, { users: 20 })).rejects.toThrow('made with --users 10, not 20')
  })

  test('refuses an impossible size, and makes nothing', async () => {
    await expect(openTenant(folder, { users: 3 })).rejects.toThrow('--users 3 is not possible: a whole number from 10')
    await expect(openTenant(folder, { users: 12 })).resolves.toBeDefined()
  })
})

describe('the lock of a data folder', () => {
  test('names the living process that holds it', () => {
    writeFileSync(join(folder, 'lock'), String(process.ppid))
    expect(() => lockFolder(folder)).toThrow(`in use by process ${process.ppid}`)
  })

  test('of a dead process is taken over, and given up at the end', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'close')
    writeFileSync(join(folder, 'lock'), String(child.pid))
    const unlock = lockFolder(folder)
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(String(process.pid))
    unlock()
    lockFolder(folder)()
  })
})
