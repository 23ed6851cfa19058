import type { Graph } from '../../graph/client.ts'
import { servicePrincipalPath } from '../common/ids.ts'
import { readSchema } from './drift.ts'
import { asksForSchema, editSchema, isExpression, type SchemaInputs } from './edit.ts'
import type { MappingSource, Schema } from './schema.ts'

/** Milliseconds that a written schema may take to be read back. */
const READ_BACK = 60_000

export function getSchema(graph: Graph, jobPath: string): Promise<Schema> {
  return graph.get<Schema>(`${jobPath}/schema`)
}

export function getTemplateSchema(graph: Graph, servicePrincipalId: string, templateId: string): Promise<Schema> {
  const path = `${servicePrincipalPath(servicePrincipalId)}/synchronization/templates/${encodeURIComponent(templateId)}/schema`
  return graph.get<Schema>(path)
}

/** Brings the schema to what is asked for, if anything is; Entra reads all objects again after a change. */
export async function applySchema(
  graph: Graph,
  jobPath: string,
  olds: SchemaInputs | undefined,
  news: SchemaInputs,
): Promise<void> {
  if (!asksForSchema(news) && !(olds && asksForSchema(olds))) return
  const expressions = [...new Set(news.additionalMappings.map(({ source }) => source).filter(isExpression))]
  const [schema, parsed] = await Promise.all([getSchema(graph, jobPath), parseExpressions(graph, jobPath, expressions)])
  const edited = editSchema(schema, olds, news, parsed)
  if (edited === schema) return
  await graph.put(`${jobPath}/schema`, edited)
  await graph.waitFor<void>({
    what: `the changed mappings of ${jobPath} to be read back`,
    timeout: READ_BACK,
    check: async () => {
      const written = await getSchema(graph, jobPath)
      const done = editSchema(written, olds, news, parsed) === written
      if (done) return { done, value: undefined }
      return { done, seen: JSON.stringify(readSchema(news, written)) }
    },
  })
}

/** The same without writing: finds what cannot be mapped. Expressions are left to Graph, which is asked when they are applied. */
export async function rehearseSchema(
  schema: Promise<Schema>,
  olds: SchemaInputs | undefined,
  news: SchemaInputs,
): Promise<void> {
  const expressions = news.additionalMappings.map(({ source }) => source).filter(isExpression)
  const unparsed = expressions.map((expression): [string, MappingSource] => [
    expression,
    { expression, name: null, type: 'Function', parameters: [] },
  ])
  editSchema(await schema, olds, news, new Map(unparsed))
}

interface ParseAnswer {
  error: { message?: string | null } | null
  parsingSucceeded: boolean
  parsedExpression: MappingSource | null
}

/** Expressions are taken apart by Graph itself, which also finds their mistakes: all are said at once. */
async function parseExpressions(
  graph: Graph,
  jobPath: string,
  expressions: readonly string[],
): Promise<Map<string, MappingSource>> {
  const problems: string[] = []
  const parsed = await Promise.all(
    expressions.map(async (expression): Promise<[string, MappingSource][]> => {
      const answer = await graph.post<ParseAnswer>(
        `${jobPath}/schema/parseExpression`,
        { expression, testInputObject: null, targetAttributeDefinition: null },
        { repeatable: true },
      )
      if (answer.parsingSucceeded && answer.parsedExpression) {
        return [[expression, { ...answer.parsedExpression, expression }]]
      }
      problems.push(
        `additionalMappings: the expression '${expression}' is not valid: ${answer.error?.message ?? 'Graph does not say why'}`,
      )
      return []
    }),
  )
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return new Map(parsed.flat())
}
