import { readFileSync } from 'node:fs'
import path from 'node:path'
import { stackFileSchema } from '../../config/jsonSchema.ts'
import { root } from '../../tools/setup/node.mjs'

/** What `stacks/schema.json` holds; what an editor shows for a setting is what docs/stack-file.md says of it. */
export function schemaText(): string {
  const descriptions = new Map(settingRows(readFileSync(path.join(root, 'docs', 'stack-file.md'), 'utf8')))
  return `${JSON.stringify(
    stackFileSchema((setting) => descriptions.get(setting)),
    null,
    2,
  )}\n`
}

/** `| key | values | default | meaning |`, without the marks of Markdown. */
function settingRows(markdown: string): [string, string][] {
  const rows = markdown.matchAll(/^\| `([\w.]+)` \|(.*)\|(.*)\|(.*)\|$/gm)
  return [...rows].map(([, key, values, fallback, meaning]) => {
    const parts = [meaning, values, fallback && `default: ${fallback.trim()}`].map((part) => plain(part ?? ''))
    return [key!, parts.filter((part) => part !== '' && part !== 'default:').join('. ')]
  })
}

function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim()
    .replace(/\.$/, '')
}
