/**
 * Where a service is reached, if not where the SDK finds it. Source: AWS SDKs and Tools reference guide, "Service-specific
 * endpoints". The SDK for JavaScript itself reads the services section of the default profile alone.
 */
import { loadSharedConfigFiles } from '@smithy/core/config';

/**
 * The endpoint that the environment or the profile names for a service, by its `serviceId` in the API model, such as
 * `Secrets Manager`; undefined: none. Earlier ones win: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the services
 * section of the profile, its `endpoint_url`.
 */
export async function findConfiguredEndpoint(serviceId: string, profile?: string): Promise<string | undefined> {
  const { env } = process;
  const word = serviceId.replaceAll(' ', '_');
  const { configFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const section = configFile[profile ?? env.AWS_PROFILE ?? 'default'] ?? {};
  if ((env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || section.ignore_configured_endpoint_urls) === 'true') return undefined;
  const services = section.services === undefined ? {} : (configFile[`services.${section.services}`] ?? {});
  return (
    env[`AWS_ENDPOINT_URL_${word.toUpperCase()}`] ||
    env.AWS_ENDPOINT_URL ||
    services[`${word.toLowerCase()}.endpoint_url`] ||
    section.endpoint_url ||
    undefined
  );
}

/** Of KMS: what an option says, or what is configured; undefined: AWS's own. */
export async function findEndpoint({ endpoint, profile }: EndpointTerms): Promise<string | undefined> {
  return endpoint ?? findConfiguredEndpoint('KMS', profile);
}

export interface EndpointTerms {
  /** Of KMS, where it is not AWS's own. */
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
}

/** Of a service beside KMS: its own, or that of a simulator, which is asked for every service. Undefined: AWS's own. */
export async function findServiceEndpoint(
  serviceId: string,
  { endpoint, profile }: EndpointTerms,
): Promise<string | undefined> {
  const configured = await findConfiguredEndpoint(serviceId, profile);
  return configured ?? (endpoint !== undefined && isLoopback(endpoint) ? endpoint : undefined);
}

/** As of a simulator; another endpoint is for KMS alone, as in the AWS CLI. */
export function isLoopback(endpoint: string): boolean {
  return URL.canParse(endpoint) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(endpoint).hostname);
}
