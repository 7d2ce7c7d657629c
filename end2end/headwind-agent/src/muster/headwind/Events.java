package muster.headwind;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What happens, one JSON line each, flushed at once: a test reads along. */
public final class Events {
    private final ObjectMapper mapper = new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);
    private final PrintStream out;
    private boolean over;

    /** To a file, appended, or to stdout by "-". */
    public Events(String where) throws IOException {
        OutputStream stream = where.equals("-") ? System.out : new FileOutputStream(where, true);
        out = new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    /** One event: its name, then names and values in turn. A null is left out. */
    public synchronized void emit(String event, Object... fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", System.currentTimeMillis());
        line.put("event", event);
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i + 1] != null) {
                line.put((String) fields[i], fields[i + 1]);
            }
        }
        print(line);
    }

    /** The last event: threads that are still on their way say no more. */
    public synchronized void last(String event) {
        emit(event);
        over = true;
    }

    /** Something that is a line by itself. */
    public synchronized void print(Object value) {
        if (over) {
            return;
        }
        try {
            out.println(mapper.writeValueAsString(value));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** What would have ended the agent on a real phone, or harmed the phone. Ends this run. */
    public Halt crash(String what, Throwable cause) {
        StackTraceElement[] trace = cause == null ? new StackTraceElement[0] : cause.getStackTrace();
        emit("crash", "what", what, "exception", cause == null ? null : cause.toString(),
                "where", trace.length == 0 ? null : trace[0].toString());
        return new Halt(Halt.CRASH);
    }
}
