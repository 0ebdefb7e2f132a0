/** Asks for the profile and the Region, where there is something to choose and nothing was said. */
import { loadSharedConfigFiles } from '@smithy/core/config';
import { type OptionValues, readText } from '../options/option-values.ts';
import type { Ask } from './ask.ts';
import { judgeRegion, offerProfiles, offerRegions } from './places.ts';

const another = 'another Region';

/** The options with the two that are chosen. `isRetry`: what was in force has led nowhere, so both are asked for. */
export async function choosePlace(
  ask: Ask,
  env: NodeJS.ProcessEnv,
  said: OptionValues,
  isRetry = false,
): Promise<OptionValues> {
  const configuration = await loadSharedConfigFiles({ ignoreCache: true });
  const profile = readText(said, 'profile') ?? (await chooseProfile(ask, configuration, env));
  const region = readText(said, 'region') ?? (await chooseRegion(ask, configuration, env, profile, isRetry));
  return { ...said, ...(profile ? { profile } : {}), region };
}

type Configuration = Awaited<ReturnType<typeof loadSharedConfigFiles>>;

async function chooseProfile(ask: Ask, configuration: Configuration, env: NodeJS.ProcessEnv): Promise<string> {
  const { offers, first } = offerProfiles(configuration, env);
  return offers.length > 1 ? ask.pick('Which AWS profile?', offers, first) : (offers[0]?.[0] ?? '');
}

async function chooseRegion(
  ask: Ask,
  configuration: Configuration,
  env: NodeJS.ProcessEnv,
  profile: string,
  isRetry: boolean,
): Promise<string> {
  const { offers, first } = offerRegions(configuration, env, profile);
  if (first !== undefined && offers.length === 1 && !isRetry) return first;
  const others = [[another, another]] as const;
  const region = first === undefined ? another : await ask.pick('Which AWS Region?', [...offers, ...others], first);
  return region === another ? ask.line('AWS Region', { judge: judgeRegion }) : region;
}
