import { serve } from "./child/serve.ts";
import type { ChildOptions } from "./protocol.ts";

serve(JSON.parse(process.argv[2]!) as ChildOptions);
