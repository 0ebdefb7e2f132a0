/** What the AWS CLI takes from its environment and its configuration where no option says it. */
import { loadSharedConfigFiles } from '@smithy/core/config';
import type { OptionValues } from '../options/option-values.ts';
import { readText } from '../options/option-values.ts';

/** The profile in force, and what the configuration has of it. */
export async function readProfile(env: NodeJS.ProcessEnv, optionValues: OptionValues) {
  const profile = readText(optionValues, 'profile') ?? env.AWS_PROFILE ?? env.AWS_DEFAULT_PROFILE;
  const { configFile } = await loadSharedConfigFiles({ ignoreCache: true });
  return { profile, section: configFile[profile ?? 'default'] ?? {} };
}

/** The options with what stands for those that were left out. A variable or a profile that is not there says nothing. */
export async function addDefaults(env: NodeJS.ProcessEnv, optionValues: OptionValues): Promise<OptionValues> {
  const { profile, section } = await readProfile(env, optionValues);
  const defaults = {
    profile,
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
    output: env.AWS_DEFAULT_OUTPUT ?? section.output,
    'ca-bundle': env.AWS_CA_BUNDLE ?? section.ca_bundle,
    'cli-timestamp-format': section.cli_timestamp_format,
  };
  const given: Readonly<Record<string, unknown>> = optionValues;
  const isSaid = ([name, value]: readonly [string, string | undefined]) =>
    value !== undefined && value !== '' && given[name] === undefined;
  return { ...optionValues, ...Object.fromEntries(Object.entries(defaults).filter(isSaid)) };
}
