/** A refusal of RFC 6749 §5.2. The description is for the administrator of the client, and holds nothing secret. */
export class OAuthError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, description: string) {
    super(description)
    this.status = status
    this.code = code
  }
}

export const invalidRequest = (description: string): OAuthError => new OAuthError(400, 'invalid_request', description)
export const invalidClient = (description: string): OAuthError => new OAuthError(401, 'invalid_client', description)
