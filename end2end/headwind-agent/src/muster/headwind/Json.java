package muster.headwind;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * The agent's mapper: Jackson as it comes, with classes that pass over what they do not know. What is passed over is told, and
 * unless the client is lenient it ends the run: a misspelt field is a server's fault that no phone would report.
 */
public final class Json {
    private static final Object UNKNOWN = new Object();

    private final ObjectMapper mapper = new ObjectMapper()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .addHandler(new Collector());
    private final Events events;
    private final boolean lenient;

    /** With unknown fields told to the events. */
    public Json(Events events, boolean lenient) {
        this.events = events;
        this.lenient = lenient;
    }

    /** The bytes that the agent would send. */
    public byte[] write(Object value) throws IOException {
        return mapper.writeValueAsBytes(value);
    }

    /** An answer, with every conversion between types that Jackson allows; fails as the agent would. */
    public <T> T read(Reader body, Class<T> type, String path) throws IOException {
        List<String> unknown = new ArrayList<>();
        T value = mapper.readerFor(type).withAttribute(UNKNOWN, unknown).readValue(body);
        for (String field : unknown) {
            events.emit("unknown-field", "path", path, "field", field);
        }
        if (!unknown.isEmpty() && !lenient) {
            throw new Halt(Halt.UNKNOWN_FIELD);
        }
        return value;
    }

    private static final class Collector extends DeserializationProblemHandler {
        @Override
        @SuppressWarnings("unchecked")
        public boolean handleUnknownProperty(DeserializationContext context, JsonParser parser, JsonDeserializer<?> by,
                Object bean, String name) throws IOException {
            String pointer = parser.getParsingContext().pathAsPointer().toString();
            ((List<String>) context.getAttribute(UNKNOWN)).add(pointer.substring(1).replace('/', '.'));
            parser.skipChildren();
            return true;
        }
    }
}
