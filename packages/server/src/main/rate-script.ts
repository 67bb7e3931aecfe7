import { hash } from "node:crypto";

/**
 * The engine's `judgeRate`, in Lua: one number for each key, the theoretical arrival time of its next call. It runs as
 * one piece, so that nodes which ask at the same moment cannot both have the last call. The time is Redis's own: clocks
 * of nodes differ, and the one that is ahead would use up what belongs to the others. The number goes when the burst is
 * full again, for then it says nothing. Needs Redis 5, where a script may write after it has asked for the time.
 *
 * KEYS: where the number is kept. ARGV: milliseconds between calls, burst.
 * Answers { 1 if allowed, calls that remain, microseconds as in `resetSeconds` }.
 */
export const rateScript = `
local time = redis.call("TIME")
local now = time[1] * 1000 + time[2] / 1000
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local tolerance = interval * (burst - 1)
local kept = tonumber(redis.call("GET", KEYS[1]) or "") or 0
if kept - now > tolerance + interval + 60000 then kept = 0 end
local arrival = math.max(kept, now)
local early = arrival - now
if early > tolerance + interval * 0.01 then
  return { 0, 0, math.ceil((early - tolerance) * 1000) }
end
local after = arrival + interval
redis.call("SET", KEYS[1], string.format("%.17g", after), "PX", math.ceil(after - now))
return { 1, math.max(0, math.floor((tolerance - early) / interval + 0.01)), math.ceil((after - now) * 1000) }
`;

/** The name under which Redis remembers the script. */
export const rateScriptDigest = hash("sha1", rateScript);
