import { z } from 'zod'
import { flag, known, optionalText, text } from '../common/check.ts'

export interface GalleryApplicationInputs {
  /** Name or id of the gallery application. */
  template: string
  displayName?: string
  assignmentRequired: boolean
  hidden: boolean
  notes?: string
  /** Object ids or user principal names. */
  owners?: string[]
  adoptExisting: boolean
  purgeOnDelete: boolean
}

export interface GalleryApplicationOutputs {
  /** As the tenant shows it, also where none was asked for. */
  displayName: string
  templateId: string
  applicationObjectId: string
  clientId: string
  servicePrincipalId: string
  appRoles: { id: string; displayName: string; value: string | null; isEnabled: boolean }[]
  /** False for an application that was there before; such a one is left in place at the end. */
  created: boolean
}

export const galleryApplicationSchema = z.strictObject({
  template: text(),
  displayName: known(z.string().trim().min(1).max(120).optional()),
  assignmentRequired: flag(true),
  hidden: flag(false),
  notes: optionalText(),
  owners: known(z.array(text()).optional()),
  adoptExisting: flag(false),
  purgeOnDelete: flag(false),
})
