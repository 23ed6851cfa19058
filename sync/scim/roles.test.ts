import { describe, expect, test } from '@jest/globals'
import { attribute } from '../defaults/build.ts'
import type { Write } from './body.ts'
import { type Dialect, patchOperations } from './patch.ts'
import type { RoleForm } from './roles.ts'
import { type TargetValue, targetOf } from './target.ts'

const TYPE = 'WindowsAzureActiveDirectoryRole'
const ADMIN = { id: 'r1', displayName: 'Administrator', value: 'Admin' }
const USER = { id: 'r2', displayName: 'User', value: 'User' }

const write = (form: RoleForm, name: string, value: TargetValue): Write => ({
  target: targetOf(attribute(name, 'String', { multivalued: name === 'roles' })),
  value,
  roles: { form, assigned: [ADMIN, USER] },
})

const COMPLEX = [ADMIN, USER].map((role) => ({
  primary: false,
  type: TYPE,
  displayName: role.displayName,
  value: role.value,
}))
const ASSERTIVE = [ADMIN, USER].map((role) => ({
  primary: false,
  type: TYPE,
  display: role.displayName,
  value: role.value,
}))
const ONE = write('single', 'roles[primary eq "True"].value', 'Admin')
const ALL = write('complex', 'roles', COMPLEX)
const EXACTLY = write('assertive', 'roles', ASSERTIVE)

const text = (role: typeof ADMIN) => ({
  value: `{"id":"${role.id}","value":"${role.value}","displayName":"${role.displayName}"}`,
})

// Microsoft Learn, "Customize user provisioning attribute mappings", PATCH of each function.
describe.each<[Dialect, Write, object]>([
  ['legacy', ONE, { op: 'Add', path: 'roles', value: [text(ADMIN)] }],
  ['compliant', ONE, { op: 'add', path: 'roles[primary eq "True"].value', value: 'Admin' }],
  ['legacy', ALL, { op: 'Add', path: 'roles', value: [text(ADMIN), text(USER)] }],
  ['compliant', ALL, { op: 'add', path: 'roles', value: COMPLEX }],
  ['legacy', EXACTLY, { op: 'replace', path: 'roles', value: ASSERTIVE }],
  ['compliant', EXACTLY, { op: 'replace', path: 'roles', value: ASSERTIVE }],
])('%s roles', (dialect, roles, operation) => {
  test(`${roles.roles!.form}: are written in their own form`, () => {
    expect(patchOperations([roles], {}, dialect)).toEqual([operation])
  })

  test(`${roles.roles!.form}: are left alone where the target has them, also as JSON text`, () => {
    expect(patchOperations([roles], { roles: [{ value: 'Admin' }, { value: 'User' }] }, dialect)).toEqual([])
    expect(patchOperations([roles], { roles: [text(ADMIN), text(USER)] }, dialect)).toEqual([])
  })
})

test('a role that is not assigned any more is taken away by the assertive form alone', () => {
  const held = { roles: [{ value: 'Admin' }, { value: 'User' }, { value: 'Auditor' }] }
  expect(patchOperations([ALL], held, 'compliant')).toEqual([])
  expect(patchOperations([EXACTLY], held, 'compliant')).toHaveLength(1)
})
