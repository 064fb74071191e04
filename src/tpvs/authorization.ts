/**
 * The key in an Authorization header: `ApiKey <key>`, or `Bearer <key>` as older TPVs send it.
 * @returns undefined where the header is missing or of another kind
 */
export function apiKeyOf(authorization: string | undefined): string | undefined {
  return /^(?:ApiKey|Bearer) +(\S{1,512})$/i.exec(authorization ?? '')?.[1];
}
