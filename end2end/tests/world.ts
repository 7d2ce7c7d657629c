// A fresh server for a story, a mail server that somebody else wrote, and the programs as a person runs them.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page } from "@playwright/test";
import { SMTPServer } from "smtp-server";
import { simpleParser, type ParsedMail } from "mailparser";
import jsQR from "jsqr";
import { PNG } from "pngjs";

const MUSTER = process.env.MUSTER_BIN ?? join(__dirname, "../../target/release/muster");
const AGENT = process.env.MUSTER_AGENT_BIN ?? join(__dirname, "../../target/release/muster-agent");

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "muster-"));
  base = "";
  setup = "";
  readonly mails: ParsedMail[] = [];
  /** The moment at which the programs' clock stands, for pictures: `2026-09-21 10:00:00`, in UTC. Nothing that waits becomes due then. */
  clock?: string;
  /** What the mail server answers to a recipient; undefined takes the mail. */
  refuse: (address: string) => { code: number; words: string } | undefined = () => undefined;
  private server?: ChildProcess;
  private smtp?: SMTPServer;

  async start(...words: string[]): Promise<this> {
    return this.serve("127.0.0.1:0", ...words);
  }

  /** Ends the server as a power cut does; `back` starts it again at the same address. */
  async crash() {
    const gone = new Promise((done) => this.server!.removeAllListeners("exit").on("exit", done));
    this.server!.kill("SIGKILL");
    await gone;
  }

  async back() {
    await this.serve(new URL(this.base).host);
  }

  private async serve(listen: string, ...words: string[]): Promise<this> {
    this.server = spawn(MUSTER, ["serve", "--listen", listen, ...words], { env: this.env(), stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    await new Promise<void>((done, failed) => {
      this.server!.on("exit", (code) => failed(new Error(`muster serve ended with ${code}: ${text}`)));
      this.server!.stdout!.on("data", (chunk) => {
        text += chunk;
        if (text.includes("reach it at ") && (this.setup || text.includes("/setup/"))) done();
      });
    });
    this.base = text.match(/reach it at (\S+)/)![1];
    this.setup ||= text.match(/\S+\/setup\/\S+/)![0];
    return this;
  }

  stop() {
    this.server?.removeAllListeners("exit");
    this.server?.kill("SIGKILL");
    this.smtp?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What programs run with: the data folder, and the clock if it stands. */
  env() {
    const env = { ...process.env, MUSTER_DATA: join(this.folder, "data"), MUSTER_LOG: "warn" };
    return this.clock ? { ...env, TZ: "UTC", FAKETIME: this.clock, FAKETIME_DONT_FAKE_MONOTONIC: "1", LD_PRELOAD: stillClock() } : env;
  }

  muster(...words: string[]): string {
    return execFileSync(MUSTER, words, { env: this.env(), encoding: "utf8", maxBuffer: 1 << 26 });
  }

  json(...words: string[]) {
    return JSON.parse(this.muster(...words, "--json"));
  }

  /** Runs the reference agent; throws with the server's reason. */
  agent(name: string, ...words: string[]): string {
    return execFileSync(AGENT, [...words, "--state", join(this.folder, `${name}.json`)], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  people(csv: string) {
    const file = join(this.folder, "people.csv");
    writeFileSync(file, `name,email,groups\n${csv}`);
    this.muster("users", "import", file);
  }

  async mailServer() {
    this.smtp = new SMTPServer({
      disabledCommands: ["AUTH", "STARTTLS"],
      logger: false,
      onRcptTo: (address, _session, done) => {
        const no = this.refuse(address.address);
        done(no ? Object.assign(new Error(no.words), { responseCode: no.code }) : undefined);
      },
      onData: (stream, _session, done) => {
        simpleParser(stream, { skipImageLinks: true }).then((mail) => {
          this.mails.push(mail);
          done();
        }, done);
      },
    });
    await new Promise<void>((done) => this.smtp!.listen(0, "127.0.0.1", done));
    const { port } = this.smtp.server.address() as { port: number };
    for (const [key, value] of [["smtp.host", "127.0.0.1"], ["smtp.port", `${port}`], ["smtp.tls", "none"], ["smtp.from", "it@northwind.example"]]) {
      this.muster("settings", "set", key, value);
    }
  }

  async mail(number: number): Promise<ParsedMail> {
    const until = Date.now() + 30_000;
    while (this.mails.length < number) {
      if (Date.now() > until) throw new Error(`${this.mails.length} of ${number} mails came`);
      await new Promise((done) => setTimeout(done, 100));
    }
    return this.mails[number - 1];
  }

  async signUp(page: Page) {
    await page.goto(this.setup);
    await page.getByLabel("Your name").fill("Rosa Klein");
    await page.getByLabel("E-mail").fill("rosa@northwind.example");
    await page.getByLabel("New password").fill("long enough 1");
    await page.getByRole("button", { name: "Create account" }).click();
    await ready(page);
  }
}

/** The library that lets a program's clock stand still: Debian's `libfaketime`. */
function stillClock(): string {
  const name = "faketime/libfaketimeMT.so.1";
  const found = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/${name}`).find((path) => existsSync(path));
  if (!found) throw new Error("pictures need Debian's package libfaketime");
  return found;
}

/** The page has become alive: rows are there and the stream of events is open. */
export async function ready(page: Page) {
  const stream = page.waitForRequest((request) => new URL(request.url()).pathname === "/events").catch(() => undefined);
  await page.waitForLoadState("load");
  await Promise.race([stream, page.waitForTimeout(3000)]);
  await page.waitForTimeout(300);
}

/** What the QR code in the attachment of a mail says. */
export function qrOf(mail: ParsedMail): string {
  const attachment = mail.attachments.find((a) => a.contentDisposition === "attachment" && a.contentType === "image/png");
  const picture = PNG.sync.read(attachment!.content);
  return jsQR(new Uint8ClampedArray(picture.data), picture.width, picture.height)!.data;
}

export const PIXEL =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
export const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

/** Errors of the page; a hydration that fails is one of them. */
export function problems(page: Page): string[] {
  const found: string[] = [];
  page.on("console", (message) => message.type() === "error" && !message.text().includes("favicon") && found.push(message.text()));
  page.on("pageerror", (error) => found.push(error.message));
  return found;
}
