package muster.headwind.message;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/** The envelopes in which a server answers (json/ServerResponse.java, ServerConfigResponse, RemoteLogConfigResponse, PushResponse). */
public final class Answers {
    private Answers() {}

    /** What a status has to say for its data to count (Const.java, STATUS_OK). */
    public static final String OK = "OK";

    /** To a call for the configuration. */
    public static final class Configuration {
        public String status;
        public String message;
        public ServerConfig data;
    }

    /** To a call for the rules of the log. */
    public static final class LogRules {
        public String status;
        public String message;
        public List<LogRule> data;
    }

    /** Which of the agent's lines the server wants: those of a package down to a level, 1 (error) to 5 (verbose). */
    public static final class LogRule {
        public String packageId;
        public int logLevel;
        public String filter;
    }

    /**
     * To a poll. This class of the agent alone has no message; the envelope of every server has one, so that it is no misspelling.
     */
    @JsonIgnoreProperties("message")
    public static final class Push {
        public String status;
        public List<Message> data;
    }

    /** One message; its payload is a string that holds JSON, not JSON itself (json/PushMessage.java:27-28). */
    public static final class Message {
        public String messageType;
        public String payload;
    }
}
