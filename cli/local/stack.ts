/** The local stack through the Automation API, with the program in this process. */
import { type EngineEvent, LocalWorkspace, PulumiCommand, type Stack } from '@pulumi/pulumi/automation/index.js'
import { clearStaleLocks } from './engineLock.ts'
import { type LocalFolder, PROJECT, STACK } from './folder.ts'
import { writeWorkspace } from './workspace.ts'

export async function openStack(folder: LocalFolder, env: Record<string, string>): Promise<Stack> {
  writeWorkspace(folder)
  await clearStaleLocks(folder.backend, PROJECT, STACK)
  // The command, and the program that runs in this process, take their surroundings from here.
  Object.assign(process.env, env)
  const pulumiCommand = await PulumiCommand.get({ skipVersionCheck: true })
  const { default: program } = await import('../../index.ts')
  return LocalWorkspace.createOrSelectStack(
    { stackName: STACK, projectName: PROJECT, program },
    { workDir: folder.workspace, envVars: env, pulumiCommand },
  )
}

/** Lines for people out of the engine's events: what happens to which resource, and what is said about it. */
export function describe(event: EngineEvent): string | undefined {
  const { resourcePreEvent: pre, resOutputsEvent: done, resOpFailedEvent: failed, diagnosticEvent: said } = event
  if (said) {
    if (said.ephemeral || !['info', 'warning', 'error', 'info#err'].includes(said.severity)) return undefined
    const text = said.message.replaceAll(/<\{%.*?%\}>/g, '').trim()
    return text && `  ${said.severity === 'warning' ? 'warning: ' : ''}${text}`
  }
  if (pre && pre.metadata.op !== 'same' && pre.metadata.op !== 'read')
    return `  ${pre.metadata.op} ${nameOf(pre.metadata.urn)} …`
  if (failed) return `  failed: ${nameOf(failed.metadata.urn)}`
  return done && undefined
}

/** `GalleryApplication 'm-files'` */
function nameOf(urn: string): string {
  const [, , types = '', name = ''] = urn.split('::')
  return `${types.split(':').at(-1)} '${name}'`
}
