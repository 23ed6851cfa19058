import { describe, expect, test } from '@jest/globals'
import { generateDirectory } from './generate.ts'
import { KNOWN_GROUPS, KNOWN_USERS } from './known.ts'

describe('the generated directory', () => {
  const { users, groups } = generateDirectory('entrada', 200)
  const byId = new Map(users.map((user) => [user.id, user]))
  const group = (name: string) => groups.find(({ displayName }) => displayName === name)!
  const members = (name: string) => group(name).memberIds.map((id) => byId.get(id)!)

  test('is the same for the same seed and another for another', () => {
    expect(generateDirectory('entrada', 200)).toEqual({ users, groups })
    expect(generateDirectory('other', 200).users[20]!.id).not.toBe(users[20]!.id)
  })

  test('begins with the same people in any size', () => {
    expect(generateDirectory('entrada', 500).users.slice(0, 200)).toEqual(users)
  })

  test('has the known people, and one user a name', () => {
    const names = users.map(({ userPrincipalName }) => userPrincipalName)
    expect(names).toEqual(expect.arrayContaining(Object.values(KNOWN_USERS)))
    expect(new Set(names).size).toBe(200)
    for (const name of names) expect(name).toMatch(/^[a-z0-9._]+(#EXT#)?@entrada-sandbox\.example$/)
  })

  test('has disabled users, guests, users without mail, and managers who lead up to one head', () => {
    expect(users.some(({ accountEnabled }) => !accountEnabled)).toBe(true)
    expect(users.some(({ userType }) => userType === 'Guest')).toBe(true)
    expect(users.some(({ mail }) => mail === null)).toBe(true)
    const heads = users.filter(({ managerId, userType }) => managerId === null && userType === 'Member')
    expect(heads.map(({ displayName }) => displayName)).toEqual(['Patti Fernandez'])
    for (const { managerId } of users) if (managerId) expect(byId.has(managerId)).toBe(true)
  })

  test('has the two M-Files groups, with a disabled user and a guest among the users', () => {
    const mfiles = members(KNOWN_GROUPS.mfilesUsers)
    expect(mfiles.length).toBeGreaterThanOrEqual(38)
    expect(mfiles.length).toBeLessThanOrEqual(45)
    expect(mfiles.some(({ accountEnabled }) => !accountEnabled)).toBe(true)
    expect(mfiles.some(({ userType }) => userType === 'Guest')).toBe(true)
    expect(members(KNOWN_GROUPS.mfilesProjectLeads)).toHaveLength(8)
  })

  test('has groups of every sort', () => {
    expect(group(KNOWN_GROUPS.nested).memberIds).toEqual(
      expect.arrayContaining([group(KNOWN_GROUPS.mfilesUsers).id, group(KNOWN_GROUPS.mfilesProjectLeads).id]),
    )
    expect(group(KNOWN_GROUPS.empty).memberIds).toEqual([])
    expect(group(KNOWN_GROUPS.unified)).toMatchObject({
      groupTypes: ['Unified'],
      securityEnabled: false,
      mailEnabled: true,
    })
    expect(group(KNOWN_GROUPS.mailEnabledSecurity)).toMatchObject({ securityEnabled: true, mailEnabled: true })
    const employees = users.filter(({ userType, accountEnabled }) => userType === 'Member' && accountEnabled)
    expect(group(KNOWN_GROUPS.allEmployees).memberIds).toEqual(employees.map(({ id }) => id))
  })

  test('keeps one in five users in M-Files Users at any size', () => {
    const large = generateDirectory('entrada', 2000)
    const share = large.groups.find(({ displayName }) => displayName === KNOWN_GROUPS.mfilesUsers)!.memberIds.length
    expect(share / 2000).toBeCloseTo(0.2, 2)
  })
})
