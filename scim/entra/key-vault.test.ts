import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { findDataKey } from '../storage/data-key.ts'
import type { Database } from '../storage/database.ts'
import { migrate } from '../storage/migrate.ts'
import { openTestDatabase } from '../testing/database.ts'
import { startTestVault, type TestVault } from '../testing/vault.ts'
import { dataKey } from './data-key.ts'
import { openVaultKey } from './key-vault.ts'

const identity = { token: async (resource: string) => `token-for-${resource}` }
let database: Database
let vault: TestVault
const pauses: number[] = []
const open = (address = vault.address) => openVaultKey(address, identity, async (ms) => void pauses.push(ms))

beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
  vault = await startTestVault()
}, 60_000)
afterAll(async () => {
  vault.close()
  await database.close()
})
beforeEach(async () => {
  await database.query('DELETE FROM data_key')
  vault.requests.length = 0
  pauses.length = 0
})

describe('the data key', () => {
  test('is made once for all replicas, and lies wrapped in the database', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => dataKey(database, open())))
    expect(new Set(keys).size).toBe(1)
    expect(Buffer.from(keys[0]!, 'base64url')).toHaveLength(32)
    expect(await dataKey(database, open())).toBe(keys[0])
    expect(JSON.stringify(await findDataKey(database))).not.toContain(keys[0])
  })

  test('is unwrapped by the version that wrapped it, after the key was rotated', async () => {
    const key = await dataKey(database, open())
    const { wrappedBy } = (await findDataKey(database))!
    vault.newVersion()
    vault.requests.length = 0
    expect(await dataKey(database, open())).toBe(key)
    expect(vault.requests).toEqual([
      `POST ${new URL(wrappedBy).pathname}/unwrapkey Bearer token-for-https://vault.azure.net`,
    ])
  })

  test('sends no token to an address that somebody wrote into the database', async () => {
    await dataKey(database, open())
    for (const evil of ['https://evil.example/keys/scim/1', `${vault.address}-other/${'a'.repeat(32)}`]) {
      vault.requests.length = 0
      await database.query('UPDATE data_key SET wrapped_by = $1', [evil])
      await expect(dataKey(database, open())).rejects.toThrow(/is wrapped by .*but ENTRADA_SCIM_KEY_VAULT_KEY names/)
      expect(vault.requests).toEqual([])
    }
  })
})

describe('the vault', () => {
  const busy = { status: 429, code: 'Throttled', message: 'slow down' }

  test('is asked again while it is busy or failing', async () => {
    vault.refuse(busy, { ...busy, status: 503 })
    expect(await dataKey(database, open())).toEqual(expect.any(String))
    expect(pauses).toEqual([500, 1_000])
  })

  test('that stays so is said, and so is one that is not there', async () => {
    vault.refuse(busy, busy, busy, busy, busy)
    await expect(dataKey(database, open())).rejects.toThrow(
      /cannot be used \(get\): it answered 429 Throttled: slow down/,
    )
    const gone = 'http://127.0.0.1:1/keys/scim'
    await expect(dataKey(database, open(gone))).rejects.toThrow(/ENTRADA_SCIM_KEY_VAULT_KEY cannot be used/)
  })

  test('that forbids it is said at once, with the role that is missing', async () => {
    vault.refuse({ status: 403, code: 'Forbidden', message: 'Caller is not authorized' })
    await expect(dataKey(database, open())).rejects.toThrow(
      /403 Forbidden: Caller is not authorized.*Key Vault Crypto Service Encryption User/,
    )
    expect(pauses).toEqual([])
  })
})
