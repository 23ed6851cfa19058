import { z } from 'zod'
import { flag, known, optionalText, text } from '../common/check.ts'

export interface AppRoleAssignmentsInputs {
  servicePrincipalId: string
  /** Display names or object ids. */
  groups: string[]
  /** User principal names or object ids. */
  users: string[]
  /** Name, value or id of an app role. */
  role?: string
  exclusive: boolean
}

export interface AssignedPrincipal {
  /** As the program names it. */
  name: string
  id: string
  displayName: string
  type: 'User' | 'Group'
  assignmentId: string
}

export interface AppRoleAssignmentsOutputs {
  appRoleId: string
  principals: AssignedPrincipal[]
  warnings: string[]
}

export const appRoleAssignmentsSchema = z.strictObject({
  servicePrincipalId: text(),
  groups: known(z.array(text()).default([])),
  users: known(z.array(text()).default([])),
  role: optionalText(),
  exclusive: flag(false),
})
