import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { openApi } from '../openapi/document.ts'
import type { Described, Method } from '../openapi/parts.ts'

interface Answer {
  status: number
  headers: Headers
  body: unknown
}

const description = openApi()
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ $id: 'openapi', components: description.components })
const validators = new Map<object, ValidateFunction>()

/**
 * Throws unless the answer is one that the description of the service has for the operation: of a status, a type and a shape that
 * it names. What is no operation is not described.
 */
export function requireDescribed(method: string, url: string, answer: Answer): void {
  const operation = operationAt(method, new URL(url).pathname)
  if (!operation) return
  const what = `${operation.operationId} (${method} ${url}) answers ${answer.status}`
  const response = operation.responses[answer.status]
  if (!response) throw new Error(`${what}, which is not described`)
  const type = answer.headers.get('content-type')?.split(';')[0]
  if (!response.content) {
    if (type !== undefined) throw new Error(`${what} with a body, which is not described`)
    return
  }
  if (answer.headers.get('preference-applied') === 'return=minimal') return
  const schema = response.content[type ?? '']?.schema
  if (!schema) throw new Error(`${what} of type ${type}, which is not described`)
  const validate = validators.get(schema) ?? compile(schema)
  validators.set(schema, validate)
  const body = answer.body ?? ''
  if (!validate(body))
    throw new Error(
      `${what}, not as described: ${ajv.errorsText(validate.errors)}; ${JSON.stringify(body).slice(0, 1_000)}`,
    )
}

const compile = (schema: object): ValidateFunction =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')))

/** Undefined where there is none, or the path names another one by a parameter. */
function operationAt(method: string, path: string): Described | undefined {
  const parts = path.replace(/\/$/, '').split('/')
  const found = Object.entries(description.paths)
    .filter(([pattern]) => matches(pattern.split('/'), parts))
    .sort(([left], [right]) => left.split('{').length - right.split('{').length)[0]
  return found?.[1][method.toLowerCase() as Method]
}

const matches = (pattern: string[], parts: string[]): boolean =>
  pattern.length === parts.length && pattern.every((part, index) => part.startsWith('{') || part === parts[index])
