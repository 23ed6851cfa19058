import fc from 'fast-check'

/** A request that nobody should send, or that is at the edge of what one may. */
export interface Hostile {
  method: string
  /** Below the tenant's URL. */
  path: string
  headers: Record<string, string>
  body?: string | Buffer
}

/** Text that has broken parsers, databases and renderers: of quotes, escapes, other scripts, half characters, too long. */
const nasty = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      '"',
      '\\',
      "'",
      '%',
      '_',
      '\ud800',
      '\udfff',
      '\ufeff',
      '\u202e',
      '\u0301'.repeat(50),
      'ﬃ',
      'İ',
      'ß',
    ],
    ...[
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'null',
      'undefined',
      'NaN',
      '-0',
      '1e999',
      '$ref',
      '$.a ? (@ == 1)',
    ],
    ...[
      "'; DROP TABLE resource; --",
      '#{7*7}',
      '{{7*7}}',
      '<script>alert(1)</script>',
      '../../etc/passwd',
      '%00',
      '%ff',
      '\r\nx: y',
    ],
    ...[
      '2026-02-30T00:00:00Z',
      '9'.repeat(400),
      'a'.repeat(10_000),
      '('.repeat(5_000),
      'a.'.repeat(4_000),
      '['.repeat(3_000),
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
)

const names = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...[
        'userName',
        'USERNAME',
        'displayName',
        'active',
        'emails',
        'emails.value',
        'emails.type',
        'name',
        'name.familyName',
        'members',
      ],
      ...[
        'members.value',
        'groups',
        'groups.value',
        'meta',
        'meta.created',
        'meta.lastModified',
        'id',
        'externalId',
        'schemas',
        'roles',
      ],
      ...[
        'manager',
        'title',
        'x509Certificates.value',
        'photos',
        'password',
        'addresses.locality',
        'phoneNumbers.primary',
      ],
      ...[
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
        'urn:ietf:params:scim:schemas:core:2.0:User:userName',
      ],
      ...[
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
        'urn:entrada:params:scim:schemas:extension:licence:2.0:User:state',
      ],
    ),
  },
  { weight: 1, arbitrary: nasty },
)

const literals = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'null',
    'True',
    '1',
    '-1.5e3',
    '"x"',
    '"work"',
    '""',
    '"2026-01-01T00:00:00Z"',
    '"\\u0000"',
    '"\\ud800"',
    '"',
  ),
  nasty.map((text) => JSON.stringify(text)),
  nasty,
)
const operators = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr', 'EQ', 'xx', '', '=')
const joints = fc.constantFrom(' and ', ' or ', ' not ', ' AND (', ')', ' ', '[', ']', '', '(', ' and not (')

/** Mostly near what the grammar allows, so that it gets past the parser. */
export const filters: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(names, operators, literals).map((parts) => parts.join(' ')),
  fc
    .tuple(names, names, operators, literals)
    .map(([path, sub, operator, value]) => `${path}[${sub} ${operator} ${value}]`),
  fc
    .array(
      fc
        .tuple(names, operators, literals, joints)
        .map(([name, operator, value, joint]) => `${name} ${operator} ${value}${joint}`),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
  fc.tuple(fc.nat(60), names).map(([depth, name]) => `${'not ('.repeat(depth)}${name} pr${')'.repeat(depth)}`),
  nasty,
)

const paths = fc.oneof(
  names,
  fc.tuple(names, filters, names).map(([name, filter, sub]) => `${name}[${filter}].${sub}`),
  fc.tuple(names, filters).map(([name, filter]) => `${name}[${filter}]`),
  nasty,
)

const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    nasty,
    fc.boolean(),
    fc.constant(null),
    fc.double(),
    fc.integer(),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
  object: fc
    .array(fc.tuple(fc.oneof(names, nasty), tie('value')), { maxLength: 6 })
    .map((entries) => Object.fromEntries(entries)),
})).value

const resources = fc.tuple(fc.constantFrom('User', 'Group'), values).map(([type, value]) => ({
  ...(typeof value === 'object' && value),
  schemas: [`urn:ietf:params:scim:schemas:core:2.0:${type}`],
}))
const patches = fc
  .array(
    fc.record(
      { op: fc.constantFrom('add', 'Replace', 'remove', 'move', ''), path: paths, value: values },
      { requiredKeys: [] },
    ),
    { maxLength: 5 },
  )
  .map((Operations) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }))
const searches = fc
  .record(
    { filter: filters, attributes: fc.array(names), sortBy: names, startIndex: values, count: values, cursor: nasty },
    { requiredKeys: [] },
  )
  .map((search) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], ...search }))
const bulks = fc
  .array(
    fc.record(
      {
        method: fc.constantFrom('POST', 'PATCH', 'put', 'DELETE', 'GET', ''),
        path: fc.oneof(fc.constantFrom('/Users', '/Groups', '/Users/bulkId:a', '/Bulk'), nasty),
        bulkId: fc.constantFrom('a', 'b', ''),
        data: fc.oneof(resources, patches, values),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 5 },
  )
  .map((Operations) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations }))

const bodies: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 6, arbitrary: fc.oneof(resources, patches, searches, bulks).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: nasty },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.nat(2_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)) },
)
const rarely = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
const visible = fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, ''))

const headers = fc
  .record({
    'content-type': rarely(
      fc.constantFrom('application/json', 'text/plain', 'application/scim+json; charset=latin1', 'x'),
    ),
    'content-encoding': rarely(fc.constantFrom('gzip', 'x')),
    accept: rarely(fc.constantFrom('text/html', 'application/json;q=0.1, */*;q=0', ';;,q=x')),
    'if-match': rarely(fc.oneof(fc.constantFrom('*', 'W/"1"', '"', 'W/"99999999999999999999"'), visible)),
    'if-none-match': rarely(fc.oneof(fc.constantFrom('*', 'W/"1"'), visible)),
    prefer: rarely(fc.constantFrom('return=minimal', 'return=representation', 'x;;=', '')),
    authorization: rarely(
      fc.oneof(
        fc.constantFrom('Bearer', 'Bearer x', 'Basic eA==', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.', ''),
        fc.base64String({ maxLength: 60 }).map((text) => `Bearer ${text}.${text}.${text}`),
      ),
    ),
  })
  .map(
    (given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Record<string, string>,
  )

const query = fc
  .record(
    {
      filter: filters,
      attributes: names,
      excludedAttributes: names,
      sortBy: names,
      sortOrder: fc.constantFrom('ascending', 'descending', 'x'),
      startIndex: fc.oneof(fc.integer().map(String), nasty),
      count: fc.oneof(fc.integer({ min: -1, max: 300 }).map(String), nasty),
      cursor: nasty,
    },
    { requiredKeys: [] },
  )
  .map((parameters) =>
    Object.entries(parameters)
      .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
      .join('&'),
  )

/**
 * Requests over the whole surface of SCIM, most of them nearly right. They are meant to be sent with a valid token and
 * content type where they have none of their own. `user` and `group` are the ids of resources that exist.
 */
export function hostileRequests(user: string, group: string): fc.Arbitrary<Hostile> {
  const request = (
    method: fc.Arbitrary<string> | string,
    path: fc.Arbitrary<string> | string,
    body?: fc.Arbitrary<string | Buffer>,
  ): fc.Arbitrary<Hostile> =>
    fc.record({
      method: typeof method === 'string' ? fc.constant(method) : method,
      path: typeof path === 'string' ? fc.constant(path) : path,
      headers,
      ...(body && { body }),
    })
  const json = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> => value.map((each) => JSON.stringify(each))
  const collections = fc.constantFrom('/Users', '/Groups', '/', `/Users/${user}`, `/Groups/${group}`, '/Schemas', '/Me')
  const one = fc.constantFrom(`/Users/${user}`, `/Groups/${group}`)
  const odd = nasty.map((text) => `/Users/${encodeURIComponent(text.toWellFormed())}`)
  return fc.oneof(
    {
      weight: 5,
      arbitrary: request(
        'GET',
        fc.tuple(collections, query).map(([path, search]) => `${path}?${search}`),
      ),
    },
    { weight: 5, arbitrary: request('PATCH', one, json(patches)) },
    {
      weight: 2,
      arbitrary: request(
        fc.constantFrom('POST', 'PUT'),
        fc.oneof(fc.constantFrom('/Users', '/Groups'), one),
        json(resources),
      ),
    },
    {
      weight: 2,
      arbitrary: request('POST', fc.constantFrom('/.search', '/Users/.search', '/Groups/.search'), json(searches)),
    },
    { weight: 2, arbitrary: request('POST', '/Bulk', json(bulks)) },
    { weight: 1, arbitrary: request(fc.constantFrom('POST', 'PUT', 'PATCH'), one, bodies) },
    { weight: 1, arbitrary: request(fc.constantFrom('GET', 'DELETE', 'HEAD', 'OPTIONS', 'PUT'), odd) },
  )
}
