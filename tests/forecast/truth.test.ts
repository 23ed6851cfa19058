/** The measure of a forecast: what the provisioning service does then, user by user. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { forecastStack } from '../../cli/forecast/forecast.ts'
import { differing } from './compare.ts'
import { differingReferences, MANAGER, referring } from './references.ts'
import { contested, enact, type Scenario, scenario, untraceable } from './scenario.ts'

/** FORECAST_SEED and FORECAST_RUNS try others; a failure tells the seed and the path to its case. */
const SEEDS = process.env.FORECAST_SEED ? [Number(process.env.FORECAST_SEED)] : [1, 20260301, 4711]
const RUNS = Number(process.env.FORECAST_RUNS ?? 60)

const REFERENCES = new Set(['members', MANAGER])

const READS = /^(GET|POST \/\$batch$|POST \/directoryObjects\/getByIds$)/

test.each(SEEDS)(
  'the next cycle does what was forecast (seed %d)',
  async (seed) => {
    await fc.assert(fc.asyncProperty(scenario, comesTrue), { numRuns: RUNS, seed })
  },
  600_000,
)

async function comesTrue(one: Scenario): Promise<void> {
  const { world, config } = await enact(one)
  try {
    const writes = world.target.writes
    world.requests.length = 0
    const forecast = await forecastStack({ ...world.tenant, config }, { openTarget: world.openTarget })
    expect(world.requests.filter((request) => !READS.test(request))).toEqual([])
    expect(world.target.writes).toBe(writes)
    const apart = new Set([...contested(world, one), ...untraceable(world, one)])
    world.apply(config)
    const before = referring(world)
    const { log, cycle } = await world.cycle()
    expect(cycle.kind).toBe(forecast.job.cycle)
    expect(differing(forecast, log, REFERENCES, apart)).toEqual([])
    // What was written of references, and left out, is not all in the log.
    const isKnown = one.ageLog === null && !forecast.unknowns.some((line) => line.includes('members and managers'))
    if (apart.size === 0 && isKnown && !forecast.guard.holds) {
      const { Users, Groups } = world.target.resources
      const isThere = (id: string) => Users.has(id) || Groups.has(id)
      expect(differingReferences(forecast, before, referring(world), isThere)).toEqual([])
    }
  } finally {
    await world.close()
  }
}
