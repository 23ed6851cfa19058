import type { ResourceType } from '../schema/model.ts'

/** One operation on one resource, whether it came by itself or in a bulk request. */
export interface ScimRequest {
  method: 'get' | 'create' | 'replace' | 'patch' | 'delete'
  type: ResourceType['name']
  /** For `create` the id that the resource shall have. */
  id: string
  body?: unknown
  /** Comma-separated, as in a URL: RFC 7644 §3.9. */
  attributes?: string
  excludedAttributes?: string
  /** Header values: RFC 9110 §13.1, RFC 7240 §2. */
  ifMatch?: string
  ifNoneMatch?: string
  prefer?: string
}

export interface ScimAnswer {
  status: number
  body?: object
  etag?: string
  /** Where the resource is. */
  location?: string
  /** The preference of the request that was followed. */
  applied?: string
}
