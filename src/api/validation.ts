import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { detailsOf, type ErrorDetail, HubError } from '../errors.ts';
import { ENGLISH, SPANISH } from '../wording/wording.ts';
import { isOfPanel, type RouteWording } from './route-wording.ts';

/** Has each route's schemas look at what it is sent; what they find is said in the words of the route. */
export function validate(app: FastifyInstance, wordingOf: RouteWording): void {
  app.setValidatorCompiler<z.core.$ZodType>(({ schema, url, httpPart }) => {
    const params = { error: wordingOf(url).ofSchema };
    return (given) => {
      // fastify hands over null if there is no body; to a schema, absence is undefined.
      const value = httpPart === 'body' ? (given ?? undefined) : given;
      const result = z.safeParse(schema, value, params);
      if (result.success) return { value: result.data };
      const details = isOfPanel(url) ? inBothLanguages(schema, value, result.error) : detailsOf(result.error);
      return { error: new HubError('invalid_request', 'The request does not fit its schema.', { details }) };
    };
  });
}

/** Which of them the panel's account reads is known only where it is answered; zod words what it finds at once. */
function inBothLanguages(schema: z.core.$ZodType, value: unknown, spanish: z.core.$ZodError): ErrorDetail[] {
  const found = z.safeParse(schema, value, { error: ENGLISH.ofSchema }).error;
  const english = found === undefined ? [] : detailsOf(found);
  return detailsOf(spanish).map(({ path, message }, index) => ({
    path,
    message: (words) => (words === SPANISH.words ? message : (english[index]?.message ?? message))(words),
  }));
}

/** Takes whatever comes: the `validatorCompiler` of a route that checks it by itself, and has its schema for the documentation. */
export const unchecked = () => (value: unknown) => ({ value });
