// npm's smtp-server in each way of protection, with certificates of an authority that the test makes.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";

/** An authority, and the certificates that it gives. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), "muster-ca-"));
  readonly file = join(this.folder, "ca.pem");

  constructor() {
    this.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem");
  }

  private openssl(...words: string[]) {
    execFileSync("openssl", words, { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
  }

  /** A certificate for these names, such as `DNS:localhost`; `signed` by itself or by the authority. */
  certificate(names: string, signed: "authority" | "self" = "authority"): { key: Buffer; cert: Buffer } {
    writeFileSync(join(this.folder, "ext"), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
    this.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test", "-keyout", "s.key", "-out", "s.csr");
    const by = signed === "self" ? ["-signkey", "s.key"] : ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    this.openssl("x509", "-req", "-in", "s.csr", "-days", "2", "-extfile", "ext", "-out", "s.pem", ...by);
    return { key: readFileSync(join(this.folder, "s.key")), cert: readFileSync(join(this.folder, "s.pem")) };
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What came in one mail. */
export interface Received {
  raw: Buffer;
  to: string;
  secure: boolean;
  method?: string;
}

export class MailServer {
  readonly received: Received[] = [];
  connections = 0;
  port = 0;
  private server: SMTPServer;

  constructor(options: Record<string, unknown>, password = "right") {
    let method: string | undefined;
    this.server = new SMTPServer({
      logger: false,
      authOptional: true,
      ...options,
      onConnect: (_session: unknown, done: () => void) => {
        this.connections += 1;
        done();
      },
      onAuth: (auth: { method: string; username?: string; password?: string }, _session: unknown, done: (error: Error | null, answer?: unknown) => void) => {
        method = auth.method;
        if (auth.password === password) done(null, { user: auth.username });
        else done(Object.assign(new Error("wrong name or password"), { responseCode: 535 }));
      },
      onData: (stream: NodeJS.ReadableStream, session: { secure: boolean; envelope: { rcptTo: { address: string }[] } }, done: () => void) => {
        const parts: Buffer[] = [];
        stream.on("data", (part) => parts.push(part));
        stream.on("end", () => {
          this.received.push({ raw: Buffer.concat(parts), to: session.envelope.rcptTo[0].address, secure: session.secure, method });
          done();
        });
      },
    } as ConstructorParameters<typeof SMTPServer>[0]);
    this.server.on("error", () => {});
  }

  async listen(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    this.port = (this.server.server.address() as { port: number }).port;
    return this;
  }

  close() {
    this.server.close();
  }
}
