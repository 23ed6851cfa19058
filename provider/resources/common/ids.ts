/** Ids of resources are Graph paths, so that an import can be written down from what the portal shows. */

/** The object id out of `/servicePrincipals/{id}`, or the text itself when it is no path. */
export function servicePrincipalIdOf(text: string): string {
  return /^\/?servicePrincipals\/([^/]+)/i.exec(text)?.[1] ?? text
}

export function servicePrincipalPath(id: string): string {
  return `/servicePrincipals/${encodeURIComponent(servicePrincipalIdOf(id))}`
}

/** Name given in the program: the last part of a URN. */
export function nameOf(urn: string): string {
  return urn.split('::').at(-1) ?? urn
}
