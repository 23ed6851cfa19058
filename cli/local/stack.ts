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
