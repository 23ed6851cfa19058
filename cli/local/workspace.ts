/**
 * A project folder of its own for the local stack. The engine writes its encryption salt into the stack file, which
 * must not change a file under version control; the tracked stack file stays the source of the config.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { root } from '../../tools/setup/node.mjs'
import { type LocalFolder, STACK, writeWhole } from './folder.ts'

interface Project {
  name: string
  main: string
  stackConfigDir?: string
  plugins: { providers: { name: string; path: string }[] }
}

export function writeWorkspace(folder: LocalFolder): void {
  const project = parse(readFileSync(path.join(root, 'Pulumi.yaml'), 'utf8')) as Project
  const { stackConfigDir = '.', ...rest } = project
  const providers = project.plugins.providers.map((provider) => ({
    ...provider,
    path: path.resolve(root, provider.path),
  }))
  const main = path.relative(folder.workspace, path.resolve(root, project.main))
  write(path.join(folder.workspace, 'Pulumi.yaml'), { ...rest, main, plugins: { providers } })

  const name = `Pulumi.${STACK}.yaml`
  const file = path.join(folder.workspace, name)
  const tracked = parse(readFileSync(path.join(root, stackConfigDir, name), 'utf8')) as { config: object }
  const before = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as { encryptionsalt?: string }) : {}
  write(file, { ...(before.encryptionsalt && { encryptionsalt: before.encryptionsalt }), config: tracked.config })
}

function write(file: string, content: object): void {
  writeWhole(file, stringify(content))
}
