/** A rerun reads what has changed, and says what a first one would. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { forecastStack } from '../../cli/forecast/forecast.ts'
import { idOf, makeWorld, type World } from './world.ts'

let world: World
let cacheFolder: string
beforeEach(() => {
  world = makeWorld({ template: 'Custom' })
  cacheFolder = mkdtempSync(path.join(tmpdir(), 'forecast-cache-'))
  for (const number of [1, 2, 3]) world.user(number)
  world.group(1, { memberIds: [1, 2].map((number) => idOf('user', number)) })
  for (const id of [idOf('group', 1), idOf('user', 3)]) world.assign(id)
})
afterEach(async () => {
  rmSync(cacheFolder, { recursive: true })
  await world.close()
})

const { openTarget } = { openTarget: () => world.openTarget() }
const kept = () => forecastStack(world.tenant, { openTarget, cacheFolder })
const fresh = () => forecastStack(world.tenant, { openTarget })
const paths = () => world.requests.splice(0).filter((request) => /\/users|\/groups/.test(request))

test('what changed meanwhile is in the next forecast, and nothing is read twice', async () => {
  expect(await kept()).toEqual(await fresh())
  world.user(1, { displayName: 'Renamed', managerId: idOf('user', 3) })
  world.user(4)
  world.assign(idOf('user', 4))
  world.store.users.delete(idOf('user', 2))
  world.group(1, { memberIds: [idOf('user', 1), idOf('user', 4)], displayName: 'Other' })
  paths()
  const again = await kept()
  expect(paths()).toEqual(expect.arrayContaining(['GET /users/delta', 'GET /groups/delta']))
  expect(sorted(again.entries)).toEqual(sorted((await fresh()).entries))
  expect(sorted((await kept()).entries)).toEqual(sorted(again.entries))
})

const sorted = (entries: { id: string }[]) => entries.toSorted((a, b) => (a.id < b.id ? -1 : 1))

test('a link that has expired is no failure: everything is read again', async () => {
  await kept()
  world.clock.ms += 8 * 86_400_000
  world.user(1, { displayName: 'Renamed' })
  const again = await kept()
  expect(again.entries.find(({ id }) => id === idOf('user', 1))).toMatchObject({ name: 'Renamed' })
})

test('its files are for their owner alone', async () => {
  await kept()
  const files = readdirSync(cacheFolder)
  expect(files).toHaveLength(2)
  for (const file of files) expect(statSync(path.join(cacheFolder, file)).mode & 0o077).toBe(0)
})

test('nothing is kept without a folder', async () => {
  await fresh()
  expect(readdirSync(cacheFolder)).toEqual([])
  expect(paths().filter((request) => request === 'GET /users/delta')).toEqual([])
})
