/** `npm run clean`: destroys the local stack as a user would, then removes `.entrada`. */
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureEngine } from '../tools/setup/engine.ts'
import { localFolder } from './local/folder.ts'
import { alone } from './local/run.ts'
import { startServices } from './local/services.ts'
import { openLocalStack } from './local/stack.ts'

const folder = localFolder()
if (!existsSync(folder.path)) console.error('nothing to clean: there is no .entrada here')
else {
  const hasStack = existsSync(path.join(folder.workspace, 'Pulumi.yaml'))
  if (hasStack) {
    await alone(folder, destroy).catch((error: Error) => {
      if (error.message.includes('in use by process')) {
        console.error(error.message)
        process.exit(1)
      }
      console.error(`the stack could not be destroyed (${error.message}); its sandbox is removed all the same`)
    })
  }
  rmSync(folder.path, { recursive: true, force: true })
  console.error('removed .entrada')
}
process.exit()

async function destroy(): Promise<void> {
  const engine = await ensureEngine()
  const services = await startServices(folder, { users: 200, say: console.error })
  try {
    const stack = await openLocalStack(folder, engine.command, services)
    const { summary } = await stack.destroy({ color: 'never' })
    console.error(`destroyed ${summary.resourceChanges?.delete ?? 0} resources`)
  } finally {
    await services.stop()
  }
}
