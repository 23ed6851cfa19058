import type { EngineEvent } from '@pulumi/pulumi/automation/index.js'

/** Tells the events of a run's refresh, which comes before each resource's own step, from those of the run itself. */
export function refreshFilter(): (event: EngineEvent) => boolean {
  const refreshing = new Set<string>()
  return ({ resourcePreEvent, resOutputsEvent }) => {
    const began = resourcePreEvent?.metadata
    if (began?.op === 'refresh') refreshing.add(began.urn)
    else if (began) refreshing.delete(began.urn)
    const { urn } = began ?? resOutputsEvent?.metadata ?? {}
    return urn !== undefined && refreshing.has(urn)
  }
}
