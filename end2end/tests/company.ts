// The demo company at a moment at which the clock stands: whoever looks twice sees the same. For pictures, comparisons and axe.
import { readFileSync } from "node:fs";
import { type Browser, type BrowserContextOptions, type Page, type Request } from "@playwright/test";
import { FakeApple } from "./fakeapple";
import { IPHONE, PIXEL, World, ready } from "./world";

/** A Monday morning, for the programs and for the browser. */
const MOMENT = "2026-09-21 10:00:00";

export type Language = "en" | "ru";
export type Theme = "light" | "dark";
/** A place of the console: what its pictures are called, and where it is. */
export interface Place {
  name: string;
  path: string;
}

const IPAD = IPHONE.replace("(iPhone; CPU iPhone OS", "(iPad; CPU OS");
const DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
const IN_APP = `${IPHONE.replace(" Version/17.5", "").replace(" Safari/604.1", "")} Instagram 300.0`;

export class Company extends World {
  /** The owner's session, once signed in. */
  private session: BrowserContextOptions["storageState"];
  private links?: [open: string, gone: string];

  async open(browser: Browser): Promise<this> {
    this.clock = MOMENT;
    await this.start("--demo");
    for (const [key, value] of [["public_url", "https://muster.northwind.example"], ["help_contact", "IT help desk, extension 4400"]]) {
      this.muster("settings", "set", key, value);
    }
    const page = await this.page(browser);
    await this.signUp(page);
    this.session = await page.context().storageState();
    await page.context().close();
    return this;
  }

  /** A page of the owner's browser, or of somebody's who is not signed in. */
  async page(browser: Browser, options: BrowserContextOptions & { language?: Language; stranger?: boolean } = {}): Promise<Page> {
    const { language = "en", stranger = false, ...rest } = options;
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      locale: language === "ru" ? "ru-RU" : "en-GB",
      timezoneId: "UTC",
      bypassCSP: true,
      reducedMotion: "reduce",
      storageState: stranger ? undefined : this.session,
      ...rest,
    });
    const page = await context.newPage();
    await page.clock.setFixedTime(new Date(`${MOMENT.replace(" ", "T")}Z`));
    return page;
  }

  /** Opens an address and waits until it is alive, and has all that it asks for by itself. */
  async go(page: Page, path: string) {
    const asked = new Set<Request>();
    const asks = (request: Request) => request.url().includes("/api/fn/") && asked.add(request);
    const has = (request: Request) => asked.delete(request);
    page.on("request", asks).on("requestfinished", has).on("requestfailed", has);
    await page.goto(`${this.base}${path}`);
    await ready(page);
    for (let quiet = 0; quiet < 3; quiet = asked.size ? 0 : quiet + 1) await page.waitForTimeout(100);
    page.off("request", asks).off("requestfinished", has).off("requestfailed", has);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
  }

  private first(...words: string[]): string {
    return this.json(...words)[0].id;
  }

  /** Every page of the console, with one window of each kind. */
  places(): Place[] {
    const place = (name: string, path = `/${name}`) => ({ name, path });
    return [
      place("dashboard"),
      place("users"),
      place("user", `/users/${this.first("users", "list")}`),
      place("groups"),
      place("import"),
      place("paste", "/import?from=paste"),
      place("devices"),
      place("device", `/devices/${this.first("devices", "list")}`),
      place("invitations"),
      place("invitation", `/invitations/${this.first("invitations", "list")}`),
      place("settings"),
      place("apple", "/settings/apple"),
      place("android", "/settings/android"),
      place("configurations"),
      place("configuration", "/configurations/new"),
      place("message"),
      place("accounts"),
      place("account"),
      place("audit"),
      place("mails"),
      place("missing", "/users/nobody/at/all"),
    ];
  }

  /** Where something was that is not there any more, and an address that was mistyped. */
  gone(): Place[] {
    return ["/users/nobody", "/devices/nothing", "/invitations/nothing", "/mails/nothing", "/user"].map((path) => ({ name: path, path }));
  }

  /** Pages for who is not signed in. */
  doors(): Place[] {
    const invited = this.json("account", "invite", "nina@northwind.example", "--role", "operator");
    return [
      { name: "login", path: "/login" },
      { name: "join", path: new URL(invited.link).pathname },
      { name: "over", path: "/setup/over" },
      { name: "nowhere", path: "/no/such/page" },
    ];
  }

  /** A link that works, and one that was withdrawn. */
  private given(): [string, string] {
    const people = this.json("users", "list").filter((user: { email?: string }) => user.email);
    const link = (person: { email: string }) => new URL(this.muster("invite", person.email, "--print-link").trim()).pathname;
    const before = new Set(this.json("invitations", "list").map((one: { id: string }) => one.id));
    const gone = link(people[1]);
    const [made] = this.json("invitations", "list").filter((one: { id: string }) => !before.has(one.id));
    this.muster("invitations", "revoke", made.id);
    return [link(people[0]), gone];
  }

  /** An APNs certificate, and an iPhone that is connected. From then on phones reach the server by its own address. */
  withApple(): Place[] {
    const apple = new FakeApple(this.env());
    apple.days = 300;
    apple.push("push");
    this.muster("apple", "cert", "upload", apple.path("push.pem"), "--key", apple.path("push.key"));
    apple.stop();
    this.muster("settings", "set", "public_url", this.base);
    const people = this.json("users", "list").filter((user: { email?: string }) => user.email);
    const link = this.muster("invite", people[2].email, "--print-link").trim();
    const iphone = (...words: string[]) => this.agent("iphone", "apple", "--allow-http", ...words);
    iphone("enroll", link, "--name", "Ward iPhone", "--supervised");
    iphone("run", "--once");
    const device = this.json("devices", "list").find((one: { name: string }) => one.name === "Ward iPhone");
    return [
      { name: "apple-certified", path: "/settings/apple" },
      { name: "device-iphone", path: `/devices/${device.id}` },
    ];
  }

  /** The phone's page on each kind of phone, and once the link has ended. */
  phones(): (Place & { agent: string })[] {
    const [open, gone] = (this.links ??= this.given());
    return [
      { name: "android", path: open, agent: PIXEL },
      { name: "iphone", path: open, agent: IPHONE },
      { name: "ipad", path: open, agent: IPAD },
      { name: "in-app", path: open, agent: IN_APP },
      { name: "desktop", path: open, agent: DESKTOP },
      { name: "ended", path: gone, agent: PIXEL },
    ];
  }
}

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  impact: string;
  nodes: { target: string[]; any: { message: string }[] }[];
}

/** What axe finds that is more than minor. */
export async function findings(page: Page): Promise<string[]> {
  if (await page.evaluate(() => !("axe" in window))) await page.evaluate(`(() => { ${AXE} })()`);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (o: object) => Promise<{ violations: Violation[] }> } };
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    const told = (v: Violation) => v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} (${n.any[0]?.message ?? ""})`).join(", ");
    return violations.filter((v) => v.impact !== "minor").map((v) => `${v.impact} ${v.id}: ${told(v)}`);
  });
}
