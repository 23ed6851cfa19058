import { enterpriseSchema, infoSchema, licenceSchema } from './extensions.ts'
import { groupSchema } from './group.ts'
import type { Attribute } from './model.ts'
import { userSchema } from './user.ts'

type Given = Pick<Attribute, 'name' | 'type'> & Partial<Omit<Attribute, 'subAttributes'>> & { subAttributes?: Given[] }

interface GivenExtension {
  resourceType: 'User' | 'Group'
  schema: { id: string; attributes: Given[] }
}

/** What is wrong, and where. */
interface Problem {
  path: (string | number)[]
  message: string
}

const shipped = [userSchema, groupSchema, enterpriseSchema, infoSchema, licenceSchema].map(({ id }) => id)

/** What of the schemas that an administrator adds the service could not tell apart, or not hold to. */
export function problemsOf(extensions: GivenExtension[]): Problem[] {
  return extensions.flatMap(({ resourceType, schema }, index) => {
    const before = [...shipped, ...extensions.slice(0, index).map((each) => each.schema.id)]
    const taken = before.find((id) => overlap(id, schema.id))
    const problems = attributeProblems(schema.attributes, resourceType === 'User')
    if (taken) problems.unshift({ path: ['id'], message: `is not a URN of its own: there is ${taken}` })
    return problems.map(({ path, message }) => ({ path: [index, 'schema', ...path], message }))
  })
}

/** An attribute of one would have the name of the other, or of an attribute of it. */
function overlap(left: string, right: string): boolean {
  const [one, other] = [`${left}:`.toLowerCase(), `${right}:`.toLowerCase()]
  return one.startsWith(other) || other.startsWith(one)
}

function attributeProblems(attributes: Given[], canBeUnique: boolean, list = 'attributes'): Problem[] {
  const names = attributes.map(({ name }) => name.toLowerCase())
  return attributes.flatMap((attribute, index) => {
    const own = attributeProblem(attribute, canBeUnique)
    const twice = names.indexOf(names[index]!) < index ? [['name', 'is the name of two attributes'] as const] : []
    const below = attributeProblems(attribute.subAttributes ?? [], false, 'subAttributes')
    return [
      ...[...twice, ...own].map(([member, message]) => ({
        path: [list, index, member],
        message: `${attribute.name} ${message}`,
      })),
      ...below.map(({ path, message }) => ({ path: [list, index, ...path], message })),
    ]
  })
}

function attributeProblem(
  { type, multiValued, required, mutability, uniqueness, subAttributes }: Given,
  canBeUnique: boolean,
): (readonly [member: string, message: string])[] {
  const isText = !multiValued && (type === 'string' || type === 'reference')
  return [
    ...(uniqueness === 'server' && !(canBeUnique && isText)
      ? [['uniqueness', 'cannot be unique: only a single string or reference of a user can'] as const]
      : []),
    ...(required && mutability === 'readOnly'
      ? [['required', 'cannot be required: nobody may write it, since it is readOnly'] as const]
      : []),
    ...((type === 'complex') !== (subAttributes !== undefined)
      ? [['subAttributes', 'must have subAttributes if it is complex, and only then'] as const]
      : []),
  ]
}
