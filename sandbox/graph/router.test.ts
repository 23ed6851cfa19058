import { describe, expect, test } from '@jest/globals'
import { ACCESS } from './access.ts'
import { NO_CONTENT } from './request.ts'
import { Router, splitPath } from './router.ts'

describe('a Graph path', () => {
  test.each([
    ['/users/a%40b.example', ['users', 'a@b.example']],
    ["/users('it''s')/manager", ['users', "it's", 'manager']],
    ["/servicePrincipals(appId='x')/owners/$ref", ['servicePrincipals', 'appId=x', 'owners', '$ref']],
    ['/users/delta()', ['users', 'delta']],
    ['/users/microsoft.graph.delta()', ['users', 'delta']],
    ['/users/graph.delta()', ['users', 'delta']],
    ['/users/graph.user@a.example', ['users', 'graph.user@a.example']],
    ['/groups/g/members/graph.user', ['groups', 'g', 'members', 'microsoft.graph.user']],
    ['/groups/g/members/microsoft.graph.user/$count', ['groups', 'g', 'members', 'microsoft.graph.user', '$count']],
    ['//users//a/', ['users', 'a']],
  ])('%s has one form', (path, segments) => {
    expect(splitPath(path)).toEqual(segments)
  })

  test('that is not well encoded is refused', () => {
    expect(() => splitPath('/users/%E0%A4%A')).toThrow('%E0%A4%A')
  })
})

test('constants win over names, whatever the order of the routes and the case of the path', () => {
  const route = (pattern: string) => ({ method: 'GET', pattern, access: ACCESS.anyone, handler: () => NO_CONTENT })
  const router = new Router([route('/users/:id'), route('/users/$count')])
  expect(router.match('GET', '/Users/$count')?.route.pattern).toBe('/users/$count')
  expect(router.match('GET', '/users/x')).toMatchObject({ params: { id: 'x' } })
  expect(router.match('POST', '/users/x')).toBeUndefined()
  expect(router.match('GET', '/users')).toBeUndefined()
})
