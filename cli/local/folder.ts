/** Where `npm start` keeps everything of a clone: `.entrada/`, removed by `npm run clean`. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../tools/setup/node.mjs'

export const STACK = 'local'
export const PROJECT = 'entrada'

export interface LocalFolder {
  path: string
  /** Of the Pulumi CLI: plugins, caches. */
  pulumiHome: string
  /** File backend with the stack's state. */
  backend: string
  /** Project and stack file as the engine reads them. */
  workspace: string
  logs: string
  sandbox: string
  scim: string
  passphraseFile: string
  ports: string
  services: string
}

export function localFolder(base = process.env.ENTRADA_LOCAL ?? path.join(root, '.entrada')): LocalFolder {
  const at = (name: string) => path.join(base, name)
  return {
    path: base,
    pulumiHome: at('pulumi'),
    backend: at('state'),
    workspace: at('workspace'),
    logs: at('logs'),
    sandbox: at('sandbox'),
    scim: at('scim'),
    passphraseFile: at('passphrase'),
    ports: at('ports.json'),
    services: at('services.json'),
  }
}

export function prepareFolder(folder: LocalFolder): void {
  for (const name of ['pulumiHome', 'backend', 'workspace', 'logs', 'sandbox', 'scim'] as const) {
    mkdirSync(folder[name], { recursive: true })
  }
  secretFile(folder.passphraseFile)
}

/** Replaces `file` in one step: who is killed while writing leaves the old content. */
export function writeWhole(file: string, content: string, mode = 0o644): void {
  writeFileSync(`${file}.new`, content, { mode })
  renameSync(`${file}.new`, file)
}

/** The secret kept in `file`, readable by its owner only; made at first use. */
export function secretFile(file: string): string {
  if (!existsSync(file)) writeWhole(file, randomBytes(24).toString('base64url'), 0o600)
  return readFileSync(file, 'utf8').trim()
}
