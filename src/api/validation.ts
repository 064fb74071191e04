import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { detailsOf, HubError } from '../errors.ts';
import type { RouteWording } from './route-wording.ts';

/** Has each route's schemas look at what it is sent; what they find is said in the words of the route. */
export function validate(app: FastifyInstance, wordingOf: RouteWording): void {
  app.setValidatorCompiler<z.core.$ZodType>(({ schema, url, httpPart }) => {
    const params = { error: wordingOf(url).ofSchema };
    return (given) => {
      // fastify hands over null if there is no body; to a schema, absence is undefined.
      const value = httpPart === 'body' ? (given ?? undefined) : given;
      const result = z.safeParse(schema, value, params);
      if (result.success) return { value: result.data };
      const details = detailsOf(result.error);
      return { error: new HubError('invalid_request', 'The request does not fit its schema.', { details }) };
    };
  });
}

/** Takes whatever comes: the `validatorCompiler` of a route that checks it by itself, and has its schema for the documentation. */
export const unchecked = () => (value: unknown) => ({ value });
