import messages from '@pulumi/pulumi/proto/provider_pb.js'
import type { Diff, DiffKind } from '../resources/resource.ts'

const { Kind } = messages.PropertyDiff
const kinds: Record<DiffKind, (typeof Kind)[keyof typeof Kind]> = {
  add: Kind.ADD,
  'add-replace': Kind.ADD_REPLACE,
  delete: Kind.DELETE,
  'delete-replace': Kind.DELETE_REPLACE,
  update: Kind.UPDATE,
  'update-replace': Kind.UPDATE_REPLACE,
}

/** `credentials.tenantUrl` and `users[0]` belong to the inputs `credentials` and `users`. */
function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path
}

export function diffResponse(diff: Diff): InstanceType<typeof messages.DiffResponse> {
  const paths = Object.keys(diff.changes)
  const replacing = paths.filter((path) => diff.changes[path]?.endsWith('-replace'))
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges
  const response = new messages.DiffResponse()
    .setChanges(paths.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList([...new Set(paths.map(topLevel))])
    .setReplacesList([...new Set(replacing.map(topLevel))])
    .setDeletebeforereplace(diff.deleteBeforeReplace ?? false)
    .setHasdetaileddiff(true)
  for (const [path, kind] of Object.entries(diff.changes)) {
    response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(kinds[kind]).setInputdiff(true))
  }
  return response
}
