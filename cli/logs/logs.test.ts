import { expect, test } from '@jest/globals'
import { fakeGraph } from '../../provider/graph/testing.ts'
import { allEvents, type LogEvent, newestEvents } from './events.ts'
import { follow } from './follow.ts'
import { eventDetails, eventText } from './text.ts'

const raw = {
  id: 'e1',
  activityDateTime: '2026-03-01T12:00:00Z',
  cycleId: 'c',
  provisioningAction: 'Update',
  durationInMilliseconds: 5,
  provisioningStatusInfo: {
    status: 'Failure',
    errorInformation: {
      errorCode: 'EntryConflict',
      reason: 'It\nsaid 409.',
      additionalDetails: null,
      recommendedAction: 'Other.',
    },
  },
  sourceIdentity: {
    id: 'u1',
    displayName: 'Adele',
    identityType: 'User',
    details: { UserPrincipalName: 'adele@contoso.example' },
  },
  targetIdentity: { id: 't1', displayName: '', identityType: 'x', details: {} },
  modifiedProperties: [{ displayName: 'title', oldValue: null, newValue: 'Boss' }],
  provisioningSteps: [
    { name: 'EntryImport', provisioningStepType: 'Import', status: 'Success', description: 'Received', details: null },
  ],
}

const QUERY = { servicePrincipalId: "s'1", since: Date.parse('2026-03-01T00:00:00Z') }

test('asks for one application’s events, newest first, and reads them whatever the case of their words', async () => {
  const { graph, log } = fakeGraph(() => ({ body: { value: [raw], '@odata.nextLink': undefined } }))
  const { events, complete } = await newestEvents(graph, { ...QUERY, objectId: 'u1', failed: true })
  const url = new URL(log.at(-1)!.replace('GET ', 'https://graph'))
  expect(url.searchParams.get('$filter')).toBe(
    "servicePrincipal/id eq 's''1' and activityDateTime ge 2026-03-01T00:00:00.000Z and sourceIdentity/id eq 'u1' and provisioningStatusInfo/status eq 'failure'",
  )
  expect(url.searchParams.get('$orderby')).toBe('activityDateTime desc')
  expect(complete).toBe(true)
  expect(events).toEqual([
    {
      id: 'e1',
      at: raw.activityDateTime,
      cycleId: 'c',
      action: 'update',
      outcome: 'failure',
      source: { id: 'u1', name: 'adele@contoso.example', type: 'user' },
      targetId: 't1',
      reason: { code: 'EntryConflict', text: 'It\nsaid 409.', fix: expect.stringMatching(/matching attribute/) },
      changes: [{ attribute: 'title', before: null, after: 'Boss' }],
      steps: [{ name: 'EntryImport', type: 'import', status: 'success', description: 'Received', details: {} }],
      milliseconds: 5,
    },
  ])
})

test('an entry with next to nothing in it is read all the same', async () => {
  const { graph } = fakeGraph(() => ({ body: { value: [{ id: 'e', activityDateTime: 'x' }] } }))
  const [event] = await allEvents(graph, QUERY)
  expect(event).toMatchObject({ action: 'other', outcome: 'unknown', reason: null, changes: [], steps: [] })
})

test('a line for people, with reason and fix below, and all details of one', async () => {
  const { graph } = fakeGraph(() => ({ body: { value: [raw] } }))
  const [event] = (await allEvents(graph, QUERY)) as [LogEvent]
  expect(eventText(event).split('\n')).toEqual([
    '2026-03-01T12:00:00Z  ! update   failure  user   adele@contoso.example',
    '    EntryConflict: It said 409.',
    expect.stringMatching(/^ {4}Change the attribute/),
  ])
  expect(eventDetails(event)).toMatch(/^ {6}title: \(nothing\) → Boss\n {6}import +success +Received$/m)
})

test('following shows what comes late and out of order, each once', async () => {
  const event = (id: string, minute: number) => ({ id, at: new Date(minute * 60_000).toISOString() }) as LogEvent
  const pages = [[event('b', 11), event('a', 10)], [event('c', 12), event('late', 9), event('b', 11)], []]
  const asked: number[] = []
  const read = async (since: number) => {
    asked.push(since / 60_000)
    return pages[asked.length - 1]!
  }
  const shown: string[] = []
  const wait = async () => asked.length < pages.length
  for await (const { id } of follow(read, [event('seen', 10)], 0, wait)) shown.push(id)
  expect(shown).toEqual(['a', 'b', 'late', 'c'])
  expect(asked).toEqual([0, 1, 2])
})
