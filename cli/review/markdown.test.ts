import { expect, test } from '@jest/globals'
import type { Change, Changes } from '../engine/changes.ts'
import { changesMarkdown } from './markdown.ts'

const none: Changes = { changes: [], unchanged: 4, warnings: [], errors: [], policies: [] }
const change = (properties: Change['properties'], more: Partial<Change> = {}): Change => ({
  op: 'update',
  type: 'entrasync:index:ProvisioningJob',
  name: 'tenant-provisioning',
  protect: false,
  properties,
  ...more,
})

test('no changes are said in one line', () => {
  expect(changesMarkdown(none)).toBe('No changes; 4 resources stay as they are.\n')
})

test('a preview that failed before it came to a resource does not say that nothing changes', () => {
  expect(changesMarkdown({ ...none, unchanged: 0, errors: ['no'] })).toBe('**Cannot be applied**\n\n- no\n')
})

test('errors stand before the changes, and warnings after', () => {
  const text = changesMarkdown({
    ...none,
    changes: [change([{ path: 'scope', before: 'assigned', after: 'all' }])],
    errors: ["Tenant t does not have all:\n- users: there is no user 'x'"],
    warnings: ['3 users are disabled'],
  })
  expect(text).toBe(
    [
      '**Cannot be applied**',
      '',
      '- Tenant t does not have all:',
      "  - users: there is no user 'x'",
      '',
      '1 to update, 4 unchanged',
      '',
      '| | resource | what changes |',
      '|---|---|---|',
      '| update | ProvisioningJob `tenant-provisioning` | `scope`: `assigned` → `all` |',
      '',
      '**Warnings**',
      '',
      '- 3 users are disabled',
      '',
    ].join('\n'),
  )
})

test('a deletion of what is protected says so', () => {
  const text = changesMarkdown({ ...none, changes: [change([], { op: 'delete', protect: true })] })
  expect(text).toContain('| delete (protected) |')
})

test('names of others break neither the table nor out of their code', () => {
  const evil = 'a|b`c` <img src=x>\n| x |'
  const text = changesMarkdown({ ...none, changes: [change([{ path: 'displayName', after: evil }])] })
  const rows = text.split('\n').filter((line) => line.startsWith('| update'))
  expect(rows).toHaveLength(1)
  expect(rows[0]!.match(/(?<!\\)\|/g)).toHaveLength(4)
  expect(rows[0]).toContain('`` a\\|b`c` <img src=x> \\| x \\| ``')
})

test('a long value is cut', () => {
  const text = changesMarkdown({ ...none, changes: [change([{ path: 'notes', after: 'x'.repeat(500) }])] })
  expect(text).toContain(`\`${'x'.repeat(80)}…\``)
})
