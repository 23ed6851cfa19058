/**
 * The local stack's project folder. The engine writes its encryption salt into the stack file there; the tracked stack
 * file stays the source of the config.
 */
import { existsSync, readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { writeProject } from '../engine/project.ts'
import { stackFile } from '../stack/files.ts'
import { type LocalFolder, STACK, writeWhole } from './folder.ts'

export function writeWorkspace(folder: LocalFolder): void {
  writeProject(folder.workspace)
  const file = stackFile(STACK, folder.workspace)
  const tracked = parse(readFileSync(stackFile(STACK), 'utf8')) as { config: object }
  const before = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as { encryptionsalt?: string }) : {}
  const salt = before.encryptionsalt && { encryptionsalt: before.encryptionsalt }
  writeWhole(file, stringify({ ...salt, config: tracked.config }))
}
