import * as pulumi from '@pulumi/pulumi'

/** What an identity is for: to run updates, or only to look; the words of provider/graph/neededPermissions.ts. */
export const ACCESSES = ['change', 'read'] as const
export type Access = (typeof ACCESSES)[number]

/**
 * Whether this is a preview by an identity that only reads. What the program gives to whoever runs it must then not show as
 * a change: another identity runs the update.
 *
 * @throws pulumi.RunError for an access that is none
 */
export function isPreviewOfReader({ ENTRADA_ACCESS = 'change' }: NodeJS.ProcessEnv): boolean {
  if (!ACCESSES.includes(ENTRADA_ACCESS as Access))
    throw new pulumi.RunError(`ENTRADA_ACCESS is '${ENTRADA_ACCESS}': allowed are ${ACCESSES.join(', ')}`)
  return ENTRADA_ACCESS === 'read' && pulumi.runtime.isDryRun()
}
