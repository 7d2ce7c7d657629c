package muster.headwind.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import muster.headwind.Agent;
import muster.headwind.message.Answers.Message;
import muster.headwind.message.LogItem;

/** What a message does (worker/PushNotificationProcessor.java). None is confirmed to the server. */
final class Pushes {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Agent agent;
    private final Runnable update;

    /** With what a changed configuration asks for. */
    Pushes(Agent agent, Runnable update) {
        this.agent = agent;
        this.update = update;
    }

    void process(Message message) {
        agent.log.write(LogItem.INFO, "message " + message.messageType);
        JsonNode payload = payload(message);
        agent.events.emit("message", "type", message.messageType, "payload", payload == null ? message.payload : payload);
        switch (message.messageType) {
            case "configUpdated" -> update.run();
            case "reboot" -> Orders.reboot(agent);
            case "uninstallApp" -> uninstall(payload);
            case "clearDownloadHistory" -> agent.state.change(() -> agent.state.attempts.clear());
            // Everything else does something on the phone that neither the server nor this client sees.
            default -> { }
        }
    }

    private void uninstall(JsonNode payload) {
        if (payload == null || !payload.has("pkg") || !agent.phone().deviceOwner) {
            agent.log.write(LogItem.WARN, "nothing uninstalled");
            agent.events.emit("order-refused", "order", "uninstall", "why", "no package named, or no right to");
            return;
        }
        AppUpdate.remove(agent, payload.get("pkg").asText());
    }

    /** The payload is text; only an object in it is of use, anything else is none. */
    private static JsonNode payload(Message message) {
        if (message.payload == null) {
            return null;
        }
        try {
            JsonNode node = MAPPER.readTree(message.payload);
            return node.isObject() ? node : null;
        } catch (IOException noJson) {
            return null;
        }
    }
}
