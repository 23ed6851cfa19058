/** What an update would do. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { initStack, previewAttached, type Run, type RunOptions, type Site } from '../engine/attached.ts'
import type { Step } from './result.ts'

export interface LookOptions {
  run: RunOptions
  /** The backend is known not to have the stack. */
  missing: boolean
  /** Write nothing, in the backend neither. */
  preview: boolean
  begin(step: Step): void
  /** The stack was made, and the engine has written how its secrets are encrypted. */
  made(): void
}

/** A stack that the backend does not have is made first, or, to look only, imagined. */
export async function lookAhead(site: Site, { run, missing, preview, begin, made }: LookOptions): Promise<Run> {
  if (!missing) {
    begin('preview')
    const found = await previewAttached(site, run)
    if (found.failure?.reason !== 'noSuchStack') return found
  }
  if (preview) {
    begin('preview')
    return imagined(site, run)
  }
  begin('create')
  await initStack(site)
  made()
  begin('preview')
  return previewAttached(site, run)
}

/** In a backend of its own, for this once. */
async function imagined(site: Site, run: RunOptions): Promise<Run> {
  const folder = mkdtempSync(path.join(tmpdir(), 'entrada-preview-'))
  const there = { ...site, env: { ...site.env, PULUMI_BACKEND_URL: `file://${folder}` } }
  try {
    await initStack(there)
    const seen = await previewAttached(there, run)
    return { ...seen, warnings: ['the backend does not have this stack yet; the update makes it', ...seen.warnings] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
