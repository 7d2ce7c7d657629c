package muster.headwind.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import muster.headwind.Agent;
import muster.headwind.message.Answers;
import muster.headwind.message.Answers.LogRule;
import muster.headwind.message.LogItem;
import muster.headwind.net.Reply;
import muster.headwind.phone.Phone;

/** The remote log (util/RemoteLogger.java, worker/RemoteLogWorker.java, db/LogConfigTable.java). */
public final class RemoteLog {
    private static final int BATCH = 10;

    private final Agent agent;
    private Runnable whenDue = () -> {};

    /** The log of an agent. */
    public RemoteLog(Agent agent) {
        this.agent = agent;
    }

    /** What is to be done when a line waits to be sent: nothing, unless somebody sets it. */
    public void whenDue(Runnable what) {
        whenDue = what;
    }

    /** A line of the agent's own. */
    public void write(int level, String message) {
        write(new LogItem(level, Phone.AGENT, message));
    }

    /** A line of any app: kept if a rule asks for it, else dropped. */
    public void write(LogItem item) {
        if (agent.state.logRules.stream().anyMatch(rule -> matches(rule, item))) {
            agent.state.change(() -> agent.state.logs.add(item));
            whenDue.run();
        }
    }

    /** Fetches the rules; whatever comes of it, the agent goes on (task/GetRemoteLogConfigTask.java:44-76). */
    public void updateRules() {
        try {
            Reply<Answers.LogRules> reply = agent.servers.ask(server -> server.get("plugins/devicelog/log/rules/{number}",
                    agent.preferences().project, agent.preferences().deviceId, Answers.LogRules.class));
            if (reply.isSuccessful() && Answers.OK.equals(reply.body().status) && reply.body().data != null) {
                // The table takes all of them or none.
                List<LogRule> rules = List.copyOf(reply.body().data);
                agent.state.change(() -> agent.state.logRules = new ArrayList<>(rules));
                agent.events.emit("log-rules", "rules", rules);
            }
        } catch (Exception error) {
            agent.events.emit("log-rules-failed", "error", error.toString());
        }
    }

    /** Sends what waits, ten lines at a time, the oldest first; false if the server refused, or was not there. */
    public boolean upload() {
        while (true) {
            List<LogItem> batch;
            synchronized (agent.state) {
                batch = agent.state.logs.stream()
                        .sorted(Comparator.comparingLong(item -> item.timestamp)).limit(BATCH).toList();
            }
            if (batch.isEmpty()) {
                return true;
            }
            boolean sent = agent.servers.tell(server -> server.post("plugins/devicelog/log/list/{number}",
                    agent.preferences().project, agent.preferences().deviceId, batch));
            if (!sent) {
                agent.events.emit("log-waits", "lines", agent.state.logs.size());
                return false;
            }
            agent.state.change(() -> agent.state.logs.removeAll(batch));
            agent.events.emit("log-sent", "lines", batch.size());
        }
    }

    /** As the agent's SQL has it: the filter stands inside a LIKE, so that % and _ are wildcards and case does not count. */
    static boolean matches(LogRule rule, LogItem item) {
        if (rule.packageId == null || !rule.packageId.equals(item.packageId) || rule.logLevel < item.logLevel) {
            return false;
        }
        if (rule.filter == null || rule.filter.isEmpty()) {
            return true;
        }
        StringBuilder pattern = new StringBuilder(".*");
        for (char c : rule.filter.toCharArray()) {
            pattern.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
        }
        int flags = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
        return Pattern.compile(pattern.append(".*").toString(), flags).matcher(item.message).matches();
    }
}
