import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certifiedIdentity } from "../../packages/notify/src/self-signed.fixture.ts";
import { freePort, openFolder, runDaemon } from "./daemon.ts";

const NGINX = "/usr/sbin/nginx";

/** What nginx saw of a request. */
export interface HookRequest {
  readonly body: string;
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly key: string;
  readonly type: string;
  readonly protocol: string;
}

export interface HookServer {
  readonly origin: string;
  readonly caFile: string;
  requests(): readonly HookRequest[];
}

/** Why it cannot be tried here; undefined when it can. */
export function whyNoNginx(): string | undefined {
  return existsSync(NGINX) ? undefined : "nginx is not installed";
}

/** Runs Debian's nginx as a receiver of webhooks, with a configuration of its own. */
export async function startNginx(): Promise<HookServer> {
  const folder = openFolder();
  const [port, inner] = [await freePort(), await freePort()];
  const identity = certifiedIdentity();
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const [cert, key, caFile] = [
    write("cert.pem", identity.cert),
    write("key.pem", identity.key),
    write("ca.pem", identity.ca),
  ];
  const config = write(
    "nginx.conf",
    `pid ${folder}/nginx.pid;
     worker_processes 1;
     events {}
     http {
       access_log off;
       client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
       uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
       log_format hook escape=json '{"body":"$request_body","id":"$http_webhook_id","timestamp":"$http_webhook_timestamp",'
         '"signature":"$http_webhook_signature","key":"$http_idempotency_key","type":"$content_type","protocol":"$ssl_protocol"}';
       limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;
       server {
         listen 127.0.0.1:${port} ssl;
         ssl_protocols TLSv1.2 TLSv1.3;
         ssl_certificate ${cert};
         ssl_certificate_key ${key};
         client_body_buffer_size 256k;
         location /hook { access_log ${folder}/hook.log hook; proxy_pass http://127.0.0.1:${inner}; }
         location /busy { limit_req zone=one; limit_req_status 429; add_header Retry-After 7 always; proxy_pass http://127.0.0.1:${inner}; }
         location /small { client_max_body_size 64; proxy_pass http://127.0.0.1:${inner}; }
         location /moved { return 308 https://127.0.0.1:${port}/hook; }
         location /away { return 301 https://169.254.169.254/latest/meta-data/; }
         location /gone { return 410; }
         location /broken { proxy_pass http://127.0.0.1:1; }
       }
       server { listen 127.0.0.1:${inner}; location / { return 201 created; } }
     }
`,
  );
  await runDaemon(NGINX, ["-e", "stderr", "-c", config, "-g", "daemon off;"], [port, inner]);
  return {
    origin: `https://localhost:${port}`,
    caFile,
    requests() {
      const log = join(folder, "hook.log");
      if (!existsSync(log)) return [];
      const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
      return lines.map((line) => JSON.parse(line) as HookRequest);
    },
  };
}
