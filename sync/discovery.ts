import { attribute } from './defaults/build.ts'
import type { AttributeDefinition, AttributeType, DirectoryDefinition, ObjectDefinition } from './schema.ts'
import { CORE_GROUP, CORE_USER } from './scim/body.ts'
import { parsePath, type Resource } from './scim/path.ts'

/** RFC 7643 §7, as far as it is read. */
interface ScimAttribute {
  name?: unknown
  type?: unknown
  multiValued?: unknown
  required?: unknown
  caseExact?: unknown
  mutability?: unknown
  canonicalValues?: unknown
  subAttributes?: ScimAttribute[]
}

const TYPES: Readonly<Record<string, AttributeType>> = {
  boolean: 'Boolean',
  integer: 'Integer',
  dateTime: 'DateTime',
  binary: 'Binary',
}

const MUTABILITY: Readonly<Record<string, AttributeDefinition['mutability']>> = {
  readOnly: 'ReadOnly',
  immutable: 'Immutable',
  writeOnly: 'WriteOnly',
}

/** Sub-attributes that the service fills by itself, or that tell elements of a multi-valued attribute apart. */
const STRUCTURAL = new Set(['type', 'primary', '$ref'])

/**
 * A target directory with what the target's `/Schemas` has beside it: attributes are added, none is changed or removed.
 * A schema belongs to users or to groups by the last part of its URN.
 * Source: Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint", schema discovery.
 */
export function withDiscovered(directory: DirectoryDefinition, schemas: readonly Resource[]): DirectoryDefinition {
  return { ...directory, objects: directory.objects.map((object) => enriched(object, schemas)) }
}

function enriched(object: ObjectDefinition, schemas: readonly Resource[]): ObjectDefinition {
  const kind = object.name.split(':').at(-1)
  const known = new Set(object.attributes.map(({ name }) => name.toLowerCase()))
  const found = schemas
    .filter(({ id }) => String(id).split(':').at(-1) === kind)
    .flatMap(({ id, attributes }) => {
      const prefix = id === CORE_USER || id === CORE_GROUP ? '' : `${String(id)}:`
      return ((attributes ?? []) as ScimAttribute[]).flatMap((one) => flattened(one, prefix))
    })
  const added = found.filter(({ name }) => {
    const isNew = !known.has(name.toLowerCase()) && !isPartOfKnown(name, known)
    known.add(name.toLowerCase())
    return isNew
  })
  return { ...object, attributes: [...object.attributes, ...added] }
}

/** `manager.value` is nothing new where `manager` is known as a reference. */
const isPartOfKnown = (name: string, known: ReadonlySet<string>): boolean =>
  !name.includes('[') && known.has(name.toLowerCase().replace(/\.[^.:]+$/, ''))

/** A SCIM attribute as the paths that mappings name: `title`, `name.givenName`, `emails[type eq "work"].value`. */
function flattened(one: ScimAttribute, prefix: string): AttributeDefinition[] {
  if (typeof one.name !== 'string' || one.mutability === 'readOnly') return []
  const path = `${prefix}${one.name}`
  if (one.type !== 'complex') return definitions(path, one)
  const subs = (one.subAttributes ?? []).filter(({ name }) => !STRUCTURAL.has(String(name)))
  if (one.multiValued !== true) return subs.flatMap((sub) => definitions(`${path}.${String(sub.name)}`, sub))
  const types = one.subAttributes?.find(({ name }) => name === 'type')?.canonicalValues
  return (Array.isArray(types) ? types : []).flatMap((type) =>
    subs.flatMap((sub) => definitions(`${path}[type eq ${JSON.stringify(type)}].${String(sub.name)}`, sub)),
  )
}

function definitions(name: string, one: ScimAttribute): AttributeDefinition[] {
  try {
    parsePath(name)
  } catch {
    return []
  }
  return [
    attribute(name, TYPES[String(one.type)] ?? 'String', {
      multivalued: one.multiValued === true,
      required: one.required === true,
      caseExact: one.caseExact === true,
      mutability: MUTABILITY[String(one.mutability)] ?? 'ReadWrite',
    }),
  ]
}
