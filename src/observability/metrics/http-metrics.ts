import { Counter, type Registry } from 'prom-client';

/**
 * Counts answers by route and class of status. Routes are the patterns that the server was given, so that there are
 * only so many, whatever strangers ask for.
 */
export function httpMetrics(register: Registry): (method: string, route: string | undefined, status: number) => void {
  const requests = new Counter({
    name: 'hub_http_requests_total',
    help: 'Answers by route pattern and class of status',
    labelNames: ['method', 'route', 'status'],
    registers: [register],
  });
  const children = new Map<string, ReturnType<typeof requests.labels>>();
  return (method, route, status) => {
    // What matches no route may come with any method.
    const of = route === undefined ? 'any' : method;
    const key = `${of} ${status} ${route}`;
    let child = children.get(key);
    if (child === undefined) {
      child = requests.labels(of, route ?? 'none', `${Math.floor(status / 100)}xx`);
      children.set(key, child);
    }
    child.inc();
  };
}
