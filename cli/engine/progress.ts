import type { EngineEvent } from '@pulumi/pulumi/automation/index.js'

/** Lines for people out of the engine's events: what happens to which of our resources, and what is said about it. */
export function describe(event: EngineEvent): string | undefined {
  const { resourcePreEvent: pre, resOpFailedEvent: failed, diagnosticEvent: said } = event
  if (said) {
    if (!['info', 'warning', 'error', 'info#err'].includes(said.severity)) return undefined
    const text = said.message.replaceAll(/<\{%.*?%\}>/g, '').trim()
    if (!text) return undefined
    if (said.ephemeral) return `    ${text} …`
    return `  ${said.severity === 'warning' ? 'warning: ' : ''}${text}`
  }
  if (pre && isOurs(pre.metadata) && !['same', 'read'].includes(pre.metadata.op)) {
    return `  ${pre.metadata.op} ${nameOf(pre.metadata.urn)} …`
  }
  return failed && `  failed: ${nameOf(failed.metadata.urn)}`
}

function isOurs({ type }: { type: string }): boolean {
  return type.startsWith('entrasync:')
}

/** `GalleryApplication 'm-files'` */
function nameOf(urn: string): string {
  const [, , types = '', name = ''] = urn.split('::')
  return `${types.split(':').at(-1)} '${name}'`
}
