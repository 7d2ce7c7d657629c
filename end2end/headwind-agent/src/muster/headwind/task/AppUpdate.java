package muster.headwind.task;

import java.io.IOException;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import muster.headwind.Agent;
import muster.headwind.message.LogItem;
import muster.headwind.message.ServerConfig;
import muster.headwind.message.ServerConfig.Application;
import muster.headwind.net.Signature;
import muster.headwind.phone.Phone;
import muster.headwind.phone.State.Installed;

/** Installs and removes apps (ConfigUpdater.java:740-943, InstallUtils.java:68-156). A person who is asked says yes. */
final class AppUpdate {
    private final Agent agent;
    private final boolean screen;
    private final boolean byHand;
    private final Download download;

    AppUpdate(Agent agent, boolean screen, boolean byHand) {
        this.agent = agent;
        this.screen = screen;
        this.byHand = byHand;
        this.download = new Download(agent);
    }

    /** False if the round ends here: with no screen, an app that cannot be had leaves it at that. */
    boolean run() {
        ServerConfig config = agent.preferences().config;
        List<Application> due = due(config.applications);
        if (!due.isEmpty() && !byHand && !isTime(config)) {
            agent.events.emit("apps-wait", "from", config.appUpdateFrom, "to", config.appUpdateTo);
            return true;
        }
        for (Application app : due) {
            if (app.remove) {
                remove(agent, app.pkg);
            } else if (app.url.startsWith("market://details")) {
                agent.events.emit("install", "pkg", app.pkg, "url", app.url, "asked", true);
            } else if (!bring(app)) {
                agent.events.emit("download-failed", "pkg", app.pkg, "asked", screen);
                if (!screen) {
                    return false;
                }
                agent.state.change(() -> app.url = null);
            }
        }
        return true;
    }

    /** Removals first, then what has an address and is not there in its version. */
    private List<Application> due(List<Application> applications) {
        List<Application> due = new ArrayList<>();
        for (boolean removals : new boolean[] {true, false}) {
            for (Application app : applications) {
                if (isPackage(app) && app.remove == removals && due.stream().noneMatch(other -> isTwin(app, other))) {
                    due.add(app);
                }
            }
        }
        due.removeIf(app -> !isDue(app, applications));
        return due;
    }

    /** Not a link on the screen: no type means a package. */
    private static boolean isPackage(Application app) {
        return app.type == null || app.type.equals("app");
    }

    /** Missing names and versions fail here, as in the agent, where that is a crash. */
    private static boolean isTwin(Application one, Application other) {
        return one.pkg.equalsIgnoreCase(other.pkg) && one.version.equalsIgnoreCase(other.version) && one.remove == other.remove;
    }

    private boolean isDue(Application app, List<Application> all) {
        if ((app.url == null || app.url.trim().isEmpty()) && !app.remove) {
            return false;
        }
        Installed there = agent.state.installedPackage(app.pkg);
        if (there == null) {
            return !app.remove;
        }
        if (app.remove) {
            return app.version.equals("0") || Versions.same(there, app);
        }
        boolean full = app.pkg.equals(Phone.AGENT) && app.url.endsWith("master.apk");
        if (!full && (app.skipVersion || app.version.equals("0") || Versions.same(there, app))) {
            return false;
        }
        return !Versions.isNewer(there, app) || all.stream().anyMatch(other ->
                other.pkg.equalsIgnoreCase(app.pkg) && other.remove && Versions.same(there, other));
    }

    private boolean bring(Application app) {
        String path = app.url.substring(Math.max(0, app.url.lastIndexOf('/')));
        if (!download.isAllowed(path, byHand)) {
            return false;
        }
        byte[] bytes;
        try {
            bytes = download.fetch(app.url);
        } catch (IOException | IllegalArgumentException error) {
            agent.log.write(LogItem.WARN, "no download of " + app.pkg + ": " + error.getMessage());
            agent.events.emit("attempt-failed", "error", error.toString());
            download.failed(path, false);
            return false;
        }
        download.succeeded(path);
        install(app, path, bytes);
        return true;
    }

    /** A device owner installs in silence; anybody else is asked. What is no package file cannot be installed. */
    private void install(Application app, String path, byte[] bytes) {
        boolean isPackageFile = bytes.length > 3 && bytes[0] == 'P' && bytes[1] == 'K' && bytes[2] == 3 && bytes[3] == 4;
        agent.events.emit("install", "pkg", app.pkg, "url", app.url, "bytes", bytes.length, "sha256", Signature.sha256(bytes),
                "asked", !agent.phone().deviceOwner, "done", isPackageFile);
        if (!isPackageFile) {
            agent.log.write(LogItem.ERROR, app.pkg + " cannot be installed");
            download.failed(path, true);
            return;
        }
        Installed installed = new Installed();
        installed.versionName = app.version;
        installed.versionCode = app.code == null ? 0 : app.code;
        agent.state.change(() -> agent.state.packages.put(app.pkg, installed));
    }

    static void remove(Agent agent, String pkg) {
        boolean was = agent.state.packages.containsKey(pkg);
        agent.state.change(() -> agent.state.packages.remove(pkg));
        agent.events.emit("uninstall", "pkg", pkg, "asked", !agent.phone().deviceOwner, "done", was);
    }

    /** Whether apps may be updated at this hour; a span may go over midnight (ConfigUpdater.java:1352-1405). */
    private static boolean isTime(ServerConfig config) {
        if (config.appUpdateFrom == null || config.appUpdateTo == null) {
            return true;
        }
        LocalTime clock = LocalTime.now();
        int now = clock.getHour() * 60 + clock.getMinute();
        int from = minutes(config.appUpdateFrom);
        int to = minutes(config.appUpdateTo);
        if (from == to) {
            return true;
        }
        return from < to ? from <= now && now <= to : now >= from || now <= to;
    }

    private static int minutes(String time) {
        return 60 * number(time, 0, 2) + number(time, 3, time.length());
    }

    private static int number(String time, int from, int to) {
        try {
            return Integer.parseInt(time.substring(from, to));
        } catch (NumberFormatException | IndexOutOfBoundsException unlike) {
            return 0;
        }
    }
}
