package muster.headwind.task;

import java.net.MalformedURLException;
import muster.headwind.Agent;
import muster.headwind.message.Answers;
import muster.headwind.message.LogItem;
import muster.headwind.message.ServerConfig;
import muster.headwind.net.Reply;
import muster.headwind.net.Server;
import muster.headwind.net.Signature;
import muster.headwind.net.TypedServer;

/** The move to newServerUrl: tried first, then done (helper/MigrationHelper.java, ConfigUpdater.java:242-276). */
final class Migration {
    private final Agent agent;

    Migration(Agent agent) {
        this.agent = agent;
    }

    /** Whether the phone has moved, so that the configuration has to be fetched from there. */
    boolean move() {
        ServerConfig config = agent.preferences().config;
        if (config == null || config.newServerUrl == null || config.newServerUrl.trim().isEmpty()) {
            return false;
        }
        TypedServer target;
        try {
            target = TypedServer.parse(config.newServerUrl.trim());
        } catch (MalformedURLException error) {
            return stay(config.newServerUrl, "malformed URL");
        }
        if (isHere(target)) {
            return false;
        }
        String fault = tryIt(target);
        if (fault != null) {
            return stay(config.newServerUrl, fault);
        }
        agent.log.write(LogItem.INFO, "migrated to " + config.newServerUrl.trim());
        agent.state.change(() -> {
            agent.preferences().baseUrl = target.base();
            agent.preferences().secondaryBaseUrl = target.base();
            agent.preferences().project = target.project();
        });
        agent.servers.reset();
        agent.events.emit("migrated", "base", target.base(), "project", target.project());
        return true;
    }

    /** Case does not count: two tokens that differ in nothing else are one to the agent. */
    private boolean isHere(TypedServer target) {
        return target.base().equalsIgnoreCase(agent.preferences().baseUrl)
                && target.project().equalsIgnoreCase(agent.preferences().project);
    }

    /** What is wrong with the new server; null if nothing. */
    private String tryIt(TypedServer target) {
        String number = agent.preferences().deviceId;
        String signature = Signature.of(agent.phone().secret, number);
        Reply<Answers.Configuration> reply;
        try {
            Server server = agent.servers.at(target.base());
            reply = server.configuration(target.project(), number, signature, agent.phone().cpuArch, null,
                    Answers.Configuration.class);
        } catch (Exception error) {
            return error.toString();
        }
        if (!reply.isSuccessful()) {
            return "status " + reply.status();
        }
        // No body, as with 204, ends the agent here: nothing catches it.
        if (!Answers.OK.equals(reply.body().status)) {
            return "status " + reply.body().status;
        }
        return reply.body().data == null ? "no data" : null;
    }

    private boolean stay(String url, String why) {
        agent.log.write(LogItem.WARN, "no migration to " + url.trim() + ": " + why);
        agent.events.emit("migration-failed", "url", url.trim(), "why", why);
        return false;
    }
}
