import { referencedId, requireObject } from '../body.ts'
import { badRequest, notFound } from '../errors.ts'
import { type Call, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import { objectView } from '../shape/objects.ts'

interface Owned {
  id: string
  ownerIds?: string[]
}

/** The reference to one object of a collection: where the object is. */
export function referenceIn(call: Call, ids: readonly string[], id: string): GraphResponse {
  if (!ids.includes(id)) throw notFound(id)
  return ok({ '@odata.context': call.context('$ref'), '@odata.id': `${call.url()}/v1.0/directoryObjects/${id}` })
}

/** The calls on `owners` of whatever `find` finds and `save` keeps. */
export function ownerHandlers<T extends Owned>(find: (call: Call) => T, save: (call: Call, object: T) => void) {
  return {
    list(call: Call): GraphResponse {
      const value = (find(call).ownerIds ?? []).flatMap((id) => objectView(call, id) ?? [])
      return ok({ '@odata.context': call.context('directoryObjects'), value })
    },
    add(call: Call): GraphResponse {
      const object = find(call)
      const id = referencedId(call)
      requireObject(call, id)
      if (object.ownerIds?.includes(id)) {
        throw badRequest(
          "One or more added object references already exist for the following modified properties: 'owners'.",
        )
      }
      save(call, { ...object, ownerIds: [...(object.ownerIds ?? []), id] })
      return NO_CONTENT
    },
    reference: (call: Call): GraphResponse => referenceIn(call, find(call).ownerIds ?? [], call.params.ownerId!),
    remove(call: Call): GraphResponse {
      const object = find(call)
      const { ownerId } = call.params
      const ownerIds = object.ownerIds ?? []
      if (!ownerIds.includes(ownerId!)) throw notFound(ownerId!)
      save(call, { ...object, ownerIds: ownerIds.filter((id) => id !== ownerId) })
      return NO_CONTENT
    },
  }
}
