/** The measure of a forecast: what the provisioning service does then, user by user. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { forecastStack } from '../../cli/forecast/forecast.ts'
import { differing } from './compare.ts'
import { differingReferences, MANAGER, referring } from './references.ts'
import { contested, enact, scenario } from './scenario.ts'

const RUNS = Number(process.env.FORECAST_RUNS ?? 100)
const SEED = Number(process.env.FORECAST_SEED ?? 20260301)

const REFERENCES = new Set(['members', MANAGER])

const READS = /^(GET|POST \/\$batch$|POST \/directoryObjects\/getByIds$)/

test('the next cycle does what was forecast', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      const { world, config } = await enact(one)
      try {
        const writes = world.target.writes
        world.requests.length = 0
        const forecast = await forecastStack({ ...world.tenant, config }, { openTarget: world.openTarget })
        expect(world.requests.filter((request) => !READS.test(request))).toEqual([])
        expect(world.target.writes).toBe(writes)
        const apart = contested(world, one)
        world.apply(config)
        const before = referring(world)
        const { log, cycle } = await world.cycle()
        expect(cycle.kind).toBe(forecast.job.cycle)
        expect(differing(forecast, log, REFERENCES, apart)).toEqual([])
        // What was written of references in earlier cycles is known to nobody but the service.
        if (apart.size === 0 && forecast.job.cycle === 'initial' && !forecast.guard.holds) {
          const { Users, Groups } = world.target.resources
          const isThere = (id: string) => Users.has(id) || Groups.has(id)
          expect(differingReferences(forecast, before, referring(world), isThere)).toEqual([])
        }
      } finally {
        await world.close()
      }
    }),
    { numRuns: RUNS, seed: SEED },
  )
}, 120_000)
