import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { azureAnswer } from '../tests/azure/outputs.ts'
import { ManagedGroups } from './managedGroups.ts'

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: '', state: inputs }),
    call: ({ token, inputs }) => azureAnswer(token, inputs),
  }),
)

describe('the owners of groups', () => {
  /** What each group leaves as it is. */
  let ignored: unknown[]
  let warned: unknown[]
  beforeEach(() => {
    ignored = []
    warned = []
    jest.spyOn(pulumi.log, 'warn').mockImplementation(async (message) => void warned.push(message))
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })
  const make = (isReader: boolean, ...owners: string[]) => {
    const watch: pulumi.ResourceTransformation = ({ type, opts }) => {
      if (type === 'azuread:index/group:Group') ignored.push((opts as pulumi.CustomResourceOptions).ignoreChanges)
      return undefined
    }
    const groups = [{ name: 'Sales', owners }, { name: 'All' }]
    return ManagedGroups.create('groups', { groups, isReader }, { transformations: [watch] })
  }

  test('have who updates them among them', async () => {
    await make(false, 'adele@contoso.example')
    expect(ignored).toEqual([[], []])
    expect(warned).toEqual([])
  })

  test('do not show who reads only as a new one, and what that hides is said', async () => {
    await make(true, 'adele@contoso.example')
    expect(ignored).toEqual([['owners'], ['owners']])
    expect(warned).toEqual([expect.stringContaining('entrada:managedGroups: owners are not compared')])
  })

  test('that no file names hide nothing', async () => {
    await make(true)
    expect(warned).toEqual([])
  })
})
