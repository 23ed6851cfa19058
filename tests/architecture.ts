import path from 'node:path'

/** What each part may import besides itself; a part not listed here may import nothing. `index.ts` is the program. */
const ALLOWED: Record<string, readonly string[]> = {
  'index.ts': ['components', 'config'],
  components: ['provider/sdk', 'azure'],
  onboarding: ['components', 'config', 'provider/graph'],
  config: ['azure'],
  azure: [],
  'provider/sdk': [],
  'provider/server': ['provider/resources', 'provider/graph'],
  'provider/resources': ['provider/graph'],
  'provider/graph': [],
  sync: [],
  sandbox: ['sync'],
  scim: [],
  policy: [],
  cli: ['sync', 'config', 'azure', 'provider/graph', 'provider/resources', 'provider/server', 'index.ts', 'tools'],
  tools: [],
}

/** These prove things across parts; nothing imports them. */
const FREE = ['tests', 'bench', 'jest.config.mjs']

/** Products of their own, which must stand without the rest; their tests too. */
const ALONE = ['scim', 'sync']

/** Folders whose code may become part of a stack's program, by these rules. */
export function programFolders(part = 'index.ts'): string[] {
  const below = ALLOWED[part] ?? []
  return [...new Set(below.flatMap((inner) => [inner.split('/')[0]!, ...programFolders(inner)]))].sort()
}

/** @returns one line for each import of `source` that the house rules do not allow */
export function forbiddenImports(file: string, source: string): string[] {
  const from = partOf(file)
  if (FREE.includes(from)) return []
  const isTest = /\.test(ing)?\.ts$/.test(file)
  return importsOf(source)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => path.posix.join(path.posix.dirname(file), specifier))
    .filter((target) => {
      const to = partOf(target)
      if (to === from) return false
      if (to === 'scim') return true
      if (isTest && !ALONE.includes(from)) return false
      return !(ALLOWED[from] ?? []).includes(to)
    })
    .map((target) => `${file} imports ${target}: ${from} may import ${(ALLOWED[from] ?? []).join(', ') || 'nothing'}`)
}

/** Names of npm packages that `source` imports. */
export function packagesOf(source: string): string[] {
  return importsOf(source)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)![0])
}

/** `provider/graph/client.ts` → `provider/graph`, `cli/main.ts` → `cli`, `index.ts` → `index.ts` */
function partOf(file: string): string {
  const [first = '', second = ''] = file.split('/')
  return first === 'provider' ? `${first}/${second}` : first
}

/** Specifiers of static and dynamic imports and of re-exports. */
function importsOf(source: string): string[] {
  const code = source.replace(/^\s*(\/?\*|\/\/).*$/gm, '')
  const patterns = [
    /\bfrom\s*['"]([^'"\s]+)['"]/g,
    /\bimport\s*\(?\s*['"]([^'"\s]+)['"]/g,
    /\brequire(?:\.resolve)?\(\s*['"]([^'"\s]+)['"]/g,
  ]
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!))
}
