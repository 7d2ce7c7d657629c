package muster.headwind.task;

import java.util.List;
import muster.headwind.Agent;
import muster.headwind.message.DeviceInfo;
import muster.headwind.message.ServerConfig;
import muster.headwind.message.ServerConfig.Application;
import muster.headwind.message.ServerConfig.RemoteFile;
import muster.headwind.net.Reply;
import muster.headwind.phone.Phone;
import muster.headwind.phone.State;

/** What the phone says of itself (util/DeviceInfoProvider.java:56-196), and the call that says it. */
public final class Info {
    private Info() {}

    /** As of now. Fails, as the agent does, where the stored configuration lacks a list. */
    public static DeviceInfo of(Agent agent) {
        Phone phone = agent.phone();
        ServerConfig config = agent.preferences().config;
        DeviceInfo info = new DeviceInfo();
        info.model = phone.model;
        info.permissions = phone.permissions;
        if (config != null) {
            addApplications(agent.state, config, info.applications);
            addFiles(agent.state, config, info.files);
        }
        info.deviceId = agent.preferences().deviceId;
        info.phone = config.phone;
        info.imei = phone.imei == null || phone.imei.isEmpty() ? config.imei : phone.imei;
        info.batteryLevel = phone.battery;
        info.androidVersion = phone.androidVersion;
        info.location = location(phone);
        info.mdmMode = phone.deviceOwner;
        info.launcherType = "opensource";
        info.launcherPackage = phone.launcherPackage();
        info.defaultLauncher = phone.ownLauncher;
        info.cpu = phone.cpuArch;
        info.serial = phone.serial;
        return info;
    }

    /** Sends it after a configuration was applied (task/SendDeviceInfoTask.java). */
    public static void send(Agent agent) {
        DeviceInfo info = of(agent);
        boolean sent = agent.servers.tell(server -> server.post("public/sync/info", agent.preferences().project, null, info));
        agent.events.emit("info", "sent", sent);
    }

    /** Sends it as the worker does every 15 minutes: an exception ends the worker, not the app (worker/SendDeviceInfoWorker.java). */
    public static boolean sendAsWorker(Agent agent) {
        if (agent.preferences().config == null) {
            agent.events.emit("worker-failed", "worker", "info", "error", "no configuration");
            return false;
        }
        boolean sent = false;
        try {
            DeviceInfo info = of(agent);
            Reply<String> reply = agent.servers.ask(server ->
                    server.post("public/sync/info", agent.preferences().project, null, info));
            sent = reply.isSuccessful();
            if (sent) {
                String ip = reply.headers().get("X-IP-Address");
                agent.state.change(() -> agent.preferences().externalIp = ip == null ? "" : ip);
            }
        } catch (Exception error) {
            agent.events.emit("worker-failed", "worker", "info", "error", error.toString());
        }
        agent.events.emit("info", "sent", sent);
        return sent;
    }

    /** Of the configured apps those that are there, once each. */
    private static void addApplications(State state, ServerConfig config, List<Application> found) {
        for (Application wanted : config.applications) {
            State.Installed there = wanted.remove ? null : state.installedPackage(wanted.pkg);
            if (there == null || found.stream().anyMatch(other -> other.pkg.equalsIgnoreCase(wanted.pkg))) {
                continue;
            }
            Application application = new Application();
            application.name = wanted.name;
            application.pkg = wanted.pkg;
            application.version = there.versionName;
            found.add(application);
        }
    }

    /** Of the configured files those that are there, as the agent has noted them. */
    private static void addFiles(State state, ServerConfig config, List<RemoteFile> found) {
        for (RemoteFile wanted : config.files) {
            if (wanted.path == null || wanted.path.isEmpty() || !state.storage.containsKey(wanted.path)) {
                continue;
            }
            found.add(state.files.getOrDefault(wanted.path, wanted));
        }
    }

    private static DeviceInfo.Location location(Phone phone) {
        if (phone.location == null) {
            return null;
        }
        DeviceInfo.Location location = new DeviceInfo.Location();
        location.ts = System.currentTimeMillis();
        location.lat = phone.location[0];
        location.lon = phone.location[1];
        return location;
    }
}
