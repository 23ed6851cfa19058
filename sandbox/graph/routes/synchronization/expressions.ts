import { compileNode } from '../../../../sync/expression/compile.ts'
import { describeSource } from '../../../../sync/expression/describe.ts'
import { DEFAULT_ENVIRONMENT } from '../../../../sync/expression/functions/index.ts'
import { parse } from '../../../../sync/expression/parse.ts'
import { isList, type Source, textOf, type Value } from '../../../../sync/values.ts'
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

/** Graph's expressionInputObject. */
interface TestInput {
  properties?: { key: string; value: Value }[]
}

/** An expression that cannot be read is a 200 that says so (Graph: synchronizationSchema parseExpression). */
function parseExpression(call: Call): GraphResponse {
  requireJob(call)
  const { expression, testInputObject } = call.json() as { expression?: unknown; testInputObject?: TestInput | null }
  if (typeof expression !== 'string' || expression === '') throw badRequest('The request has no expression.')
  return ok({
    '@odata.context': call.context('microsoft.graph.parseExpressionResponse'),
    ...outcomeOf(expression, testInputObject ?? null),
  })
}

function outcomeOf(expression: string, testInput: TestInput | null) {
  try {
    const node = parse(expression)
    const evaluate = compileNode(node, expression)
    const parsedExpression = describeSource(node)
    const failed = {
      error: null,
      parsingSucceeded: true,
      parsedExpression,
      evaluationSucceeded: false,
      evaluationResult: [],
    }
    if (!testInput) return failed
    try {
      const evaluationResult = texts(evaluate(sourceOf(testInput), DEFAULT_ENVIRONMENT))
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

function sourceOf({ properties = [] }: TestInput): Source {
  const values = new Map(properties.map(({ key, value }) => [key, value]))
  return (attribute) => values.get(attribute) ?? null
}

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
