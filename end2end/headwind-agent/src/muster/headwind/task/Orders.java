package muster.headwind.task;

import muster.headwind.Agent;
import muster.headwind.Halt;
import muster.headwind.message.DeviceInfo;
import muster.headwind.message.LogItem;
import muster.headwind.message.ServerConfig;
import muster.headwind.phone.Phone;

/**
 * Factory reset, reboot and new password, in this order (ConfigUpdater.java:322-409). The first two happen only after the server
 * has taken the confirmation; the password is changed first, and its confirmation may fail.
 */
final class Orders {
    private static final String RESET = "plugins/devicereset/public/{number}";
    private static final String REBOOT = "plugins/devicereset/public/reboot/{number}";
    private static final String PASSWORD = "plugins/devicereset/public/password/{number}";

    private final Agent agent;

    Orders(Agent agent) {
        this.agent = agent;
    }

    void obey() {
        ServerConfig config = agent.preferences().config;
        if (config == null) {
            return;
        }
        if (config.factoryReset != null && config.factoryReset) {
            factoryReset();
        }
        if (config.reboot != null && config.reboot) {
            reboot();
        }
        if (config.passwordReset != null) {
            password(config.passwordReset);
        }
    }

    private void factoryReset() {
        agent.log.write(LogItem.INFO, "factory reset, as the server asks");
        DeviceInfo info = Info.of(agent);
        info.factoryReset = agent.phone().isAdmin();
        if (!confirm(RESET, info)) {
            refuse("wipe", "not confirmed");
        } else if (!agent.phone().isAdmin() || !agent.phone().canWipe()) {
            refuse("wipe", "no right to");
        } else {
            agent.state.wipe();
            agent.events.emit("wiped");
            throw new Halt(0);
        }
    }

    private void reboot() {
        agent.log.write(LogItem.INFO, "reboot, as the server asks");
        if (!confirm(REBOOT, Info.of(agent))) {
            refuse("reboot", "not confirmed");
        } else {
            reboot(agent);
        }
    }

    /** Android lets none but a device owner reboot. */
    static void reboot(Agent agent) {
        Phone phone = agent.phone();
        if (!phone.isAdmin() || !phone.deviceOwner) {
            agent.log.write(LogItem.WARN, "no reboot: no right to");
            agent.events.emit("order-refused", "order", "reboot", "why", "no right to");
            return;
        }
        agent.events.emit("reboot");
        throw new Rebooted();
    }

    /** Only a device owner has the token that changes a password. An empty one takes the screen lock away. */
    private void password(String password) {
        boolean done = agent.phone().deviceOwner;
        agent.events.emit("password-reset", "password", password, "done", done);
        agent.log.write(done ? LogItem.INFO : LogItem.WARN, done ? "password changed" : "password not changed");
        boolean confirmed = confirm(PASSWORD, Info.of(agent));
        agent.events.emit("password-confirmed", "sent", confirmed);
        if (password.isEmpty()) {
            throw agent.events.crash("passwordReset is empty: the screen lock is taken away at each update", null);
        }
    }

    private boolean confirm(String path, DeviceInfo info) {
        return agent.servers.tell(server -> server.post(path, agent.preferences().project, info.deviceId, info));
    }

    private void refuse(String order, String why) {
        agent.log.write(LogItem.WARN, "no " + order + ": " + why);
        agent.events.emit("order-refused", "order", order, "why", why);
    }
}
