import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** The machine's own browser, if it has one. */
export function findBrowser(path = process.env.PATH ?? ''): string | undefined {
  const files = path.split(delimiter).flatMap((directory) => names.map((name) => join(directory, name)))
  return files.find((file) => existsSync(file))
}

/** Quiet: a browser that is being tested asks nobody for updates or anything else. */
export async function openBrowser(executablePath: string): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  return await chromium.launch({ executablePath, args, headless: true })
}
