import { PassThrough } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import type { Job } from '../../provider/resources/provisioningJob/job.ts'
import type { Change } from '../engine/changes.ts'
import { askUnseen, readAll, type Terminal } from '../stack/ask.ts'
import { planOf } from './bundled.ts'
import { outcomeOf } from './cycle.ts'
import { rotationOf, rotationText } from './report.ts'
import { rotatedIn } from './state.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()

describe('a secret that is typed', () => {
  function terminal() {
    const modes: boolean[] = []
    const input: Terminal = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (on: boolean) => void modes.push(on),
    })
    const output = new PassThrough()
    const shown = () => String(output.read() ?? '')
    return { input: input as Terminal & PassThrough, output, shown, modes }
  }

  test.each([
    [['s3cret\r'], 's3cret'],
    [['s', '3', 'x', '\u007f', 'cret', '\n'], 's3cret'],
    [['pasted-ä\r\nmore'], 'pasted-ä'],
    [['\r'], ''],
  ])('%j is %j, and nothing of it is shown', async (keys, expected) => {
    const { input, output, shown, modes } = terminal()
    const asked = askUnseen('Secret', input, output)
    for (const key of keys) input.write(key)
    expect(await asked).toBe(expected)
    expect(shown()).toBe('Secret: \n')
    expect(modes).toEqual([true, false])
  })

  test.each(['abc\u0003', 'abc\u0004'])('%j takes nothing and gives the terminal back', async (keys) => {
    const { input, output, modes } = terminal()
    const asked = askUnseen('Secret', input, output)
    input.write(keys)
    await expect(asked).rejects.toThrow(/^nothing was changed/)
    expect(modes).toEqual([true, false])
  })

  test('from standard input it has no end of line', async () => {
    const input = new PassThrough()
    input.end('with spaces \n')
    expect(await readAll(input)).toBe('with spaces ')
  })
})

describe('what the state says', () => {
  const job = { urn: 'urn:job', type: 'entrasync:index:ProvisioningJob', id: '/servicePrincipals/s/x' }
  const outputs = {
    secretId: 's2',
    secretExpiresAt: at(1),
    previousSecretId: 's1',
    retireFrom: at(2),
    clientSecret: {},
  }
  const scim = { urn: 'urn:scim', type: 'entrasync:index:ScimConfiguration', id: 'c', outputs }

  test('of both resources, of an older state, and of a target elsewhere', () => {
    expect(rotatedIn({ deployment: { resources: [scim, job] } }, 'contoso')).toEqual({
      job: { urn: 'urn:job', id: job.id },
      configuration: {
        urn: 'urn:scim',
        secretId: 's2',
        secretExpiresAt: at(1),
        previousSecretId: 's1',
        retireFrom: at(2),
      },
    })
    const older = { ...scim, outputs: { secretId: 's2', previousSecretId: null } }
    expect(rotatedIn({ deployment: { resources: [older, job] } }, 'contoso').configuration).toMatchObject({
      secretId: 's2',
      secretExpiresAt: null,
      previousSecretId: null,
    })
    expect(rotatedIn({ deployment: { resources: [job] } }, 'contoso').configuration).toBeUndefined()
  })

  test('before the first update there is nothing to replace', () => {
    for (const deployment of [{}, { resources: [scim] }, { resources: [{ ...job, id: undefined }] }])
      expect(() => rotatedIn({ deployment }, 'contoso')).toThrow(/no provisioning job yet.*up --stack contoso/)
  })
})

test('a job that was not given its new secret is a rotation to be finished', () => {
  const change = (...paths: string[]) => ({ properties: paths.map((path) => ({ path })) }) as Change
  expect(planOf([])).toEqual({ finishes: false, besides: [] })
  expect(planOf([change('credentials.clientSecret', 'scope')])).toEqual({ finishes: true, besides: ['scope'] })
  // The period is over as well: one new secret serves both.
  expect(planOf([change('secretId'), change('credentials.clientSecret')])).toEqual({ finishes: false, besides: [] })
})

describe('a cycle with the new secret', () => {
  const last = (began: number, state = 'Succeeded') => ({ state, timeBegan: at(began), timeEnded: at(began + 1) })
  const job = (status: object, state = 'Active') =>
    ({ schedule: { state }, status: { code: 'Active', quarantine: null, lastExecution: null, ...status } }) as Job

  test('is one that began after the rotation and ended well', () => {
    expect(outcomeOf(job({ lastExecution: last(1) }), NOW)).toBeUndefined()
    expect(outcomeOf(job({ lastExecution: last(1, 'EntryLevelErrors') }), NOW)).toBeUndefined()
    expect(outcomeOf(job({ lastExecution: last(-1) }), NOW)).toMatch(/before the rotation/)
    expect(outcomeOf(job({}), NOW)).toBe('no cycle has ended yet')
    expect(outcomeOf(job({ lastExecution: last(-1, 'Failed') }), NOW)).toMatch(/before the rotation/)
  })

  test('does not come where it failed, or none will run', () => {
    expect(() => outcomeOf(job({ lastExecution: last(1, 'Failed') }), NOW)).toThrow(/^the cycle of 2026.* failed/)
    expect(() => outcomeOf(job({}, 'Disabled'), NOW)).toThrow('the job is stopped')
    const quarantine = { reason: 'EncounteredBaseEscrowThreshold', currentBegan: at(0), nextAttempt: at(9) }
    expect(() => outcomeOf(job({ quarantine }), NOW)).toThrow('in quarantine (EncounteredBaseEscrowThreshold)')
  })
})

test('the report says how long the new secret lasts and what ends the one before', () => {
  const state = { urn: 'u', secretId: 's2', secretExpiresAt: at(0), previousSecretId: 's1', retireFrom: at(1440) }
  const rotation = rotationOf('contoso', state)
  expect(rotation).toEqual({ stack: 'contoso', expiresAt: at(0), previous: { id: 's1', retireFrom: at(1440) } })
  expect(rotationText(rotation, false)).toBe(
    'contoso: the new client secret is in use, valid until 2026-03-01; Entra has tested it\n' +
      '  the one before is valid until an update after 2026-03-02T12:00:00.000Z sees that cycles use the new one',
  )
  const ended = rotationOf('contoso', { ...state, previousSecretId: null, retireFrom: null })
  expect(rotationText(ended, false)).toMatch(/the one before has ended$/)
  expect(rotationText({ ...rotation, warning: 'the job is stopped' }, false)).toMatch(/\n {2}the job is stopped$/)
  expect(rotationText(rotationOf('contoso', undefined), true)).toMatch(/end the one before in the application/)
})
