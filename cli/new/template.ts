import { type Document, isCollection, isMap, parseDocument } from 'yaml'

/** A new stack's file before its own values are in it. */
export const TEMPLATE = `# yaml-language-server: $schema=./schema.json
# All settings: docs/stack-file.md. What all stacks have in common is in defaults.yaml.
config:
  # The Entra tenant: its id or one of its verified domains.
  entrada:tenantId: ~

  # The application's name in the Entra gallery, and the name it gets in this tenant.
  entrada:application: ~
  entrada:displayName: ~

  # As the application shows them for its provisioning configuration. The secret is written here, encrypted, by
  #   npm run pulumi -- config set --path --secret entrada:target.clientSecret --stack <stack>
  entrada:target:
    kind: ~

  # Who is provisioned: names or object ids of security groups, user principal names of users.
  entrada:assignments: {}

  # Words to pick stacks by: rings of rollout.yaml, --label of commands.
  entrada:labels: []
`

/**
 * The template's text with values put in; comments and other values stay, and what belongs to the template's own stack
 * (its secret and what decrypts it) goes.
 */
export function fillTemplate(template: string, settings: Record<string, unknown>, stack: string): string {
  const document = parseDocument(template.replaceAll('<stack>', stack))
  for (const key of ['encryptionsalt', 'encryptedkey', 'secretsprovider']) document.delete(key)
  for (const key of ['clientSecret', 'clientSecretExpires']) document.deleteIn(['config', 'entrada:target', key])
  for (const [key, value] of Object.entries(settings)) put(document, ['config', `entrada:${key}`], value)
  prune(document)
  return document.toString({ lineWidth: 0 })
}

function put(document: Document, path: string[], value: unknown): void {
  const there = document.getIn(path)
  if (isBag(value) && isMap(there) && there.items.length > 0) {
    for (const [key, inner] of Object.entries(value)) put(document, [...path, key], inner)
  } else document.setIn(path, typeof value === 'object' ? document.createNode(value) : value)
}

const isBag = (value: unknown): value is object => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Places of the template that were not filled. */
function prune(document: Document): void {
  const config = document.get('config')
  if (!isMap(config)) return
  for (const { key } of [...config.items]) {
    const value = config.get(key)
    if (isMap(value) && value.has('kind') && value.get('kind') === undefined) value.delete('kind')
    if (value === undefined || (isCollection(value) && value.items.length === 0)) config.delete(key)
  }
}
