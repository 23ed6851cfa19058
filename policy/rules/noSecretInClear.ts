import type { Rule } from '../rule.ts'
import { type Leaf, texts } from '../values.ts'
import { isSecretName, secretKindOf } from './secretLike.ts'

export const noSecretInClear: Rule = {
  name: 'no-secret-in-clear',
  level: 'mandatory',
  needsSecrets: true,
  what: 'Secrets reach the engine as secrets.',
  why: 'What does not stands readable in the state, in diffs and in logs, for all who may see those.',
  fix: 'Set it with `pulumi config set --secret`, or wrap it in pulumi.secret(…); what has been stored in clear must be replaced.',
  check({ props }, { secrets }) {
    if (!secrets) return ['at this level the engine does not show what is secret: use remediate or disabled']
    return texts(props)
      .filter(({ path }) => !isWithin(path, secrets))
      .flatMap((leaf) => {
        const reason = reasonFor(leaf)
        return reason ? [`${leaf.path} ${reason} and is no secret to the engine`] : []
      })
  },
}

/** Never with the value in it. */
function reasonFor({ names, label, value }: Leaf): string | undefined {
  const kind = secretKindOf(value)
  if (kind) return `holds ${kind}`
  const named = isSecretName(names) || (label !== undefined && isSecretName([label]))
  return value !== '' && named ? 'is named like a secret' : undefined
}

/** A secret object makes all in it secret. */
function isWithin(path: string, secrets: ReadonlySet<string>): boolean {
  return [...secrets].some(
    (secret) => secret === '' || path === secret || path.startsWith(`${secret}.`) || path.startsWith(`${secret}[`),
  )
}
