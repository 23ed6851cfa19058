import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { startTestService, type TestService } from '../testing/service.ts'
import { openApi } from './document.ts'

const routes = new Set<string>()
const noteRoutes = (message: unknown): void => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
    for (const each of [method].flat()) if (each !== 'HEAD') routes.add(`${each} ${url.replace(/(?<=.)\/$/, '')}`)
  })
}

let service: TestService
beforeAll(async () => {
  subscribe('fastify.initialization', noteRoutes)
  service = await startTestService()
}, 60_000)
afterAll(async () => {
  unsubscribe('fastify.initialization', noteRoutes)
  await service.close()
})

test('the description is valid OpenAPI 3.1, each operation under a name of its own', async () => {
  // The validator takes SCIM's attribute $ref for a reference.
  const document = JSON.parse(JSON.stringify(openApi()).replaceAll('"$ref":{', '"ref":{'))
  const { valid, errors } = await new Validator().validate(document)
  expect({ valid, errors }).toMatchObject({ valid: true })
  const names = Object.values(openApi().paths).flatMap((path) => Object.values(path).map((each) => each.operationId))
  expect(new Set(names).size).toBe(names.length)
})

test('every route but the pages is described, and every operation has a route', () => {
  const described = Object.entries(openApi().paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const served = [...routes].filter((route) => !/^[A-Z]+ \/admin(\/|$)/.test(route))
  expect(described.sort()).toEqual(served.sort())
})

test('it is served to everybody, and names no tenant', async () => {
  const response = await fetch(new URL('/openapi.json', service.ready.adminUrl))
  expect(response.headers.get('content-type')).toContain('application/json')
  const text = await response.text()
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(openApi())))
  expect(text).not.toContain('/default/')
})
