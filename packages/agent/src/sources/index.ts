export { type CatchRate, type CatchRateOptions, measureCatchRate } from "./catch-rate.ts";
export { chooseSource, type ChosenSource, type SourceReading, type SourceSetting } from "./choose-source.ts";
export { sourceRow } from "./source-row.ts";
