package muster.headwind.task;

import java.io.StringReader;
import java.util.Arrays;
import muster.headwind.Agent;
import muster.headwind.message.Answers;
import muster.headwind.message.EnrolOptions;
import muster.headwind.message.LogItem;
import muster.headwind.message.ServerConfig;
import muster.headwind.message.ServerConfig.ApplicationSetting;
import muster.headwind.net.Reply;
import muster.headwind.net.Signature;
import muster.headwind.phone.Preferences;

/** Fetches the configuration and stores it (task/GetServerConfigTask.java). */
public final class GetConfiguration {
    /** How it went: only one answer of a server is told apart from not reaching it. */
    public enum Result { STORED, DEVICE_NOT_FOUND, NETWORK_ERROR }

    private static final String NOT_FOUND = "error.notfound.device";
    private static final String DATA = "\"data\":";

    private final Agent agent;
    private boolean deviceNotFound;

    /** One fetch. */
    public GetConfiguration(Agent agent) {
        this.agent = agent;
    }

    /** By POST as long as no configuration is stored, by GET afterwards. */
    public Result run() {
        Preferences preferences = agent.preferences();
        EnrolOptions options = preferences.config != null ? null
                : new EnrolOptions(preferences.customer, preferences.configName, preferences.groups);
        String signature = Signature.of(agent.phone().secret, preferences.deviceId);
        try {
            ServerConfig config = agent.phone().checkSignature ? fetchSigned(options, signature) : fetch(options, signature);
            if (config == null) {
                return deviceNotFound ? Result.DEVICE_NOT_FOUND : Result.NETWORK_ERROR;
            }
            store(config, options == null ? "GET" : "POST");
            return Result.STORED;
        } catch (Exception error) {
            agent.events.emit("attempt-failed", "error", error.toString());
            return Result.NETWORK_ERROR;
        }
    }

    private ServerConfig fetch(EnrolOptions options, String signature) throws Exception {
        Reply<Answers.Configuration> reply = ask(options, signature, Answers.Configuration.class);
        Answers.Configuration body = reply.body();
        // Without a body, as with 204, this fails; the agent's does too, and that counts as a network error.
        if (reply.isSuccessful() && Answers.OK.equals(body.status) && body.data != null) {
            String ip = reply.headers().get("X-IP-Address");
            agent.state.change(() -> agent.preferences().externalIp = ip == null ? "" : ip);
            return body.data;
        }
        deviceNotFound = body != null && NOT_FOUND.equals(body.message);
        agent.events.emit("refused", "status", reply.status(), "message", body == null ? null : body.message);
        return null;
    }

    /** A build that checks signatures: the data's text without white space is signed, and nothing may follow it but a brace. */
    private ServerConfig fetchSigned(EnrolOptions options, String signature) throws Exception {
        Reply<String> reply = ask(options, signature, String.class);
        if (!reply.isSuccessful()) {
            return drop("status " + reply.status());
        }
        String text = reply.body();
        Answers.Configuration body = agent.json.read(new StringReader(text), Answers.Configuration.class, "configuration");
        if (!Answers.OK.equals(body.status)) {
            deviceNotFound = NOT_FOUND.equals(body.message);
            return drop("message " + body.message);
        }
        String expected = reply.headers().get("X-Response-Signature");
        int begin = text.indexOf(DATA);
        if (begin == -1) {
            return drop("no data");
        }
        String data = text.substring(begin + DATA.length(), text.length() - 1);
        if (!Signature.of(agent.phone().secret, data.replaceAll("\\s", "")).equalsIgnoreCase(expected)) {
            return drop("signature is " + expected);
        }
        return agent.json.read(new StringReader(data), ServerConfig.class, "configuration");
    }

    private ServerConfig drop(String why) {
        agent.events.emit("refused", "message", why);
        return null;
    }

    private <T> Reply<T> ask(EnrolOptions options, String signature, Class<T> type) throws Exception {
        Preferences preferences = agent.preferences();
        return agent.servers.ask(server -> server.configuration(
                preferences.project, preferences.deviceId, signature, agent.phone().cpuArch, options, type));
    }

    private void store(ServerConfig config, String method) throws Exception {
        Preferences preferences = agent.preferences();
        byte[] before = agent.json.write(preferences.config);
        if (config.newNumber != null) {
            String number = config.newNumber;
            agent.log.write(LogItem.INFO, "number " + preferences.deviceId + " becomes " + number);
            agent.events.emit("number", "from", preferences.deviceId, "to", number);
            agent.state.change(() -> preferences.deviceId = number);
            config.newNumber = null;
        }
        agent.state.change(() -> preferences.config = config);
        agent.events.emit("configuration",
                "method", method,
                "changed", !Arrays.equals(before, agent.json.write(config)),
                "config", config);
        readSettings(config);
        agent.state.change(() -> {
            preferences.deviceIdUse = null;
            preferences.customer = null;
            preferences.configName = null;
            preferences.groups = null;
        });
        if (config.kioskMode != null && config.kioskMode) {
            // Kiosk mode is a stub in the open-source build (pro/ProUtils.java).
            agent.events.emit("kiosk", "app", config.mainApp, "effective", false);
        }
    }

    /** Goes through the apps' settings as the agent does, which fails at what is missing (SettingsHelper.java:386, AppRestrictionUpdater). */
    private void readSettings(ServerConfig config) {
        if (config.applicationSettings == null) {
            return;
        }
        for (ApplicationSetting setting : config.applicationSettings) {
            if (setting.variable) {
                setting.value.length();
            }
        }
        if (agent.phone().deviceOwner) {
            for (ApplicationSetting setting : config.applicationSettings) {
                if (!setting.name.equals("managedConfig")) {
                    setting.value.length();
                }
            }
        }
    }
}
