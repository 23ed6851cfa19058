/**
 * The file that a tenant travels in: lines of JSON. First a `Header`; then `{ table: row }` for each row, in the order of
 * `tables`; last `{ end: { table: number of rows } }`, by which a file that was cut off is told.
 */
export interface Header {
  format: 'entrada-scim-tenant'
  version: 1
  exported: string
  tenant: { name: string; display_name: string; created: string; settings: object }
}

export type Row = Record<string, unknown>

interface Table {
  columns: string[]
  /** The order in which rows are read, and have to be written; unique, so that it can be read page by page. */
  order: string[]
  /** Columns that are made anew where the rows arrive: from the document, or by the database. */
  derived: string[]
  /** How the rows of a tenant are found, where they do not name it. */
  through?: 'configuration'
}

export const tables: Record<string, Table> = {
  licence_pool: { columns: ['type', 'seats', 'used'], order: ['type'], derived: [] },
  configuration: {
    columns: [
      ...['id', 'name', 'name_key', 'default_licence', 'managed_by', 'client_id'],
      ...['created', 'access', 'federation', 'jwks'],
    ],
    order: ['id'],
    derived: [],
  },
  client_secret: {
    columns: ['id', 'configuration', 'hash', 'retires_others', 'created', 'expires', 'last_used'],
    order: ['seq'],
    derived: ['seq'],
    through: 'configuration',
  },
  used_assertion: {
    columns: ['configuration', 'hash', 'expires'],
    order: ['configuration', 'hash'],
    derived: [],
    through: 'configuration',
  },
  resource: {
    columns: [
      ...['id', 'type', 'seq', 'version', 'attrs', 'created', 'modified', 'configuration'],
      ...['base_licence', 'licence_type', 'licence_state', 'licence_held', 'waiting_since'],
    ],
    order: ['type', 'seq'],
    derived: ['user_name_key', 'display_name_key', 'external_id', 'active'],
  },
  membership: {
    columns: ['group_id', 'member_id', 'member_type'],
    order: ['group_id', 'member_id'],
    derived: [],
  },
  group_licence: { columns: ['group_id', 'type'], order: ['group_id'], derived: [] },
  audit: {
    columns: ['at', 'actor', 'action', 'subject', 'subject_id', 'changed'],
    order: ['seq'],
    derived: ['seq'],
  },
}

/** Made by the import from the resources. */
export const derivedTables = ['attr_value', 'resource_count']

/** Why a tenant cannot be exported or imported, in words for who asked for it. */
export class TransferError extends Error {}
