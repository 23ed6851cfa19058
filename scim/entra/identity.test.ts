import { setImmediate as settled } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { IdentityUnavailable, openIdentity } from './identity.ts'

const minute = 60_000
const vault = 'https://vault.azure.net'

/** Tokens that live for so many minutes, and a clock that only the test moves. */
function setUp(lifetime: number) {
  const state = { now: 0, asked: [] as string[], loaded: 0, failure: undefined as string | undefined }
  const identity = openIdentity(
    'client-1',
    async () => {
      state.loaded++
      return {
        async getToken(scope) {
          state.asked.push(String(scope))
          if (state.failure) throw new Error(state.failure)
          return { token: `token ${state.asked.length}`, expiresOnTimestamp: state.now + lifetime * minute }
        },
      }
    },
    () => state.now,
  )
  return { identity, state }
}

test('one token serves who asks at once and later, for each resource its own', async () => {
  const { identity, state } = setUp(60)
  expect(state.loaded).toBe(0)
  expect(await Promise.all([identity.token(vault), identity.token(vault)])).toEqual(['token 1', 'token 1'])
  state.now += 54 * minute
  expect(await identity.token(vault)).toBe('token 1')
  expect(await identity.token('api://x')).toBe('token 2')
  expect(state.asked).toEqual([`${vault}/.default`, 'api://x/.default'])
  expect(state.loaded).toBe(1)
})

test('it is renewed before it ends, without anybody waiting for that', async () => {
  const { identity, state } = setUp(60)
  await identity.token(vault)
  state.now += 56 * minute
  expect(await identity.token(vault)).toBe('token 1')
  await settled()
  expect(await identity.token(vault)).toBe('token 2')
  expect(state.asked).toHaveLength(2)
})

test('one that still counts outlives an endpoint that is away, which is not asked all the time', async () => {
  const { identity, state } = setUp(60)
  await identity.token(vault)
  state.now += 56 * minute
  state.failure = 'connect ECONNREFUSED'
  for (let i = 0; i < 5; i++) {
    expect(await identity.token(vault)).toBe('token 1')
    await settled()
  }
  expect(state.asked).toHaveLength(2)
  state.now += 3 * minute + 1
  await expect(identity.token(vault)).rejects.toThrow(
    /managed identity client-1 gets no token for https:\/\/vault\.azure\.net: connect ECONNREFUSED\. Check ENTRADA_SCIM_IDENTITY/,
  )
  await expect(identity.token(vault)).rejects.toBeInstanceOf(IdentityUnavailable)
  state.failure = undefined
  expect(await identity.token(vault)).toMatch(/^token/)
})

test('one that lives too short to be kept is asked for each time', async () => {
  const { identity, state } = setUp(1)
  expect([await identity.token(vault), await identity.token(vault)]).toEqual(['token 1', 'token 2'])
  expect(state.asked).toHaveLength(2)
})
