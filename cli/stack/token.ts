/** Source: Microsoft identity platform, "Access token claims reference". */
export interface Claims {
  tid?: string
  oid?: string
  appid?: string
  app_displayname?: string
  upn?: string
  unique_name?: string
  roles?: string[]
  scp?: string
}

/** A token is meant for whom it is made for; its claims are a help, and where there are none nothing is known. */
export function claimsOf(token: string): Claims {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims
  } catch {
    return {}
  }
}
