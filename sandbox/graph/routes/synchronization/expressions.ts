import { compileNode } from '../../../../sync/expression/compile.ts'
import { describeSource } from '../../../../sync/expression/describe.ts'
import { parse } from '../../../../sync/expression/parse.ts'
import { isList, type Source, textOf, type Value } from '../../../../sync/values.ts'
import { isObject } from '../../../object.ts'
import { ACCESS } from '../../access.ts'
import { badRequest } from '../../errors.ts'
import { type Call, type GraphResponse, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { requireJob } from './jobs.ts'

export const expressionRoutes: Route[] = [
  {
    method: 'POST',
    pattern: '/servicePrincipals/:id/synchronization/jobs/:jobId/schema/parseExpression',
    access: ACCESS.writeSynchronization,
    handler: parseExpression,
  },
]

/** An expression that cannot be read is a 200 that says so (Graph: synchronizationSchema parseExpression). */
function parseExpression(call: Call): GraphResponse {
  requireJob(call)
  const { expression, testInputObject } = call.json()
  if (typeof expression !== 'string' || expression === '') throw badRequest('The request has no expression.')
  const source = testInputObject === undefined || testInputObject === null ? null : sourceOf(testInputObject)
  return ok({
    '@odata.context': call.context('microsoft.graph.parseExpressionResponse'),
    ...outcomeOf(call, expression, source),
  })
}

/** @param source null: the expression is only to be read */
function outcomeOf({ settings, provisioning }: Call, expression: string, source: Source | null) {
  try {
    const node = parse(expression, settings)
    const evaluate = compileNode(node, expression, settings)
    const parsedExpression = describeSource(node)
    const failed = {
      error: null,
      parsingSucceeded: true,
      parsedExpression,
      evaluationSucceeded: false,
      evaluationResult: [],
    }
    if (!source) return failed
    try {
      const evaluationResult = texts(evaluate(source, provisioning.environment()))
      return { ...failed, evaluationSucceeded: true, evaluationResult }
    } catch (error) {
      return { ...failed, error: publicError('EvaluationFailed', error) }
    }
  } catch (error) {
    return {
      error: publicError('InvalidExpression', error),
      parsingSucceeded: false,
      parsedExpression: null,
      evaluationSucceeded: false,
      evaluationResult: [],
    }
  }
}

/** Reads Graph's expressionInputObject: `{ properties: [{ key, value }] }`. @throws GraphFailure 400 saying what is wrong */
function sourceOf(testInput: unknown): Source {
  if (!isObject(testInput)) throw badRequest("Property 'testInputObject' must be an object with 'properties'.")
  const { properties } = testInput
  if (properties !== undefined && properties !== null && !Array.isArray(properties)) {
    throw badRequest("Property 'properties' of testInputObject must be a list of objects with 'key' and 'value'.")
  }
  const values = new Map(Array.from((properties ?? []) as unknown[], valueByKey))
  return (attribute) => values.get(attribute) ?? null
}

function valueByKey(property: unknown, index: number): [string, Value] {
  const { key, value = null } = isObject(property) ? property : { key: undefined }
  const which = `testInputObject.properties[${index}]`
  if (typeof key !== 'string')
    throw badRequest(`Property '${which}' must be an object with 'key' (a text) and 'value'.`)
  if (!isValue(value)) {
    throw badRequest(`The value of '${which}' (${key}) must be a text, a number, true, false, null, or a list of such.`)
  }
  return [key, value]
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** A value of a source attribute; app roles are objects of scalars. */
const isValue = (value: unknown): value is Value =>
  value === null ||
  isScalar(value) ||
  (Array.isArray(value) && value.every((one) => isScalar(one) || (isObject(one) && Object.values(one).every(isScalar))))

function texts(value: Value): string[] {
  if (value === null) return []
  return isList(value) ? value.map((item) => textOf([item] as Value)) : [textOf(value)]
}

const publicError = (code: string, error: unknown) => ({
  code,
  message: (error as Error).message,
  target: null,
  details: [],
  innerError: null,
})
