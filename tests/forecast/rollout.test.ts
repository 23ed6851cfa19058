/** The forecast of one tenant within a rollout: what is shown, what stops it, and what does not. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { type Foreseeing, foresee } from '../../cli/rollout/forecast.ts'
import { resultOf } from '../../cli/rollout/testing.ts'
import type { StackConfig } from '../../config/schema.ts'
import { CONFIG, makeWorld, type World } from './world.ts'

let world: World
let folder: string
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-foresee-'))
  process.env.ENTRADA_LOCAL = folder
  world = makeWorld({})
  for (const number of [1, 2]) world.assign(world.user(number).id)
})
afterEach(async () => {
  delete process.env.ENTRADA_LOCAL
  jest.restoreAllMocks()
  rmSync(folder, { recursive: true })
  await world.close()
})

/** The network: the target takes `right` as client secret. */
function serve(right: string): void {
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    if (!String(input).endsWith('/token')) return world.target.fetch(input, init)
    const sent = new Headers(init?.headers).get('authorization')
    const isRight = sent === `Basic ${btoa(`client:${right}`)}`
    return Response.json(isRight ? { access_token: 'token' } : {}, { status: isRight ? 200 : 401 })
  })
}

async function foreseen(more: Partial<Foreseeing> = {}, config: Partial<StackConfig> = {}, env = {}) {
  const result = resultOf('contoso')
  const tenant = { ...world.tenant, env, config: { ...CONFIG, ...config } }
  const options = { limits: {}, targetSecret: undefined, signal: new AbortController().signal, ...more }
  return { goesOn: await foresee(result, tenant, options), result }
}

/** Drops everybody whom the job manages. */
const NOBODY = { scopingFilters: { user: [[{ attribute: 'displayName', operator: 'EQUALS' as const, value: 'x' }]] } }

async function provisioned(): Promise<void> {
  world.apply(CONFIG)
  await world.cycle()
}

test('numbers, and what is not known, without a limit', async () => {
  const { goesOn, result } = await foreseen()
  expect(goesOn).toBe(true)
  const numbers = { creates: 2, matches: 0, updates: 0, disables: 0, refusals: 0, exceeded: [] }
  expect(result.forecast).toMatchObject(numbers)
  expect(result.forecast!.unknowns).toContainEqual(
    expect.stringMatching(/who already exists at the target.*must be set/),
  )
})

test('the target is read with the secret of the stack’s file; one in the environment comes first', async () => {
  await provisioned()
  const unknown = /who already exists at the target/
  serve('decrypted')
  const found = await foreseen({ targetSecret: 'decrypted' }, NOBODY)
  expect(found.result.forecast).toMatchObject({ disables: 2 })
  expect(found.result.forecast!.unknowns.join()).not.toMatch(unknown)
  serve('given')
  expect((await foreseen({ targetSecret: 'decrypted' })).result.forecast!.unknowns.join()).toMatch(unknown)
  const given = await foreseen({ targetSecret: 'decrypted' }, NOBODY, { ENTRADA_TARGET_CLIENT_SECRET: 'given' })
  expect(given.result.forecast!.unknowns.join()).not.toMatch(unknown)
})

test('beyond a limit, or one that cannot be judged, it is refused', async () => {
  const beyond = await foreseen({ limits: { maxCreates: 1 } })
  expect([beyond.goesOn, beyond.result.outcome, beyond.result.errors]).toEqual([
    false,
    'refused',
    ['the forecast is beyond what is allowed: 2 would be created, more than the 1 that are allowed'],
  ])
  await provisioned()
  for (const permission of ['ProvisioningLog.Read.All', 'AuditLog.Read.All', 'Directory.Read.All'])
    world.permissions.delete(permission)
  const blind = await foreseen({ limits: { maxDisables: 0 } }, NOBODY)
  expect([blind.goesOn, blind.result.errors]).toEqual([false, [expect.stringMatching(/cannot be told: neither/)]])
})

test('the deletion guard stops it without a limit too, and it is said how to go on', async () => {
  await provisioned()
  const { goesOn, result } = await foreseen({}, { ...NOBODY, accidentalDeletions: { enabled: true, threshold: 1 } })
  expect([goesOn, result.outcome, result.errors]).toEqual([
    false,
    'refused',
    [expect.stringMatching(/: 2 would be disabled .* deletion guard allows; --no-forecast goes on all the same$/)],
  ])
})

test('a forecast that fails is a warning, unless a limit asks for it, or it was interrupted', async () => {
  world.permissions.clear()
  const { goesOn, result } = await foreseen()
  expect([goesOn, result.forecast, result.warnings]).toEqual([
    true,
    null,
    [expect.stringMatching(/^there is no forecast: /)],
  ])
  await expect(foreseen({ limits: { maxCreates: 9 } })).rejects.toThrow()
  await expect(foreseen({ signal: AbortSignal.abort(new Error('interrupted')) })).rejects.toThrow()
})
