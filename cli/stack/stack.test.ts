import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { inWords, isoDuration, parseDuration } from './duration.ts'
import { eachOf } from './eachOf.ts'
import { pickStacks } from './pick.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-stacks-'))
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text)
  write('defaults.yaml', 'config: { labels: [all] }')
  write('Pulumi.eu-one.yaml', 'config: { labels: [eu, pilot] }')
  write('Pulumi.eu-two.yaml', 'config: { application: 7 }')
  write('Pulumi.us.yaml', 'config: { labels: [us] }')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('stacks are picked by name, by pattern and by label, whatever else is wrong with them', () => {
  expect(pickStacks([], [], folder)).toEqual(['eu-one', 'eu-two', 'us'])
  expect(pickStacks(['us', 'eu-*'], [], folder)).toEqual(['eu-one', 'eu-two', 'us'])
  expect(pickStacks([], ['us', 'pilot'], folder)).toEqual(['eu-one', 'us'])
  expect(pickStacks(['eu-*'], ['all'], folder)).toEqual(['eu-two'])
  expect(() => pickStacks(['asia-*'], [], folder)).toThrow(/no stack 'asia-\*'; there are eu-one, eu-two, us/)
  expect(() => pickStacks([], ['asia'], folder)).toThrow(/no stack has the label asia/)
})

test('a file that cannot be read stops no command over labels: it is passed over, or handed on where it was named', () => {
  const broken = path.join(folder, 'Pulumi.eu-broken.yaml')
  writeFileSync(broken, 'config: { labels: [eu\n  - oops')
  try {
    const warnings: string[] = []
    const pick = (names: string[]) => pickStacks(names, ['eu'], folder, (text) => warnings.push(text))
    expect(pick([])).toEqual(['eu-one'])
    expect(warnings).toEqual([expect.stringMatching(/^stacks\/Pulumi\.eu-broken\.yaml is passed over, .* line \d/)])
    expect(pick(['eu-*'])).toEqual(['eu-broken', 'eu-one'])
    expect(warnings).toHaveLength(1)
  } finally {
    rmSync(broken)
  }
})

test('durations: of people, of Graph, and back in words', () => {
  expect(['90s', '15m', '24h', '7d'].map(parseDuration)).toEqual([90_000, 900_000, 86_400_000, 604_800_000])
  for (const wrong of ['', '5', 'h', '1.5h', '-1h', '1 h']) expect(() => parseDuration(wrong)).toThrow(/is no duration/)
  expect(['PT40M', 'PT20M', 'P1DT2H', 'PT0.5S'].map(isoDuration)).toEqual([2_400_000, 1_200_000, 93_600_000, 500])
  expect(isoDuration('P10675199DT2H48M5.4775807S')).toBeGreaterThan(9e14)
  expect(['', 'P', 'PT', 'P1M', '40'].map(isoDuration)).toEqual([undefined, undefined, undefined, undefined, undefined])
  expect([30_000, 7_000_000, 10_000_000, -5 * 86_400_000].map(inWords)).toEqual(['1 min', '117 min', '3 h', '5 days'])
})

test('work on many goes side by side, never more than was said, and keeps its order', async () => {
  let now = 0
  let most = 0
  const results = await eachOf([5, 1, 4, 2, 3, 0], 3, async (item) => {
    most = Math.max(most, ++now)
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve()
    now -= 1
    return item * 10
  })
  expect(results).toEqual([50, 10, 40, 20, 30, 0])
  expect(most).toBe(3)
  expect(await eachOf([], 3, async () => 1)).toEqual([])
})
