export type { CatchRate, CatchRateOptions } from "./catch-rate.ts";
export {
  type ChosenSource,
  chooseSource,
  type SourceOptions,
  type SourceReading,
  type SourceSetting,
} from "./choose-source.ts";
export { sourceRow } from "./source-row.ts";
