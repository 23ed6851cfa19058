/**
 * A project folder for one stack's engine: runs the program and the provider of this clone from elsewhere, so that
 * engines side by side share no file, and what the engine writes stays out of tracked files.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { root } from '../../tools/setup/node.mjs'
import { writeWhole } from '../local/folder.ts'

interface Project {
  name: string
  main: string
  stackConfigDir?: string
  plugins: { providers: { name: string; path: string }[] }
}

/** Writes `Pulumi.yaml` into `workDir`; stack files are looked for beside it. */
export function writeProject(workDir: string): void {
  const { stackConfigDir: _, ...project } = parse(readFileSync(path.join(root, 'Pulumi.yaml'), 'utf8')) as Project
  const providers = project.plugins.providers.map((provider) => ({
    ...provider,
    path: path.resolve(root, provider.path),
  }))
  const main = path.relative(workDir, path.resolve(root, project.main))
  mkdirSync(workDir, { recursive: true })
  writeWhole(path.join(workDir, 'Pulumi.yaml'), stringify({ ...project, main, plugins: { providers } }))
}
