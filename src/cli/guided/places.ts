/** Which profiles and Regions there are to choose from, as the AWS configuration and the environment have them. */
import type { Offers } from '../terminal/asking/asking.ts';

type Sections = Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;

export interface AwsConfiguration {
  readonly configFile: Sections;
  readonly credentialsFile: Sections;
}

export interface PlaceOffers {
  readonly offers: Offers<string>;
  /** What is in force unless another one is chosen. */
  readonly first: string | undefined;
}

/** The empty word stands for no profile. */
export function offerProfiles(
  { configFile, credentialsFile }: AwsConfiguration,
  { AWS_PROFILE, AWS_ACCESS_KEY_ID }: NodeJS.ProcessEnv,
): PlaceOffers {
  const sections = [...Object.keys(configFile), ...Object.keys(credentialsFile)];
  const profiles = [...new Set(sections)].filter((name) => !/^(sso-session|services)\./.test(name)).sort();
  const hasKeys = Boolean(AWS_ACCESS_KEY_ID) && !AWS_PROFILE;
  const machine: Offers<string> = profiles.includes('default')
    ? []
    : [['', 'no profile: the credentials of this machine']];
  const none: Offers<string> = hasKeys ? [['', 'the credentials of the environment']] : machine;
  const offers = [...none, ...profiles.map((name) => [name, name] as const)];
  const meant = [AWS_PROFILE, hasKeys ? '' : 'default', ''];
  const first = meant.find((word) => offers.some(([offer]) => offer === word));
  return { offers, first };
}

/** The Regions that are spoken of anywhere, the one in force first. */
export function offerRegions(
  { configFile, credentialsFile }: AwsConfiguration,
  env: NodeJS.ProcessEnv,
  profile: string | undefined,
): PlaceOffers {
  const name = profile || env.AWS_PROFILE || 'default';
  const own = [configFile[name]?.region, credentialsFile[name]?.region];
  const others = [...Object.values(configFile), ...Object.values(credentialsFile)].map(({ region }) => region).sort();
  const all = [env.AWS_REGION, env.AWS_DEFAULT_REGION, ...own, ...others].filter((region) => region !== undefined);
  const offers = [...new Set(all)].filter((region) => region !== '').map((region) => [region, region] as const);
  return { offers, first: offers[0]?.[0] };
}

/** What is wrong with the name of a Region, if anything is. */
export function judgeRegion(text: string): string | undefined {
  return /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text) ? undefined : 'A Region looks like eu-central-1.';
}
