import { CsvError, parse } from 'csv-parse/sync'
import { secretColumn } from './cells.ts'
import type { Wish } from './plan.ts'

/**
 * One wish a row. The first line names the columns: `stack`, others after settings (`target.tenantUrl`); an empty cell
 * says nothing.
 * @throws for a file that is no CSV, has no column `stack`, or a column of secrets
 */
export function rowsOf(text: string): Wish[] {
  const rows = records(text)
  const [header = []] = rows
  if (!header.includes('stack')) {
    throw new Error(`the first line must name the columns, one of them stack; it is: ${header.join(', ')}`)
  }
  const secret = header.find(secretColumn)
  if (secret) {
    throw new Error(
      `column ${secret} is a secret, which must not stand in files in clear: take the column out, and set each stack's by\n` +
        '  npm run pulumi -- config set --stack <stack> --path --secret entrada:target.clientSecret',
    )
  }
  return rows.slice(1).map((row, index) => {
    const cells = header.map((column, at) => [column.replace(/^entrada:/, ''), row[at] ?? ''] as const)
    const { stack = '', ...rest } = Object.fromEntries(cells.filter(([, value]) => value !== ''))
    return { place: `row ${index + 2}`, stack, cells: rest }
  })
}

function records(text: string): string[][] {
  const [header = ''] = text.split('\n', 1)
  // Spreadsheets of some countries write another separator.
  const delimiter = [',', ';', '\t'].find((one) => header.includes(one)) ?? ','
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, delimiter })
  } catch (error) {
    throw error instanceof CsvError ? new Error(`the file is not CSV: ${error.message}`) : error
  }
}
