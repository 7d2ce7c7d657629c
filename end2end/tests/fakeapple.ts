// Apple as far as certificates go, made by OpenSSL: a root, an authority below it, and what that issues.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const TOPIC = "com.apple.mgmt.External.5f4dcc3b-5aa7-65d6-1d83-27deb882cf99";
export const OTHER = "com.apple.mgmt.External.00000000-1111-2222-3333-444444444444";

const EXTENSIONS = `[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[leaf]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
`;

export class FakeApple {
  /** How long certificates hold. One that ends within a month is a warning. */
  days = 20;
  readonly folder = mkdtempSync(join(tmpdir(), "apple-"));

  /** `env`: whose clock says when certificates begin. */
  constructor(private readonly env = process.env, organization = "Apple Inc.") {
    this.put("ext.cnf", `[req]\ndistinguished_name = none\n[none]\n${EXTENSIONS}`);
    this.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30",
      "-subj", `/C=US/O=${organization}/CN=Fake Root CA`, "-config", "ext.cnf", "-extensions", "authority");
    this.request("authority", `/CN=Fake Application Integration/O=${organization}/C=US`);
    this.issue("authority", "root", "authority");
    this.put("chain.pem", this.text("authority.pem") + this.text("root.pem"));
  }

  path = (name: string) => join(this.folder, name);
  text = (name: string) => readFileSync(this.path(name), "utf8");
  put = (name: string, text: string) => writeFileSync(this.path(name), text);
  stop = () => rmSync(this.folder, { recursive: true, force: true });

  openssl(...words: string[]): string {
    return execFileSync("openssl", words, { cwd: this.folder, env: this.env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  }

  private request(name: string, subject: string) {
    this.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject, "-config", "ext.cnf");
  }

  private issue(name: string, by: string, kind: string) {
    this.openssl("x509", "-req", "-in", `${name}.csr`, "-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-CAcreateserial", "-days", `${this.days}`,
      "-extfile", "ext.cnf", "-extensions", kind, "-out", `${name}.pem`);
  }

  /** A certificate with a key of its own: `{name}.pem`, `{name}.key`. */
  certificate(name: string, subject: string) {
    this.request(name, subject);
    this.issue(name, "authority", "leaf");
  }

  push(name: string, topic = TOPIC) {
    this.certificate(name, `/UID=${topic}/CN=APSP:${name}/C=US`);
  }

  /** Apple's answer to a request that was made elsewhere, which asks for a subject of its own: the portal sets another one. */
  answer(csr: string, name: string, topic = TOPIC) {
    copyFileSync(csr, this.path(`${name}.csr`));
    this.openssl("req", "-in", `${name}.csr`, "-noout", "-pubkey", "-out", `${name}.pub`);
    this.openssl("req", "-new", "-key", "root.key", "-subj", `/UID=${topic}/CN=APSP:${name}/C=US`, "-out", `${name}.csr`, "-config", "ext.cnf");
    this.openssl("x509", "-req", "-in", `${name}.csr`, "-force_pubkey", `${name}.pub`, "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial",
      "-days", `${this.days}`, "-extfile", "ext.cnf", "-extensions", "leaf", "-out", `${name}.pem`);
  }

  /** `{name}.p12`, as programs wrote it for twenty years: RC2 and 3DES. */
  legacy(name: string, password: string) {
    this.openssl("pkcs12", "-export", "-legacy", "-in", `${name}.pem`, "-inkey", `${name}.key`, "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES",
      "-macalg", "SHA1", "-passout", `pass:${password}`, "-out", `${name}.p12`);
  }
}
