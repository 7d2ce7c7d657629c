package muster.headwind.task;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import muster.headwind.Agent;
import muster.headwind.message.Answers;
import muster.headwind.message.Answers.Message;
import muster.headwind.message.LogItem;
import muster.headwind.net.Client;
import muster.headwind.net.Reply;
import muster.headwind.net.Server;
import muster.headwind.net.Signature;
import muster.headwind.phone.Preferences;
import okhttp3.OkHttpClient;

/**
 * The polling service (service/PushLongPollingService.java:99-185). Servers and signature are made once, when the thread begins,
 * and outlive a move; project and number are read anew for each poll.
 */
public final class LongPolling implements Runnable {
    private static final long AFTER_EXCEPTION = 60_000;
    private static final long AFTER_REQUEST = 5_000;

    private final Agent agent;
    private final Pushes pushes;
    private final Server first;
    private final Server second;
    private final String signature;

    /** For the settings of now; what a changed configuration asks for is run. */
    public LongPolling(Agent agent, Runnable update) {
        this.agent = agent;
        this.pushes = new Pushes(agent, update);
        Preferences preferences = agent.preferences();
        OkHttpClient client = Client.forPolls(agent.client);
        // A base URL that Retrofit refuses ends the agent here: this thread has nobody who catches it.
        this.first = new Server(preferences.baseUrl, client, agent.json);
        this.second = new Server(preferences.secondaryBaseUrl, client, agent.json);
        String number = URLEncoder.encode(preferences.deviceId, StandardCharsets.UTF_8);
        this.signature = Signature.of(agent.phone().secret, preferences.project + "/rest/notification/polling/" + number);
    }

    /** Until the thread is interrupted. */
    @Override
    public void run() {
        while (!Thread.currentThread().isInterrupted()) {
            agent.log.write(LogItem.VERBOSE, "poll");
            agent.events.emit("poll", "project", agent.preferences().project, "number", agent.preferences().deviceId);
            long pause = AFTER_REQUEST;
            try {
                Reply<Answers.Push> reply = ask();
                if (reply.isSuccessful()) {
                    process(reply.body());
                } else if (reply.status() >= 400 && reply.status() < 500) {
                    agent.log.write(LogItem.WARN, "poll: status " + reply.status());
                    pause = AFTER_EXCEPTION + AFTER_REQUEST;
                }
            } catch (Exception error) {
                agent.log.write(LogItem.WARN, "poll: " + error.getMessage());
                agent.events.emit("poll-failed", "error", error.toString());
                pause = AFTER_EXCEPTION;
            }
            agent.events.emit("pause", "seconds", pause / 1000);
            agent.pace.sleep(pause);
        }
    }

    private Reply<Answers.Push> ask() throws Exception {
        Preferences preferences = agent.preferences();
        try {
            return first.poll(preferences.project, preferences.deviceId, signature, Answers.Push.class);
        } catch (Exception error) {
            agent.log.write(LogItem.WARN, "poll: " + error.getMessage());
            agent.events.emit("attempt-failed", "error", error.toString());
            return second.poll(preferences.project, preferences.deviceId, signature, Answers.Push.class);
        }
    }

    /** Of several calls to update the first counts; everything else is done as often as it comes. */
    private void process(Answers.Push push) {
        if (!Answers.OK.equals(push.status) || push.data == null) {
            return;
        }
        boolean updated = false;
        for (Message message : push.data) {
            boolean update = message.messageType.equals("configUpdated");
            if (!update || !updated) {
                pushes.process(message);
            }
            updated |= update;
        }
    }
}
