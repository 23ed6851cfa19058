import { propertyLines } from '../drift/report.ts'
import type { Adoption, Plan } from './adopt.ts'

/** What will be written, before a person agrees. */
export function planText({ text, file, application, beyond }: Plan): string {
  const { displayName, servicePrincipalId, jobId } = application
  return [
    `${displayName} (service principal ${servicePrincipalId}, job ${jobId})`,
    text === null ? `\n${file} is there and is kept` : `\n${file}:\n\n${text.trimEnd()}`,
    ...(text === null ? beyondLines(beyond) : []),
  ].join('\n')
}

/** What was done, what is left, and what the next update would do. */
export function adoptionText({ stack, file, application, beyond, missing, taken, preview }: Adoption): string {
  return [
    file,
    ...beyondLines(beyond),
    ...(missing.length > 0
      ? ['', 'Yet to be given:', ...missing.map(({ setting, why }) => `  entrada:${setting}: ${why}`)]
      : []),
    '',
    ...(taken
      ? [
          taken.adopted.length > 0
            ? `${application.displayName} is in the state of stack ${stack}: ${taken.adopted.join(', ')}`
            : `${application.displayName} was in the state of stack ${stack} already`,
          ...taken.left.map((name) => `  not there, so the next update makes it: ${name}`),
        ]
      : ['Nothing is in the state yet: complete the file and run the same command again.']),
    ...previewLines(preview, missing.length > 0),
  ].join('\n')
}

function beyondLines(beyond: Plan['beyond']): string[] {
  if (beyond.length === 0) return []
  return ['', 'What no setting says:', ...beyond.flatMap(({ what, outcome }) => [`  ${what}`, `    ${outcome}`])]
}

function previewLines(preview: Adoption['preview'], secretIsOpen: boolean): string[] {
  if (!preview) return []
  if (preview.errors.length > 0) return ['The next update would fail:', ...preview.errors.map((error) => `  ${error}`)]
  if (preview.changes.length === 0)
    return [`The next update changes nothing: ${preview.unchanged} resources are as the file says.`]
  const ofBundled = preview.changes.some(({ properties }) => properties.some(({ path }) => path === 'secretId'))
  const why = secretIsOpen
    ? ' (Entra does not tell the client secret: it is written once it is set)'
    : ofBundled
      ? ' (the SCIM service tells a client secret once only: it is asked for a new one, and the old one is valid until then)'
      : ''
  return [
    `The next update would change${why}:`,
    ...preview.changes.flatMap((change) => [`    ${change.op} ${change.name}`, ...propertyLines(change)]),
  ]
}
